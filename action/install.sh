# Installs Varsmith beside the job: the version of this action, or what VARSMITH_PACKAGE names.
set -euo pipefail
version=$(node -p 'require(process.argv[1]).version' "$GITHUB_ACTION_PATH/package.json")
npm install --prefix "$RUNNER_TEMP/varsmith" --ignore-scripts --no-audit --no-fund --no-save "${VARSMITH_PACKAGE:-varsmith@$version}"
"$RUNNER_TEMP/varsmith/node_modules/.bin/varsmith" --version
