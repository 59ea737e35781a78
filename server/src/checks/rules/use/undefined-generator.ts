/** use/undefined-generator: a use of a generator that nothing defines. */

import { replaceName } from '../../../edits/edits.ts';
import { didYouMean, suggest } from '../../../edits/suggest.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { UnitOutline, Use } from '../../../fleet/model/uses.ts';
import type { SourceFile } from '../../../nix/source.ts';
import { isAmong } from '../../../std.ts';
import {
  calledUses,
  type Facts,
  factsOf,
  isSurelyWithout,
  isWithout,
  machinesOfUnit,
  mayBeDefinedElsewhere,
  plainUses,
} from '../../facts/fleet-facts.ts';
import { isOtherClanCore } from '../../facts/inventory/clan-core-version.ts';
import { clanGeneratorNames, nearName } from '../../facts/near-names.ts';
import { misspeltGenerator } from '../../facts/use/misspelt-reads.ts';
import { declaredAround, machinesOfUse, type Readers, readersOf } from '../../facts/use/reading-machines.ts';
import { inBrackets } from '../../facts/wording.ts';
import { perUnit } from '../../memory/per-unit.ts';
import type { CheckContext, Report, Rule, Severity } from '../../rule.ts';

const MATRIX = '{\n  lea = [\n    "anthropic"\n    "gmail"\n  ];\n}\n';

export const undefinedGenerator: Rule = {
  id: 'use/undefined-generator',
  severity: 'error',
  summary: 'A use of a generator that nothing defines',
  documentation: `\
A module reads a file of a generator that the machine does not have. Evaluating it ends with
\`attribute '…' missing\`.

Reported only if it is certain: the module assigns its generators from the registry and all their names are known, or
all modules of the reading machines are known; nothing else that the machine may have defines a generator of that
name, or one whose partly unknown name may be the same; and none of its clan-core services adds it. Where modules of
other flakes, or something whose name is not known, might define it, a name that differs by one or two letters from
one of this workspace's or of its services is a warning.

Conditions around the use are evaluated (\`mkIf\`, \`if\`, \`optionalString\` and the like, helper functions, names that \`let\`
binds): under one that holds, a use is like any other, for each machine that imports the module; under one that does not
hold it is none. Under a condition that is not known, a generator that nothing defines is a warning.

Correct the name, or select the key that brings the generator.`,
  examples: ({ hostOf, PIPELINE }) => ({
    bad: [
      {
        title: 'A typo',
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
  }),
  check: perUnit(function* (unit, context) {
    const uses = plainUses(unit);
    const called = calledUses(unit);
    if (uses.length === 0 && called.length === 0) return;
    const facts = factsOf(context.fleet);
    const assigned = assignedNames(unit);
    const from =
      assigned === null ? null : { names: assigned, machines: machinesOfUnit(unit), isByKey: true };
    for (const use of uses) {
      const missing =
        (from === null ? null : missingFrom(facts, from, use)) ??
        missingOn(context, facts, unit, use) ??
        misspelt(context.fleet, facts, use, machinesOfUse(context.fleet, unit, use));
      if (missing !== null) yield reportOf(context, facts, missing, use);
    }
    // A function reads the stored file, of the machine that it is given or of any.
    for (const use of called) {
      const machines = use.machine && [use.machine.value];
      const missing = misspelt(context.fleet, facts, use, machines) ?? misspeltStored(context, facts, use);
      if (missing !== null) yield reportOf(context, facts, missing, use);
    }
  }),
};

/** The context of a use: the existing generators, and the machines that lack the used one. */
interface Lacking {
  /** True if generators come from registry keys instead of modules. */
  readonly isByKey: boolean;
  /** The existing names. */
  readonly names: Iterable<string>;
  readonly machines: readonly string[];
  readonly severity?: Severity;
}

/**
 * Returns the names of all generators that the module assigns, or null if it assigns none from a registry or
 * they are not fully known.
 */
function assignedNames(unit: UnitOutline): ReadonlySet<string> | null {
  if (unit.assignments.length === 0) return null;
  const names = new Set<string>();
  for (const assignment of unit.assignments) {
    if (assignment.names === null) return null;
    for (const name of assignment.names) names.add(name);
  }
  return names;
}

/** Checks a use in a module that takes its own generators from a registry. */
function missingFrom(
  facts: Facts,
  from: Lacking & { readonly names: ReadonlySet<string> },
  use: Use,
): Lacking | null {
  if (from.names.has(use.generator) || mayBeDefinedElsewhere(facts, use.generator, from.machines))
    return null;
  if (!facts.generators.has(use.generator)) return weighed(from, use);
  if (use.reached !== 'surely') return null;
  const { machines } = from;
  return machines.length > 0 && machines.every(machine => isWithout(facts, machine, use.generator))
    ? from
    : null;
}

/** Returns a use of what nothing defines as a warning, unless evaluation certainly reaches it. */
function weighed(lacking: Lacking, { reached }: Use): Lacking {
  return reached === 'surely' ? lacking : { ...lacking, severity: 'warning' };
}

/**
 * Checks a use on the machines that import the module. If others have the generator, a condition that is not known may say
 * when to read it.
 */
function missingOn(
  { fleet, sources }: CheckContext,
  facts: Facts,
  unit: UnitOutline,
  use: Use,
): Lacking | null {
  if (use.at.file !== unit.file || isOtherClanCore(sources)) return null;
  const readers = readersOf(fleet, unit.file) ?? readersInPlace(fleet, sources.parse(unit.file), use);
  if (readers === null || readers.certain.length === 0) return null;
  const isWithoutIt = (machine: string) => isSurelyWithout(facts, machine, use.generator);
  const machines = readers.certain.filter(isWithoutIt);
  if (machines.length === 0) return null;
  const isOnAll = machines.length === readers.certain.length && readers.possible.every(isWithoutIt);
  if ((!isOnAll || facts.generators.has(use.generator)) && use.reached !== 'surely') return null;
  const source = sources.parse(unit.file);
  // `self.nixosConfigurations.lea.config` is another machine's configuration.
  if (source === null || /\b(nixosConfigurations|darwinConfigurations|nodes)\b/.test(source.text))
    return null;
  const names = [...facts.generators].flatMap(([name, generators]) =>
    generators.some(
      ({ machines: having }) => having !== null && machines.every(machine => isAmong(having, machine)),
    )
      ? [name]
      : [],
  );
  return weighed(
    { names: [...names, ...clanGeneratorNames(fleet, machines)], machines, isByKey: false },
    use,
  );
}

/** Returns the machine whose module is written where the machine is declared, in a file that is no module itself. */
function readersInPlace(fleet: Fleet, source: SourceFile | null, use: Use): Readers | null {
  const machine = source === null ? null : declaredAround(fleet, source, use);
  return machine === null ? null : { certain: [machine], possible: [] };
}

/**
 * Checks for a name without a definition that is similar to an existing one. Something unknown might define it,
 * so it is only surely a mistake, not an error.
 */
function misspelt(fleet: Fleet, facts: Facts, use: Use, machines: readonly string[] | null): Lacking | null {
  if (facts.generators.has(use.generator)) return null;
  const meant = nearName(facts, use.generator, machines, [
    ...facts.generators.keys(),
    ...clanGeneratorNames(fleet, machines),
  ]);
  return meant === null ? null : { names: [meant], machines: [], isByKey: false, severity: 'warning' };
}

/** Returns what a function is meant to read by a name that is beside that of a stored generator. */
function misspeltStored(context: CheckContext, facts: Facts, use: Use): Lacking | null {
  const meant = misspeltGenerator(context, facts, use);
  return meant === null ? null : { names: [meant], machines: [], isByKey: false, severity: 'warning' };
}

function reportOf(
  { sources }: CheckContext,
  facts: Facts,
  { names, machines, isByKey, severity }: Lacking,
  use: Use,
): Report {
  const elsewhere = facts.generators.has(use.generator);
  const meant = elsewhere ? null : suggest(use.generator, names);
  const replacement = meant === null ? null : replaceName(sources, use.generatorAt, use.generator, meant);
  return {
    at: use.generatorAt,
    ...(severity === undefined ? {} : { severity }),
    message: `No generator "${use.generator}" is defined${elsewhere ? ' here' : ''}${inBrackets(machines)}.${
      meant === null
        ? isByKey
          ? ' Correct the name, or select the key that provides it.'
          : ' Correct the name, or import the module that defines it.'
        : didYouMean(meant)
    }`,
    machines,
    fixes:
      replacement === null
        ? []
        : [{ title: `Replace with "${meant}"`, edits: [replacement], preferred: true, guess: true }],
  };
}
