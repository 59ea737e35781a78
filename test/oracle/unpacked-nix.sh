#!/bin/bash
# Runs the `nix` of Debian's packages that were unpacked, not installed, into $UNPACKED_NIX, with their own libraries.
# To unpack them:   mmdebstrap --variant=extract --include=nix-bin trixie FOLDER
set -euo pipefail
shopt -s nullglob
# Before trixie, some libraries were in /lib, which unpacking does not link.
libraries=("$UNPACKED_NIX"/usr/lib/*-linux-gnu "$UNPACKED_NIX"/lib/*-linux-gnu)
loaders=()
for folder in "${libraries[@]}"; do loaders+=("$folder"/ld-linux*.so.*); done
path=$(IFS=:; echo "${libraries[*]}")
exec "${loaders[0]}" --argv0 nix --library-path "$path:${libraries[0]}/nix" "$UNPACKED_NIX/usr/bin/nix" "$@"
