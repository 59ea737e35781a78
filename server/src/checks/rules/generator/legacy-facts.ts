/** generator/legacy-facts: a script writes to the directories of clan's former facts. */

import { editAt } from '../../../edits/text-edit.ts';
import {
  forEachScript,
  isUncalled,
  mayRedefineNames,
  named,
  writtenPlace,
} from '../../facts/generator/scripted-generators.ts';
import type { Report, Rule } from '../../rule.ts';

/** The variables available to scripts of facts. */
export const LEGACY: ReadonlySet<string> = new Set(['secrets', 'facts']);

export const legacyFacts: Rule = {
  id: 'generator/legacy-facts',
  severity: 'error',
  summary: 'A script uses `$secrets` or `$facts`, which vars do not have',
  documentation: `\
The script uses \`$secrets\` or \`$facts\`. These were the directories of clan's facts, the forerunner of vars. A script of
vars has \`$out\`, \`$in\` and \`$prompts\`; as it runs with \`set -u\`, it ends at the first unset variable.

This goes unnoticed as long as the files of an earlier run exist, and fails at the next regeneration or on a new
machine. Write to \`$out\`; the option \`secret\` in \`files\` marks which files are secret.

Source: clan-core d7c35d912, \`clan_lib/vars/generate.py\` and \`generic-generator.nix\`.`,
  examples: ({ generatorFile }) => ({
    bad: [
      {
        title: 'A script that was moved from facts to vars',
        files: generatorFile(
          'tinc',
          `\
files."rsa_key.priv" = { };
files."rsa_key.pub".secret = false;
runtimeInputs = [ pkgs.openssl ];
script = ''
  openssl genrsa -out "$secrets/rsa_key.priv" 4096
  #                    ^^^^^^^^ generator/legacy-facts: $out
  openssl rsa -in "$secrets/rsa_key.priv" -pubout -out "$facts/rsa_key.pub"
  #                ^^^^^^^^ generator/legacy-facts
  #                                                     ^^^^^^ generator/legacy-facts
'';
`,
        ),
      },
    ],
    good: [
      {
        title: 'A variable of the script itself',
        files: generatorFile(
          'tokens',
          `\
files.token = { };
runtimeInputs = [ pkgs.openssl ];
script = ''
  secrets=$(mktemp -d)
  openssl rand -hex -out "$secrets/token" 32
  mv "$secrets/token" "$out/token"
'';
`,
        ),
      },
    ],
  }),
  check: forEachScript(function* (scripted, context): Iterable<Report> {
    const { script } = scripted;
    if (mayRedefineNames(scripted)) return;
    for (const variable of script.flow.variables) {
      if (!LEGACY.has(variable.name) || variable.set !== 'never' || variable.guarded) continue;
      const at = script.placeOf(variable);
      if (at === null || isUncalled(scripted, variable)) continue;
      const name = writtenPlace(scripted, context, variable.nameAt);
      yield {
        at,
        severity: variable.certain && !variable.inSubprocess ? 'error' : 'warning',
        message:
          `\`$${variable.name}\` is a directory of clan's former facts; the script of ${named(scripted)} has no such ` +
          'variable and ends here. Write to `$out`.',
        fixes:
          name === null
            ? []
            : [{ title: 'Replace with `$out`', edits: [editAt(name, 'out')], preferred: true }],
      };
    }
  }),
};
