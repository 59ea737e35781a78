/** generator/unset-variable: a script reads a variable that nothing sets. */

import { didYouMean, suggest } from '../../../edits/suggest.ts';
import type { VariableFact } from '../../../shell/flow/flow-facts.ts';
import {
  forEachScript,
  isUncalled,
  mayRedefineNames,
  named,
  type ScriptedGenerator,
} from '../../facts/generator/scripted-generators.ts';
import type { Report, Rule } from '../../rule.ts';
import { LEGACY } from './legacy-facts.ts';

/** Matches variables from the environment of people who run clan. */
const OF_ENVIRONMENTS =
  /^(XDG|NIX|SOPS|CLAN|SSH|GPG|GIT|LC|AGE|PASSWORD_STORE|PASSAGE|TERM|DBUS|GITHUB|CI)_|^(http|https|ftp|all|no)_proxy$|^(TMP|TEMP|DISPLAY|CI|PAGER|VISUAL|MAIL|NO_COLOR|COLUMNS|LINES|DEBUG)$/;

export const unsetVariable: Rule = {
  id: 'generator/unset-variable',
  severity: 'error',
  summary: 'A script reads a variable that nothing sets',
  documentation: `\
The script expands a variable that neither it nor clan sets. Scripts run with \`set -u\`: the first unset variable ends
the script with \`unbound variable\`, and nothing is generated. It goes unnoticed as long as the files of an earlier run
exist.

Common reasons: a prompt is read as if it were a variable (its answer is in the file \`$prompts/NAME\`); a \`$\` in text
that should stay as it is (write \`\\$\`); a typo.

A variable in capital letters may come from the environment in which \`clan\` runs, and one in a branch or in \`$(…)\`
need not end the script: these are warnings. Variables with a default (\`\${x:-…}\`) are fine. Not reported where
variables may be set in ways that cannot be seen (\`eval\`, \`source\`, a command that Nix computes).

Source: clan-core d7c35d912, \`generic-generator.nix\` (\`set -euo pipefail\`).`,
  examples: ({ generatorFile }) => ({
    bad: [
      {
        title: 'A dollar sign in front of a name that is to be written',
        files: generatorFile(
          'web',
          `\
files."web.env" = { };
runtimeInputs = [ pkgs.openssl ];
script = ''
  echo "$SECRET_KEY=$(openssl rand -hex 32)" > "$out/web.env"
  #     ^^^^^^^^^^^ generator/unset-variable: remove the
'';
`,
        ),
      },
      {
        title: 'A prompt is a file, not a variable',
        files: generatorFile(
          'mail',
          `\
prompts.password.type = "hidden";
files.hash = { };
runtimeInputs = [ pkgs.mkpasswd ];
script = ''
  cat "$prompts/password" > /dev/null
  printf %s "$password" | mkpasswd -s > "$out/hash"
  #          ^^^^^^^^^ generator/unset-variable: $(cat "$prompts/password")
'';
`,
        ),
      },
    ],
    good: [
      {
        title: 'Set by the script, or with a fallback',
        files: generatorFile(
          'mail',
          `\
prompts.password.type = "hidden";
files.hash = { };
runtimeInputs = [ pkgs.mkpasswd ];
script = ''
  read -r password < "$prompts/password" || true
  printf %s "$password" | mkpasswd -s -R "''\${ROUNDS:-5000}" > "$out/hash"
'';
`,
        ),
      },
    ],
  }),
  check: forEachScript(function* (scripted): Iterable<Report> {
    const { script } = scripted;
    if (
      mayRedefineNames(scripted) ||
      script.flow.options.some(option => option.name === 'nounset' && !option.on)
    )
      return;
    const seen = new Set<string>();
    for (const variable of script.flow.variables) {
      if (!isUnset(scripted, variable) || seen.has(variable.name)) continue;
      const at = script.placeOf(variable);
      if (at === null) continue;
      seen.add(variable.name);
      const isSure = variable.certain && !variable.inSubprocess && !/^[A-Z0-9_]+$/.test(variable.name);
      yield {
        at,
        severity: isSure ? 'error' : 'warning',
        message:
          `Nothing sets \`$${variable.name}\` in the script of ${named(scripted)}, and an unset variable ends it. ` +
          advice(scripted, variable),
      };
    }
  }),
};

function isUnset(scripted: ScriptedGenerator, variable: VariableFact): boolean {
  const { name } = variable;
  if (variable.set !== 'never' || variable.guarded || isUncalled(scripted, variable)) return false;
  // Other rules check clan's own variables.
  if (LEGACY.has(name) || name === 'prompts' || name === 'in' || name === 'out') return false;
  if (OF_ENVIRONMENTS.test(name)) return false;
  // `${x[@]}` of an unset array expands to nothing, which Bash allows.
  return !/\[[@*]\]/.test(scripted.script.source.text.slice(variable.start, variable.end));
}

function advice(scripted: ScriptedGenerator, { name, end }: VariableFact): string {
  const { script, body } = scripted;
  if (body.prompts.some(prompt => prompt.name === name))
    return `The answer of the prompt is in a file: \`$(cat "$prompts/${name}")\`.`;
  if (script.source.text[end] === '=') return 'If you mean its name, remove the `$`, or write `\\$`.';
  const set = script.flow.assignments.map(assignment => assignment.name);
  const meant = suggest(name, new Set([...set, 'in', 'out', 'prompts']));
  return meant === null ? 'Set it first, or write `\\$` for a dollar sign.' : didYouMean(meant).trim();
}
