/** registry/duplicate-env-var: two keys of a machine are exported as the same variable. */

import type { RegistryKey } from '../../../fleet/model/registries.ts';
import type { Place } from '../../../nix/places.ts';
import { addToList, addToSet, sortedUnique } from '../../../std.ts';
import { type Facts, factsOf, fieldPlace, type RegistryFacts } from '../../facts/fleet-facts.ts';
import { machinesText } from '../../facts/wording.ts';
import type { Report, Rule } from '../../rule.ts';

const TOKENS = `\
  cloudflare = mkPromptedSecret {
    generator = "cloudflare-api-token";
    envVar = "CLOUDFLARE_API_TOKEN";
  };
  cloudflare-dns = mkPromptedSecret {
    generator = "cloudflare-dns-token";
    envVar = "CLOUDFLARE_API_TOKEN";
    #        ^^^^^^^^^^^^^^^^^^^^^^ registry/duplicate-env-var: on machine tove
  };
`;

export const duplicateEnvVar: Rule = {
  id: 'registry/duplicate-env-var',
  severity: 'warning',
  summary: 'Two keys of one machine with one environment variable',
  documentation: `\
A machine selects two keys that have the same \`envVar\`. The session variables are a set, so one of the two values
wins and the other is not exported at all. Which one depends on the order of the keys.

Give one of them another variable, or \`envVar = null\`, or select only one of the two. Keys that never meet on one
machine may share a variable, and so may a secret and a public setting: one is exported as \`NAME_FILE\`, the other
as \`NAME\`.`,
  examples: ({ registryOf }) => ({
    bad: [
      {
        title: 'Two tokens for one variable',
        files: {
          'lib/secret-registry.nix': registryOf(TOKENS),
          'lib/machine-env-matrix.nix':
            '{\n  lea = [ "cloudflare" ];\n  tove = [ "cloudflare" "cloudflare-dns" ];\n}\n',
        },
      },
    ],
    good: [
      {
        title: 'The keys never meet on one machine',
        files: {
          'lib/secret-registry.nix': registryOf(TOKENS.replace(/ +# +\^.*\n/, '')),
          'lib/machine-env-matrix.nix': '{\n  lea = [ "cloudflare" ];\n  tove = [ "cloudflare-dns" ];\n}\n',
        },
      },
    ],
  }),
  check: function* ({ fleet }) {
    const facts = factsOf(fleet);
    for (const registry of facts.registries.values()) yield* clashesOf(facts, registry);
  },
};

interface Clash {
  readonly first: RegistryKey;
  readonly second: RegistryKey;
  readonly variable: string;
  readonly at: Place;
  readonly machines: string[];
}

function* clashesOf(facts: Facts, registry: RegistryFacts): Iterable<Report> {
  const shared = keysWithSharedVariable(registry);
  if (shared.size === 0) return;
  const clashes = new Map<RegistryKey, Clash>();
  for (const [machine, selected] of selections(facts, registry, shared)) {
    const first = new Map<string, RegistryKey>();
    for (const key of registry.registry.keys) {
      if (key.envVar === null || !selected.has(key)) continue;
      const variable = key.envVar.value;
      const other = first.get(variable);
      if (other === undefined) first.set(variable, key);
      else if (exportedAlike(other, key)) {
        const clash = clashes.get(key);
        if (clash !== undefined) clash.machines.push(machine);
        else
          clashes.set(key, {
            first: other,
            second: key,
            variable,
            at: fieldPlace(key, key.envVar),
            machines: [machine],
          });
      }
    }
  }
  for (const clash of clashes.values()) {
    const machines = sortedUnique(clash.machines);
    yield {
      at: clash.at,
      message:
        `The keys "${clash.first.key}" and "${clash.second.key}" are both exported as ${clash.variable} ` +
        `on ${machinesText(machines)}; only one of them can be. Rename one of the variables.`,
      machines,
      related: [
        {
          at: fieldPlace(clash.first, clash.first.envVar ?? clash.first),
          message: `${clash.variable} is used here first`,
        },
      ],
    };
  }
}

function keysWithSharedVariable({ registry }: RegistryFacts): Set<RegistryKey> {
  const byVariable = new Map<string, RegistryKey[]>();
  for (const key of registry.keys) {
    if (key.envVar === null) continue;
    addToList(byVariable, key.envVar.value, key);
  }
  return new Set([...byVariable.values()].filter(keys => keys.length > 1).flat());
}

/**
 * Returns the keys, among those given, that each machine certainly has: from its row, or else from its assigned
 * generators.
 */
function selections(
  facts: Facts,
  registry: RegistryFacts,
  among: ReadonlySet<RegistryKey>,
): Map<string, Set<RegistryKey>> {
  const selected = new Map<string, Set<RegistryKey>>();
  const add = (machine: string, key: RegistryKey) => {
    addToSet(selected, machine, key);
  };
  const withRow = new Set<string>();
  for (const matrix of registry.matrices) {
    for (const row of matrix.rows) {
      if (row.shared) continue;
      withRow.add(row.machine);
      for (const { key } of row.keys) {
        const entry = registry.byKey.get(key);
        if (entry !== undefined && among.has(entry)) add(row.machine, entry);
      }
    }
  }
  for (const key of among) {
    for (const generator of facts.generators.get(key.generator?.value ?? '') ?? []) {
      if (generator.conditional) continue;
      for (const machine of generator.machines ?? []) if (!withRow.has(machine)) add(machine, key);
    }
  }
  return selected;
}

/**
 * Returns whether two keys are exported as the same variable. A secret becomes `NAME_FILE` and a public setting
 * `NAME`, which do not collide.
 */
function exportedAlike(a: RegistryKey, b: RegistryKey): boolean {
  return a.secret === null || b.secret === null || a.secret === b.secret;
}
