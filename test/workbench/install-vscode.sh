#!/usr/bin/env bash
# Installs a real VS Code (code-server) with its own Node, and axe-core, from npm. Idempotent, and safe to start twice at once.
#   install-vscode.sh [latest|floor] [DEST]    latest: VS Code 1.139.1 on Node 24     floor: VS Code 1.93.1 on Node 20
#   DEST defaults to $VSC_HOME, else ~/.cache/varsmith/vscode (what env.mjs reads too).
# Needs: Linux, npm, python3, make, g++ (node-gyp). Install scripts are off; only the native modules that are used are built.
set -euo pipefail

axe_version=4.14.1
which=${1:-latest}
dest=${2:-${VSC_HOME:-$HOME/.cache/varsmith/vscode}}
case $which in
  latest)
    node_version=24.21.0 code_server_version=4.139.1
    server_modules=()
    vscode_modules=(@vscode/spdlog @vscode/native-watchdog)
    vscode_flags=()
    ripgrep_version=
    ;;
  floor)
    node_version=20.20.2 code_server_version=4.93.1
    server_modules=(argon2)
    vscode_modules=(@vscode/spdlog native-watchdog @parcel/watcher node-pty)
    vscode_flags=(--legacy-peer-deps)
    # its own ripgrep package downloads the program when installed; this one holds it
    ripgrep_version=1.18.0
    ;;
  *)
    echo "unknown version: $which (latest or floor)" >&2
    exit 2
    ;;
esac
case $(uname -s)-$(uname -m) in
  Linux-x86_64) platform=linux-x64 ;;
  Linux-aarch64) platform=linux-arm64 ;;
  *)
    echo "no VS Code from npm for $(uname -s) on $(uname -m)" >&2
    exit 2
    ;;
esac

mkdir -p "$dest"
dest=$(cd "$dest" && pwd)
dir=$dest/$which
stamp=$dir/.done-$code_server_version-$node_version${ripgrep_version:+-rg}
if command -v flock >/dev/null; then
  exec 9>"$dest/.$which.lock"
  flock 9
fi
say() { printf '%s: %s\n' "$which" "$1"; }
quiet=(--no-audit --no-fund --no-progress --loglevel=error)

if [ ! -e "$dest/axe/.done-$axe_version" ]; then
  say "axe-core $axe_version"
  npm install "${quiet[@]}" --ignore-scripts --no-save --prefix "$dest/axe" "axe-core@$axe_version"
  touch "$dest/axe/.done-$axe_version"
fi
if [ -e "$stamp" ]; then
  echo "already there: $dir"
  exit 0
fi

rm -rf "$dir"
mkdir -p "$dir"
cd "$dir"
printf '{"name":"vscode-%s","private":true}\n' "$which" >package.json

say "Node $node_version"
npm install "${quiet[@]}" --ignore-scripts --no-save --prefix "$dir/node" "node-$platform@$node_version"
node_home=$dir/node/node_modules/node-$platform
chmod +x "$node_home/bin/node"
# node-gyp takes the headers of this very Node and downloads none
export PATH=$node_home/bin:$PATH npm_config_nodedir=$node_home

say "code-server $code_server_version"
npm install "${quiet[@]}" --ignore-scripts "code-server@$code_server_version"
[ ${#server_modules[@]} -eq 0 ] || npm rebuild "${quiet[@]}" "${server_modules[@]}"

say "what VS Code itself needs"
cd node_modules/code-server/lib/vscode
# not `npm ci`: the shrinkwrap shipped is out of step with its package.json
npm install "${quiet[@]}" --ignore-scripts --omit=dev "${vscode_flags[@]}"
npm rebuild "${quiet[@]}" "${vscode_modules[@]}"
if [ -n "$ripgrep_version" ]; then
  npm install "${quiet[@]}" --ignore-scripts --no-save --prefix "$dir/ripgrep" "@vscode/ripgrep-$platform@$ripgrep_version"
  mkdir -p node_modules/@vscode/ripgrep/bin
  cp "$dir/ripgrep/node_modules/@vscode/ripgrep-$platform/bin/rg" node_modules/@vscode/ripgrep/bin/rg
fi
cd extensions
npm install "${quiet[@]}" --ignore-scripts --omit=dev "${vscode_flags[@]}"

"$node_home/bin/node" "$dir/node_modules/code-server/out/node/entry.js" --config "$dir/config.yaml" --version | tail -1
touch "$stamp"
