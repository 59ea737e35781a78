/** use/undefined-generator: a use of a generator that nothing defines. */

import { replaceName } from '../../../edits/edits.ts';
import { didYouMean, editDistance, suggest } from '../../../edits/suggest.ts';
import type { Unit, Use } from '../../../fleet/model/uses.ts';
import {
  calledUses,
  type Facts,
  factsOf,
  isWithout,
  machinesOfUnit,
  mayBeDefinedElsewhere,
  plainUses,
} from '../../facts/fleet-facts.ts';
import { isOtherClanCore } from '../../facts/inventory/clan-core-version.ts';
import { isPerhapsLeftOut, isSurelyWithout, readersOf } from '../../facts/use/reading-machines.ts';
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

Reported only where it is certain: the module assigns its generators from the registry and all their names are
known, or all modules of the machines that read it are; nothing else that the machine may have defines a generator of
the name, or one whose name is not fully known and might be it, and it is not a generator of clan-core's own services.
Where modules of other flakes might define it, a name that differs by one or two letters from one of this workspace's
is a warning.

Mend the name, or select the key that brings the generator.`,
  examples: ({ hostOf, PIPELINE }) => ({
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
      if (mayBeDefinedElsewhere(facts, use.generator)) continue;
      const missing =
        (from === null ? null : missingFrom(facts, from, use)) ??
        missingOn(context, facts, unit, use) ??
        misspelt(facts, use);
      if (missing !== null) yield reportOf(context, facts, missing, use);
    }
    // Whose generator a function asks for is not known: of any machine, by its stored file.
    for (const use of called) {
      const missing = mayBeDefinedElsewhere(facts, use.generator) ? null : misspelt(facts, use);
      if (missing !== null) yield reportOf(context, facts, missing, use);
    }
  }),
};

/** What a use is held against: the generators that there are, and the machines that lack the one it names. */
interface Lacking {
  /** Generators come with keys of a registry, not with modules. */
  readonly isByKey: boolean;
  /** Names that there are. */
  readonly names: Iterable<string>;
  readonly machines: readonly string[];
  readonly severity?: Severity;
}

/**
 * Returns the names of all generators that the module assigns; null if it assigns none from a registry, or they are not
 * known.
 */
function assignedNames(unit: Unit): ReadonlySet<string> | null {
  if (unit.assignments.length === 0) return null;
  const names = new Set<string>();
  for (const assignment of unit.assignments) {
    if (assignment.names === null) return null;
    for (const name of assignment.names) names.add(name);
  }
  return names;
}

/** Where the module itself takes its generators from a registry. */
function missingFrom(
  facts: Facts,
  from: Lacking & { readonly names: ReadonlySet<string> },
  use: Use,
): Lacking | null {
  if (from.names.has(use.generator)) return null;
  if (!facts.generators.has(use.generator)) return from;
  const { machines } = from;
  return machines.length > 0 && machines.every(machine => isWithout(facts, machine, use.generator))
    ? from
    : null;
}

/** Returns where all machines that read the module are without the generator. */
function missingOn({ fleet, sources }: CheckContext, facts: Facts, unit: Unit, use: Use): Lacking | null {
  const readers = readersOf(fleet, unit.file);
  if (readers === null || readers.certain.length === 0 || use.at.file !== unit.file) return null;
  if (isOtherClanCore(sources)) return null;
  const isWithoutIt = (machine: string) => isSurelyWithout(fleet, facts, machine, use.generator);
  if (!readers.certain.every(isWithoutIt) || !readers.possible.every(isWithoutIt)) return null;
  const source = sources.parse(unit.file);
  // `self.nixosConfigurations.lea.config`: another machine's.
  if (source === null || /\b(nixosConfigurations|darwinConfigurations|nodes)\b/.test(source.text))
    return null;
  if (facts.generators.has(use.generator) && isPerhapsLeftOut(source, use.at)) return null;
  const names = [...facts.generators].flatMap(([name, generators]) =>
    generators.some(generator => readers.certain.every(machine => generator.machines?.includes(machine)))
      ? [name]
      : [],
  );
  return { names, machines: readers.certain, isByKey: false };
}

/**
 * A name that nothing in the workspace defines, right beside one that is defined. Modules of other flakes might define
 * it, so that it is no more than surely a mistake.
 */
function misspelt(facts: Facts, use: Use): Lacking | null {
  if (facts.generators.has(use.generator)) return null;
  const meant = suggest(use.generator, facts.generators.keys());
  if (meant === null || editDistance(use.generator, meant) > 2 || isNextOf(use.generator, meant)) return null;
  return { names: [meant], machines: [], isByKey: false, severity: 'warning' };
}

/** `key-1` and `key-2`: who has the one may have the other from elsewhere. */
function isNextOf(name: string, other: string): boolean {
  return name.replace(/\d+/g, '') === other.replace(/\d+/g, '');
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
          ? ' Correct the name, or select the key that brings it.'
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
