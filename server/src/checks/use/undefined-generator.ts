/** use/undefined-generator: a use of a generator that nothing defines. */
import type { Unit, Use } from '../../fleet/model.ts';
import { replaceName } from '../edits.ts';
import { hostOf, PIPELINE } from '../examples.ts';
import { type Facts, factsOf, isWithout, machinesOfUnit, mayBeDefinedElsewhere } from '../facts.ts';
import type { CheckContext, Report, Rule } from '../rule.ts';
import { didYouMean, suggest } from '../suggest.ts';
import { inBrackets } from '../wording.ts';

const MATRIX = '{\n  lea = [\n    "anthropic"\n    "gmail"\n  ];\n}\n';

export const undefinedGenerator: Rule = {
  id: 'use/undefined-generator',
  severity: 'error',
  summary: 'A use of a generator that nothing defines',
  documentation: `\
A module reads a file of a generator that the machine does not have. Evaluating it ends with
\`attribute '…' missing\`.

Reported only where it is certain: the module assigns its generators from the registry and all their names are
known, nothing else that the machine may have defines a generator of the name, or one whose name is not fully known
and might be it, and it is not a generator of clan-core's own services.

Mend the name, or select the key that brings the generator.`,
  bad: [
    {
      title: 'A slip of the finger',
      files: {
        ...PIPELINE,
        'lib/machine-env-matrix.nix': MATRIX,
        'machines/lea/configuration.nix': hostOf(
          'lea',
          `\
  services.mail.passwordFile = config.clan.core.vars.generators.gmail-app-pasword.files.password.path;
  #                                                             ^^^^^^^^^^^^^^^^^ use/undefined-generator
`,
        ),
      },
    },
  ],
  good: [
    {
      title: 'A generator that the machine has',
      files: {
        ...PIPELINE,
        'lib/machine-env-matrix.nix': MATRIX,
        'machines/lea/configuration.nix': hostOf(
          'lea',
          `\
  services.mail.passwordFile = config.clan.core.vars.generators.gmail-app-password.files.password.path;
`,
        ),
      },
    },
    {
      title: "A generator of clan-core's own services, and one whose name is not fully known",
      files: {
        ...PIPELINE,
        'lib/machine-env-matrix.nix': MATRIX,
        'modules/backup.nix': `\
{ config, ... }:
{
  clan.core.vars.generators."backup-\${config.networking.hostName}" = {
    files.key = { };
    script = ''
      head -c 32 /dev/urandom > "$out/key"
    '';
  };
}
`,
        'machines/lea/configuration.nix': hostOf(
          'lea',
          `\
  environment.etc."host.pub".source = config.clan.core.vars.generators.openssh.files."ssh.id_ed25519.pub".path;
  services.backup.keyFile = config.clan.core.vars.generators.backup-lea.files.key.path;
`,
        ),
      },
    },
  ],
  check: function* (context) {
    const facts = factsOf(context.fleet);
    for (const unit of context.fleet.units.values()) {
      const assigned = assignedNames(unit);
      if (assigned === null) continue;
      const machines = machinesOfUnit(unit);
      for (const use of unit.uses)
        if (isUndefined(facts, machines, assigned, use))
          yield reportOf(context, facts, machines, assigned, use);
    }
  },
};

/** The names of all generators that the module assigns; null if it assigns none from a registry, or they are not known. */
function assignedNames(unit: Unit): ReadonlySet<string> | null {
  if (unit.assignments.length === 0) return null;
  const names = new Set<string>();
  for (const assignment of unit.assignments) {
    if (assignment.names === null) return null;
    for (const name of assignment.names) names.add(name);
  }
  return names;
}

function isUndefined(
  facts: Facts,
  machines: readonly string[],
  assigned: ReadonlySet<string>,
  use: Use,
): boolean {
  // Keys that accessors look up have rules of their own.
  if (use.by !== 'option' || use.generatorKind === 'pattern' || use.guarded || use.key !== null) return false;
  if (assigned.has(use.generator) || mayBeDefinedElsewhere(facts, use.generator)) return false;
  if (!facts.generators.has(use.generator)) return true;
  return machines.length > 0 && machines.every(machine => isWithout(facts, machine, use.generator));
}

function reportOf(
  { sources }: CheckContext,
  facts: Facts,
  machines: readonly string[],
  assigned: ReadonlySet<string>,
  use: Use,
): Report {
  const elsewhere = facts.generators.has(use.generator);
  const meant = elsewhere ? null : suggest(use.generator, assigned);
  const replacement = meant === null ? null : replaceName(sources, use.generatorAt, use.generator, meant);
  return {
    at: use.generatorAt,
    message: `No generator "${use.generator}" is defined${elsewhere ? ' here' : ''}${inBrackets(machines)}.${
      meant === null ? ' Mend the name, or select the key that brings it.' : didYouMean(meant)
    }`,
    machines,
    fixes:
      replacement === null
        ? []
        : [{ title: `Replace with "${meant}"`, edits: [replacement], preferred: true, guess: true }],
  };
}
