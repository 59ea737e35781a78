/** registry/invalid-env-var: a value is not a valid name for an environment variable. */
import { replaceName } from '../../../edits/edits.ts';
import { fieldPlace } from '../../facts/fleet-facts.ts';
import type { Rule } from '../../rule.ts';

/** Matches variable names that are valid in every shell. */
export const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export const invalidEnvVar: Rule = {
  id: 'registry/invalid-env-var',
  severity: 'error',
  isEarly: true,
  summary: 'An `envVar` that is not a valid name of an environment variable',
  documentation: `\
An \`envVar\` has to be a name that shells accept: letters, digits and underscores, not beginning with a digit
(POSIX, Base Definitions 3.216 "Name"). Anything else breaks the file in which the session variables are
exported, so the machine's users lose all of them.

Rename the variable, or write \`envVar = null\` if nothing is to be exported.`,
  examples: ({ registryOf }) => ({
    bad: [
      {
        title: 'A leading digit, and a dash',
        files: {
          'lib/secret-registry.nix': registryOf(`\
  captcha = mkPromptedSecret {
    generator = "captcha-api-key";
    envVar = "2CAPTCHA_API_KEY";
    #        ^^^^^^^^^^^^^^^^^^ registry/invalid-env-var: begins with a digit
  };
  mistral = mkPromptedSecret {
    generator = "mistral-api-key";
    envVar = "MISTRAL-API-KEY";
    #        ^^^^^^^^^^^^^^^^^ registry/invalid-env-var: has "-"
  };
`),
          'lib/machine-env-matrix.nix': '{\n  lea = [ "captcha" "mistral" ];\n}\n',
        },
      },
    ],
    good: [
      {
        title: 'A proper name, or none',
        files: {
          'lib/secret-registry.nix': registryOf(`\
  captcha = mkPromptedSecret {
    generator = "captcha-api-key";
    envVar = "_2CAPTCHA_API_KEY";
  };
  mistral = mkPromptedSecret {
    generator = "mistral-api-key";
    envVar = null;
  };
`),
          'lib/machine-env-matrix.nix': '{\n  lea = [ "captcha" "mistral" ];\n}\n',
        },
      },
    ],
  }),
  check: function* ({ fleet, sources }) {
    for (const registry of fleet.registries) {
      for (const key of registry.keys) {
        if (key.envVar === null || VARIABLE_NAME.test(key.envVar.value)) continue;
        const { value } = key.envVar;
        const at = fieldPlace(key, key.envVar);
        const better = validName(value);
        const replacement = better === null ? null : replaceName(sources, at, value, better);
        yield {
          at,
          message: `"${value}" cannot be the name of an environment variable: it ${whatIsWrong(value)}. Rename it, or write null.`,
          fixes:
            replacement === null
              ? []
              : [{ title: `Replace with "${better}"`, edits: [replacement], preferred: true, guess: true }],
        };
      }
    }
  },
};

function whatIsWrong(name: string): string {
  if (name === '') return 'is empty';
  if (/^[0-9]/.test(name)) return 'begins with a digit';
  const bad = /[^A-Za-z0-9_]/u.exec(name)?.[0] ?? '';
  return `has "${bad}"`;
}

/** Returns the closest valid name, or null if nothing of the name remains. */
function validName(name: string): string | null {
  const cleaned = name.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^(?=[0-9])/, '_');
  return /[A-Za-z0-9]/.test(cleaned) ? cleaned : null;
}
