# Checks the fleet twice: as annotations of the workflow, and as SARIF. The job's result comes later, so that the SARIF is
# uploaded whatever is found; only what is no result at all ends the job here.
set -euo pipefail
varsmith=$RUNNER_TEMP/varsmith/node_modules/.bin/varsmith
sarif=$RUNNER_TEMP/varsmith.sarif
options=(--severity "$VARSMITH_SEVERITY")
if [[ -n ${VARSMITH_BASELINE:-} ]]; then options+=(--baseline "$VARSMITH_BASELINE"); fi
code=0
"$varsmith" check "$VARSMITH_ROOT" --format github "${options[@]}" || code=$?
if [[ $code -gt 1 ]]; then exit "$code"; fi
"$varsmith" check "$VARSMITH_ROOT" --format sarif "${options[@]}" > "$sarif" || [[ $? -eq 1 ]]
{ echo "code=$code"; echo "sarif=$sarif"; } >> "$GITHUB_OUTPUT"
