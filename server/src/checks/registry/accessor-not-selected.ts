/** registry/accessor-not-selected: an accessor reads a key that the machine does not select. */

import type { KeyLookup, RegistryKey, Unit } from '../../fleet/model.ts';
import { placeKey } from '../../fleet/places.ts';
import { appendListItem, stringText } from '../edits.ts';
import { hostOf, PIPELINE } from '../examples.ts';
import { type Facts, factsOf, isWithout, machinesOfUnit, mayBeDefinedElsewhere, rowOf } from '../facts.ts';
import { bindingNamedAt, lastLiteralList } from '../locate.ts';
import { perUnit } from '../memory/per-unit.ts';
import type { CheckContext, Fix, Report, Rule, Sources } from '../rule.ts';
import { machinesText, sortedUnique } from '../wording.ts';

const HOST = hostOf(
  'tove',
  `\
  programs.msmtp.accounts.default.passwordeval = secrets.mkPasswordCmd {
    osConfig = config;
    key = "gmail";
    #     ^^^^^^^ registry/accessor-not-selected: not configured for secret key 'gmail' on machine tove
  };
`,
  '  secrets = import ../../lib/secrets.nix;\n',
);

export const accessorNotSelected: Rule = {
  id: 'registry/accessor-not-selected',
  severity: 'error',
  summary: 'An accessor reads a key that the machine does not select',
  documentation: `\
\`getPath\`, \`mkPasswordCmd\` and their like read a key's file from the generators of the machine. The registry has
the key, but the machine's row does not list it, so the machine has no such generator, and evaluating it ends with
\`Generator '…' not configured for secret key '…'\`.

Add the key to the machine's row. Nothing is reported unless the whole row is known and nothing else in the
workspace can define the generator.`,
  bad: [
    {
      title: 'The row lacks the key',
      files: {
        ...PIPELINE,
        'lib/machine-env-matrix.nix': '{\n  lea = [ "gmail" ];\n  tove = [ "anthropic" ];\n}\n',
        'machines/lea/configuration.nix': hostOf('lea'),
        'machines/tove/configuration.nix': HOST,
      },
    },
  ],
  good: [
    {
      title: 'The row has the key',
      files: {
        ...PIPELINE,
        'lib/machine-env-matrix.nix': '{\n  tove = [\n    "anthropic"\n    "gmail"\n  ];\n}\n',
        'machines/tove/configuration.nix': HOST.replace(/ +# +\^.*\n/, ''),
      },
    },
  ],
  check: function* (context) {
    const found = new Map<string, Missing>();
    for (const { lookup, entry, machines } of lackingIn(context)) {
      const id = placeKey(lookup.at);
      const known = found.get(id);
      found.set(id, { lookup, entry, machines: [...(known?.machines ?? []), ...machines] });
    }
    const facts = factsOf(context.fleet);
    for (const missing of found.values()) yield reportOf(context, facts, missing);
  },
};

interface Missing {
  readonly lookup: KeyLookup;
  readonly entry: RegistryKey;
  readonly machines: readonly string[];
}

const lackingIn = perUnit(function* (unit, { fleet }): Iterable<Missing> {
  const machines = machinesOfUnit(unit);
  if (machines.length === 0) return;
  const facts = factsOf(fleet);
  for (const { key: lookup, guarded, generator } of unit.uses) {
    if (lookup === null || !lookup.found || guarded) continue;
    const entry = facts.registries.get(lookup.registry)?.byKey.get(lookup.key);
    // The use has to be of the key's own generator, not of another one that is read near by.
    if (entry?.generator == null || entry.generator.value !== generator) continue;
    const lacking = machines.filter(machine =>
      lacks(facts, unit, machine, lookup.registry, entry, generator),
    );
    if (lacking.length > 0) yield { lookup, entry, machines: lacking };
  }
});

/** Is it certain that the machine does not have the key's generator? */
function lacks(
  facts: Facts,
  unit: Unit,
  machine: string,
  registry: string,
  entry: RegistryKey,
  generator: string,
): boolean {
  const found = rowOf(facts, registry, machine);
  if (found === null || !found.row.complete || found.row.keys.some(key => key.key === entry.key))
    return false;
  if (
    unit.assignments.some(assignment => assignment.names === null || assignment.names.includes(generator))
  ) {
    return false;
  }
  return !mayBeDefinedElsewhere(facts, generator) && isWithout(facts, machine, generator);
}

function reportOf({ sources }: CheckContext, facts: Facts, missing: Missing): Report {
  const { lookup, entry } = missing;
  const machines = sortedUnique(missing.machines);
  const fixes = machines.flatMap(machine => {
    const fix = addToRow(sources, facts, lookup, machine, machines.length === 1);
    return fix === null ? [] : [fix];
  });
  return {
    at: lookup.at,
    message:
      `Generator '${entry.generator?.value}' not configured for secret key '${lookup.key}' ` +
      `on ${machinesText(machines)}. Add the key to the row of the machine.`,
    machines,
    related: [{ at: entry.at, message: `The key "${lookup.key}"` }],
    fixes,
  };
}

function addToRow(
  sources: Sources,
  facts: Facts,
  lookup: KeyLookup,
  machine: string,
  preferred: boolean,
): Fix | null {
  const found = rowOf(facts, lookup.registry, machine);
  const file = found === null ? null : sources.parse(found.row.at.file);
  if (found === null || file === null) return null;
  const binding = bindingNamedAt(file, found.row.at)?.binding;
  const list = binding === undefined || binding.path.length !== 1 ? null : lastLiteralList(binding.value);
  if (list === null) return null;
  return {
    title: `Add "${lookup.key}" to the row of ${machine}`,
    edits: [appendListItem(file, list, stringText(lookup.key))],
    preferred,
    // It hands a secret to a machine; only its owner can want that.
    guess: true,
  };
}
