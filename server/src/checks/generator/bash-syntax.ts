/** generator/bash-syntax: a script that Bash cannot read. */
import type { Report, Rule } from '../rule.ts';
import { generatorFile } from './samples.ts';
import { forEachScript, named } from './scripted.ts';

export const bashSyntax: Rule = {
  id: 'generator/bash-syntax',
  severity: 'error',
  summary: 'A script that Bash cannot read',
  documentation: `\
The script is not valid Bash. Nothing notices while Nix evaluates and builds, as the script is only text there: Bash
rejects it when the generator runs, mostly after it has run the lines above.

Only what Bash itself certainly rejects is reported: a quote or bracket that is not closed, an \`if\` without \`fi\`, a
\`done\` too many. Where an interpolation decides what the script reads like, nothing is said.

Note Nix's own escapes in a string between \`''\`: \`''$\` for a dollar sign in front of a brace, \`'''\` for two single
quotes. An empty string is better written as \`""\` in a script.`,
  bad: [
    {
      title: 'An `if` without an end',
      files: generatorFile(
        'key',
        `\
prompts.key.type = "hidden";
files.key = { };
script = ''
  if [ -s "$prompts/key" ]; then
# ^^ generator/bash-syntax: no \`fi\`
    cp "$prompts/key" "$out/key"
'';
`,
      ),
    },
  ],
  good: [
    {
      title: 'A block that ends',
      files: generatorFile(
        'key',
        `\
prompts.key.type = "hidden";
files.key = { };
script = ''
  if [ -s "$prompts/key" ]; then
    cp "$prompts/key" "$out/key"
  else
    echo "no key given" >&2
    exit 1
  fi
'';
`,
      ),
    },
  ],
  check: forEachScript(function* (scripted): Iterable<Report> {
    const [error] = scripted.script.tree.errors;
    const at = error === undefined ? null : scripted.script.placeOf(error);
    if (error === undefined || at === null) return;
    yield { at, message: `Bash cannot read the script of ${named(scripted)}. ${error.message}` };
  }),
};
