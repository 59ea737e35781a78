#!/bin/sh
# Builds tree-sitter-nix.wasm from the npm package tree-sitter-nix and tree-sitter-nix.patch.
#
#   build.sh           build in a temporary folder and compare with SHA256SUMS
#   build.sh --update  build, then replace tree-sitter-nix.wasm and SHA256SUMS
#
# Environment:
#   NIX_GRAMMAR  an unpacked tree-sitter-nix package, or its .tgz; without it `npm pack` fetches it
#   TREE_SITTER  a tree-sitter command (0.22.x); without it Debian trixie's is unpacked beside the build
#
# Needs npm, patch, clang, lld and wasi-libc, and apt where TREE_SITTER is not given. Nothing is installed.
set -eu

package=tree-sitter-nix@0.0.2
integrity='sha512-rPYc7NUi6hPOyFSoVdCVC9feqBk0kJ0Z3ftTWXo1ubyyKzPM5tJP6mD6xYl0gN45oh9GHGzvTbOmmwIk0XOj5A=='

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "build.sh: $1" >&2
  exit 1
}

# The package's sources, checked against the integrity the registry gave when the patch was written.
take_sources() {
  if [ -d "${NIX_GRAMMAR:-}" ]; then
    cp -R "$NIX_GRAMMAR" "$work/package"
    return
  fi
  archive=${NIX_GRAMMAR:-}
  if [ -z "$archive" ]; then
    archive=$work/$(cd "$work" && npm pack --silent "$package")
  fi
  found=sha512-$(openssl dgst -sha512 -binary "$archive" | base64 | tr -d '\n')
  [ "$found" = "$integrity" ] || fail "the package is not the one the patch was written for"
  tar -xzf "$archive" -C "$work"
}

# trixie's generator wants a newer libc than older Debians have, so it is unpacked with its libraries, not
# installed, from the archive this system already uses and with this system's keyring.
take_generator() {
  state=$work/apt
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$work/debs" "$work/root"
  archive=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Label: Debian' | sort -u | head -n 1)
  [ -n "$archive" ] || fail "no Debian archive among the apt sources: set TREE_SITTER"
  keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  echo "deb [signed-by=$keyring] $archive trixie main" >"$state/sources.list"
  : >"$state/status"
  cat >"$state/apt.conf" <<CONF
Dir::State "$state";
Dir::State::status "$state/status";
Dir::Cache "$state/cache";
Dir::Etc::sourcelist "$state/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Sandbox::User "";
CONF
  export APT_CONFIG="$state/apt.conf"
  apt-get update -qq
  (cd "$work/debs" && apt-get download -qq tree-sitter-cli libc6 libgcc-s1)
  unset APT_CONFIG
  for deb in "$work"/debs/*.deb; do
    dpkg -x "$deb" "$work/root"
  done
}

generate() {
  if [ -n "${TREE_SITTER:-}" ]; then
    "$TREE_SITTER" generate --no-bindings
    return
  fi
  loader=$(find "$work/root" -name 'ld-linux*.so.*' ! -type l | head -n 1)
  libraries=$(dirname "$(find "$work/root" -name 'libc.so.6' | head -n 1)")
  "$loader" --library-path "$libraries" "$work/root/usr/bin/tree-sitter" generate --no-bindings
}

take_sources
patch -d "$work/package" -p1 <"$here/tree-sitter-nix.patch"
[ -n "${TREE_SITTER:-}" ] || take_generator
cd "$work/package"
generate

# LLVM 14 ignores -fPIC for the wasi triple, and a side module must be position independent.
for unit in parser scanner; do
  clang --target=wasm32-unknown-emscripten -isystem /usr/include/wasm32-wasi -D__wasi__ \
    -Os -fPIC -fvisibility=hidden -fno-exceptions -std=c11 -w -I src -c "src/$unit.c" -o "$unit.o"
done
wasm-ld -shared --experimental-pic --no-entry --allow-undefined --strip-debug \
  --export=tree_sitter_nix parser.o scanner.o -o tree-sitter-nix.wasm

if [ "${1:-}" = --update ]; then
  install -m 644 tree-sitter-nix.wasm "$here/"
  install -m 644 LICENSE "$here/LICENSE.tree-sitter-nix"
  cd "$here"
  sha256sum tree-sitter-nix.wasm LICENSE.tree-sitter-nix >SHA256SUMS
  cat SHA256SUMS
  exit 0
fi
cp LICENSE LICENSE.tree-sitter-nix
sha256sum -c "$here/SHA256SUMS"
