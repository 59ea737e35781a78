#!/bin/bash
# Runs the `nix` of Debian's packages that were unpacked, not installed, into $UNPACKED_NIX, with their own libraries.
# To unpack them:   mmdebstrap --variant=extract --include=nix-bin trixie FOLDER
set -euo pipefail
libraries=$(echo "$UNPACKED_NIX"/usr/lib/*-linux-gnu)
loader=$(echo "$libraries"/ld-linux*.so.*)
exec "$loader" --argv0 nix --library-path "$libraries:$libraries/nix" "$UNPACKED_NIX/usr/bin/nix" "$@"
