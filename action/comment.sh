# Says what a run would generate and who gains or loses access since the base of the pull request: in the summary of the job, and
# as a comment, which later runs rewrite.
set -euo pipefail
varsmith=$RUNNER_TEMP/varsmith/node_modules/.bin/varsmith
body=$RUNNER_TEMP/varsmith-comment.md
marker='<!-- varsmith -->'
# More than a comment may hold is cut off.
limit=60000

if ! git cat-file -e "$VARSMITH_BASE^{commit}" 2>/dev/null; then
  git fetch --no-tags --depth=1 origin "$VARSMITH_BASE"
fi
{
  echo "$marker"
  echo '### Varsmith: access'
  echo
  "$varsmith" access "$VARSMITH_ROOT" --diff "$VARSMITH_BASE" --format markdown 2>&1 || true
  echo
  echo '### Varsmith: what a run would generate'
  echo
  # Nothing in a name may end the block early.
  echo '````text'
  ("$varsmith" plan "$VARSMITH_ROOT" 2>&1 || true) | sed 's/`/'"'"'/g'
  echo '````'
} > "$body"
if [[ $(wc -c < "$body") -gt $limit ]]; then
  head -c "$limit" "$body" | iconv -c -f UTF-8 -t UTF-8 > "$body.cut"
  printf '\n````\n\n… and more: `varsmith plan` and `varsmith access --diff` say all of it.\n' >> "$body.cut"
  mv "$body.cut" "$body"
fi
cat "$body" >> "$GITHUB_STEP_SUMMARY"
if [[ $VARSMITH_MAY_COMMENT != true ]]; then exit 0; fi

comments=repos/$GITHUB_REPOSITORY/issues/$VARSMITH_PULL_REQUEST/comments
own=$(gh api --paginate "$comments" --jq ".[] | select(.user.type == \"Bot\" and (.body | startswith(\"$marker\"))) | .id" | head -n 1)
if [[ -n $own ]]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$own" -F "body=@$body"
else
  gh api --silent --method POST "$comments" -F "body=@$body"
fi
