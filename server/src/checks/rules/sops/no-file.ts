/** sops/no-file: a sops-nix secret has no file. */

import { didYouMean, suggest } from '../../../edits/suggest.ts';
import type { SecretDefinition } from '../../../fleet/model/secrets.ts';
import type { FleetSecrets } from '../../../fleet/secrets/secrets-join.ts';
import { sortedUnique } from '../../../std.ts';
import { isOfGenerator, mayBeGenerated } from '../../facts/sops/generated-secrets.ts';
import { definitionsOnMachines, type OwnDefinition } from '../../facts/sops/joined-on-machines.ts';
import { secretsOf } from '../../facts/sops/joined-secrets.ts';
import { inBrackets } from '../../facts/wording.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const noFile: Rule = {
  id: 'sops/no-file',
  severity: 'error',
  summary: 'A secret of sops-nix without a file',
  documentation: `\
A module sets an option of \`sops.secrets.<name>\`, such as its owner, but nothing sets the encrypted file: it has no
\`sopsFile\`, and the machine has no \`sops.defaultSopsFile\`. In a clan, secrets below \`sops/secrets\` that the machine is
given have their file automatically, and so do secrets of generators (\`vars/…\`); any other name is a secret of its
own. The machine does not evaluate, or in a clan is not built ("the key … cannot be found").

Correct the name, give the secret to the machine (\`clan secrets machines add-secret MACHINE NAME\`), or name its file.

Reported only where all modules of the machine are known, and for unconditional definitions. Where modules of other
flakes may set a file, it is a warning, and only for a name similar to a secret that clan gives to the machine.

Source: sops-nix 56b2406, modules/sops/default.nix; clan-core d7c35d912, nixosModules/clanCore/sops.nix and
vars/secret/sops/default.nix.`,
  examples: ({ FLAKE_OF_WEB, encryptedYaml, VALUE }) => ({
    bad: [
      {
        title: 'Neither its own file nor a default',
        files: {
          'flake.nix': FLAKE_OF_WEB,
          'hosts/web.nix': `\
{
  sops.secrets.mail.owner = "mail";
  #            ^^^^ sops/no-file: (machine web)
}
`,
        },
      },
    ],
    good: [
      {
        title: 'A default',
        files: {
          'flake.nix': FLAKE_OF_WEB,
          'hosts/web.nix': `\
{
  sops.defaultSopsFile = ../secrets/web.yaml;
  sops.secrets.mail.owner = "mail";
}
`,
          'secrets/web.yaml': encryptedYaml(`mail: ${VALUE}\n`),
        },
      },
    ],
  }),
  check: function* (context: CheckContext) {
    for (const definitions of definitionsOnMachines(context).values()) {
      const without = definitions.filter(definition => isWithoutFile(context, definition));
      const [first] = without;
      if (first === undefined) continue;
      const machines = sortedUnique(without.map(({ machine }) => machine));
      const report = reportOf(context, first.definition, machines);
      if (report !== null) yield report;
    }
  },
};

function isWithoutFile({ fleet }: CheckContext, { machine, definition, secrets }: OwnDefinition): boolean {
  const { conditional, name } = definition;
  if (conditional || fleet.modules.get(machine) === undefined) return false;
  if (secrets.defaults.some(({ option }) => option === 'file')) return false;
  const all = secrets.secrets.find(secret => secret.keeper === 'sops' && secret.name === name);
  if (all === undefined || all.implicitOn.length > 0) return false;
  if (
    all.definitions.some(({ complete, definedOptions }) => !complete || definedOptions.includes('sopsFile'))
  )
    return false;
  return !mayBeGenerated(fleet, name, [machine]);
}

function reportOf(
  context: CheckContext,
  { name, at }: SecretDefinition,
  machines: readonly string[],
): Report | null {
  const { fleet } = context;
  const secrets = secretsOf(context);
  const isOfOthers = secrets.secrets.some(secret => secret.name === name && secret.implicitOn.length > 0);
  const meant = suggest(name, readableOn(secrets, machines));
  const problem = `The secret "${name}" is taken from no file${inBrackets(machines)}: it has no \`sopsFile\`, and there is no \`sops.defaultSopsFile\``;
  const message = isOfOthers
    ? `${problem}; the one below sops/secrets is given to other machines only. Run \`clan secrets machines add-secret ${machines[0]} ${name}\`.`
    : `${problem}.${didYouMean(meant)}`;
  // Modules of other flakes may set a default or declare the whole secret, but secrets named after generators
  // are clan's.
  const mayBeElsewhere = machines.some(machine => fleet.modules.get(machine)?.foreign !== false);
  if (!mayBeElsewhere) return { at, message, machines };
  return meant === null && !isOfGenerator(fleet, name)
    ? null
    : { at, message, machines, severity: 'warning' };
}

/** Returns the names of secrets that clan provides to machines. */
function readableOn({ secrets }: FleetSecrets, machines: readonly string[]): string[] {
  return secrets
    .filter(({ implicitOn }) => machines.some(machine => implicitOn.includes(machine)))
    .map(({ name }) => name);
}
