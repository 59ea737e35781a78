/** generator/bash-syntax: a script that Bash cannot parse. */
import type { Range } from '../../../shell/syntax.ts';
import { forEachScript, named, type ScriptedGenerator } from '../../facts/generator/scripted-generators.ts';
import type { Report, Rule } from '../../rule.ts';

export const bashSyntax: Rule = {
  id: 'generator/bash-syntax',
  severity: 'error',
  summary: 'A script that Bash cannot read',
  documentation: `\
The script is not valid Bash. Nix does not notice, because the script is only text to it: Bash rejects it when the
generator runs, usually after running the lines above.

Only what Bash itself certainly rejects is reported: a quote or bracket that is not closed, an \`if\` without \`fi\`, a
\`done\` too many. Where the script's syntax depends on an interpolation, nothing is reported. An unterminated
here-document is a warning: Bash takes the rest of the script as its text and continues. Often the line that should
end it is indented further than the rest of the script, or a word too long.

Remember Nix's own escapes in a string between \`''\`: \`''$\` for a dollar sign in front of a brace, \`'''\` for two single
quotes. An empty string is better written as \`""\` in a script.`,
  examples: ({ generatorFile }) => ({
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
      {
        title: 'A here-document without an end',
        files: generatorFile(
          'env',
          `\
prompts.token.type = "hidden";
files.env = { };
script = ''
  cat > "$out/env" <<EOF
#                    ^^^ generator/bash-syntax: This here-document never ends
  TOKEN=$(cat "$prompts/token")
    EOF
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
  }),
  check: forEachScript(function* (scripted): Iterable<Report> {
    const { script } = scripted;
    const [error] = script.tree.errors;
    const at = error === undefined ? null : script.placeOf(error);
    if (error !== undefined && at !== null)
      yield { at, message: `Bash cannot read the script of ${named(scripted)}. ${error.message}` };
    for (const range of script.tree.unended) yield* unended(scripted, range);
  }),
};

function* unended(scripted: ScriptedGenerator, range: Range): Iterable<Report> {
  const { script } = scripted;
  const at = script.placeOf(range);
  if (at === null) return;
  const end = script.source.text.slice(range.start, range.end).replace(/['"\\]/g, '');
  yield {
    at,
    severity: 'warning',
    message: `This here-document never ends: no line of the script of ${named(scripted)} consists of ${end} alone. Bash only warns, and takes everything up to the end of the script as its text. Put ${end} on a line of its own, indented no further than the leftmost line of the script (Nix removes that much).`,
  };
}
