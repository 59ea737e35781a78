/** generator/unquoted-path: `$out` and the like without quotes. */
import type { Report, Rule } from '../rule.ts';
import { generatorFile } from './samples.ts';
import { forEachScript, named, quotesAround, type Scripted } from './scripted.ts';

const DIRECTORIES: ReadonlySet<string> = new Set(['in', 'out', 'prompts']);

export const unquotedPath: Rule = {
  id: 'generator/unquoted-path',
  severity: 'hint',
  summary: '`$out`, `$in` or `$prompts` without quotes',
  documentation: `\
\`$out\`, \`$in\` or \`$prompts\` is expanded without quotes. These directories lie in the temporary directory of whoever runs
\`clan\`. If its path has a blank, Bash splits it: a redirection ends with \`ambiguous redirect\`, and a command writes to
places that nobody meant.

On most machines the path has no blank, and all is well; hence only a hint. Quotes make it right everywhere:
\`"$out"/key\` or \`"$out/key"\`. Where Bash does not split (assignments, \`[[ … ]]\`) nothing is reported.

Source: clan-core d7c35d912, \`clan_lib/vars/generate.py\` (a folder in \`$TMPDIR\`).`,
  bad: [
    {
      title: 'A redirection',
      files: generatorFile(
        'token',
        `\
files.token = { };
script = ''
  head -c 32 /dev/urandom | base64 -w0 > $out/token
  #                                      ^^^^ generator/unquoted-path
'';
`,
      ),
    },
    {
      title: 'In a string between double quotes',
      files: generatorFile(
        'token',
        `\
prompts.token.type = "hidden";
files.token = { };
script = "cp $prompts/token \\"$out/token\\"";
#            ^^^^^^^^ generator/unquoted-path
`,
      ),
    },
  ],
  good: [
    {
      title: 'In quotes, or where Bash does not split',
      files: generatorFile(
        'token',
        `\
prompts.token.type = "hidden";
files.token = { };
script = ''
  target=$out/token
  [[ -s $prompts/token ]] && cp "$prompts/token" "$target"
'';
`,
      ),
    },
  ],
  check: forEachScript(function* (scripted, context): Iterable<Report> {
    const { script } = scripted;
    for (const variable of script.flow.variables) {
      if (!DIRECTORIES.has(variable.name) || variable.quoted || !variable.splits) continue;
      const at = script.placeOf(variable);
      if (at === null || setsIt(scripted, variable.name)) continue;
      const edits = quotesAround(context, at);
      yield {
        at,
        message:
          `\`$${variable.name}\` stands without quotes in the script of ${named(scripted)}: a blank in the path of the ` +
          'temporary directory would split it.',
        fixes: edits === null ? [] : [{ title: 'Put it in quotes', edits, preferred: true }],
      };
    }
  }),
};

function setsIt({ script }: Scripted, name: string): boolean {
  return script.flow.assignments.some(one => one.name === name);
}
