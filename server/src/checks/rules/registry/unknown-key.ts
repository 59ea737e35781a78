/** registry/unknown-key: a selected or read key does not exist in the registry. */

import { replaceName } from '../../../edits/edits.ts';
import { didYouMean, suggest } from '../../../edits/suggest.ts';
import type { Registry } from '../../../fleet/model/registries.ts';
import type { Place } from '../../../nix/places.ts';
import { placeIdentity } from '../../../nix/places.ts';
import { sortedUnique } from '../../../std.ts';
import { areIntact, factsOf, lookupsIn, type RegistryFacts } from '../../facts/fleet-facts.ts';
import { newEntryFix } from '../../facts/registry/new-entry.ts';
import { inBrackets } from '../../facts/wording.ts';
import { inUnits } from '../../memory/per-unit.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

/** A place that names a missing key, with the machines affected. */
interface Missing {
  readonly registry: RegistryFacts;
  readonly key: string;
  readonly at: Place;
  readonly machines: string[];
  /** True if a matrix lists the key. A key that is only read would not be selected by any machine. */
  readonly listed: boolean;
}

export const unknownKey: Rule = {
  id: 'registry/unknown-key',
  severity: 'error',
  isEarly: true,
  summary: 'A key that the registry does not have',
  documentation: `\
A row of the matrix, or an accessor, names a key that is not in the registry.

The generators function looks every key up and ends the whole evaluation with
\`Unknown secret key in envMatrix: …\` at the first one it does not find. That hides the machine's other generators
and every further mistake, and it shows only when the machine is evaluated.

Correct the spelling, or add the entry to the registry. Nothing is reported while the registry may have keys that
Varsmith cannot see, or where the code handles a missing key.`,
  examples: ({ hostOf, PIPELINE }) => ({
    bad: [
      {
        title: 'A typo in a row',
        files: {
          ...PIPELINE,
          'lib/machine-env-matrix.nix': `\
{
  emily = [
    "anthropc"
  # ^^^^^^^^^^ registry/unknown-key: Unknown registry key "anthropc" (machine emily). Did you mean "anthropic"?
    "gmail"
  ];
  lea = [ "anthropic" ];
}
`,
        },
      },
      {
        title: 'A key that an accessor asks for',
        files: {
          ...PIPELINE,
          'lib/machine-env-matrix.nix': `\
{
  lea = [
    "anthropic"
    "gmail"
  ];
}
`,
          'machines/lea/configuration.nix': hostOf(
            'lea',
            `\
  programs.msmtp.accounts.default.passwordeval = secrets.mkPasswordCmd {
    osConfig = config;
    key = "gmial";
    #     ^^^^^^^ registry/unknown-key: Did you mean "gmail"?
  };
`,
            '  secrets = import ../../lib/secrets.nix;\n',
          ),
        },
      },
    ],
    good: [
      {
        title: 'Every key is in the registry',
        files: {
          ...PIPELINE,
          'lib/machine-env-matrix.nix': `\
{
  emily = [
    "anthropic"
    "gmail"
  ];
  lea = [ "anthropic" ];
}
`,
        },
      },
    ],
  }),
  check: function* (context) {
    for (const missing of missingKeys(context)) yield reportOf(context, missing);
  },
};

/** Reads that fail if the key does not exist. */
const failing = inUnits(unit => lookupsIn(unit).filter(({ found, required }) => !found && required));

function missingKeys({ fleet, sources }: CheckContext): Iterable<Missing> {
  const facts = factsOf(fleet);
  const missing = new Map<string, Missing>();
  const note = (
    registry: RegistryFacts,
    key: string,
    at: Place,
    machines: readonly string[],
    listed: boolean,
  ) => {
    const id = `${placeIdentity(at)}\0${key}`;
    const earlier = missing.get(id);
    if (earlier === undefined) missing.set(id, { registry, key, at, machines: [...machines], listed });
    else earlier.machines.push(...machines);
  };
  const whole = new Set(
    [...facts.registries.values()].filter(
      ({ registry }) => registry.closed && areIntact(sources, filesOf(registry)),
    ),
  );
  for (const registry of whole) {
    for (const matrix of registry.matrices)
      for (const row of matrix.rows)
        for (const { key, at } of row.keys)
          if (!registry.byKey.has(key)) note(registry, key, at, row.shared ? [] : [row.machine], true);
  }
  for (const lookup of failing(fleet)) {
    const registry = facts.registries.get(lookup.registry);
    if (registry === undefined || !whole.has(registry)) continue;
    if (!registry.byKey.has(lookup.key)) note(registry, lookup.key, lookup.at, [], false);
  }
  return missing.values();
}

/** Returns the files that a registry and its entries are written in. */
function filesOf({ file, at, keys }: Registry): readonly string[] {
  return [...new Set([file, at.file, ...keys.map(key => key.at.file)])];
}

function reportOf({ sources }: CheckContext, missing: Missing): Report {
  const { registry, key, at } = missing;
  const machines = sortedUnique(missing.machines);
  const meant = suggest(key, registry.byKey.keys());
  const fixes: Fix[] = [];
  const replacement = meant === null ? null : replaceName(sources, at, key, meant);
  if (replacement !== null) {
    fixes.push({ title: `Replace with "${meant}"`, edits: [replacement], preferred: true, guess: true });
  }
  const entry = missing.listed ? newEntryFix(sources, registry.registry, key) : null;
  if (entry !== null) fixes.push(entry);
  const advice =
    meant === null
      ? ` ${registry.registry.file} has no such entry: add it, or take the key out.`
      : didYouMean(meant);
  return { at, machines, fixes, message: `Unknown registry key "${key}"${inBrackets(machines)}.${advice}` };
}
