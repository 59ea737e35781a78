/** registry/accessor-not-selected: an accessor reads a key that the machine does not select. */

import { appendListItem, stringText } from '../../../edits/edits.ts';
import { bindingNamedAt, lastLiteralList } from '../../../edits/locate.ts';
import type { Sources } from '../../../edits/text-edit.ts';
import type { Reached } from '../../../fleet/model/base.ts';
import type { KeyLookup, RegistryKey } from '../../../fleet/model/registries.ts';
import type { UnitOutline } from '../../../fleet/model/uses.ts';
import { placeIdentity } from '../../../nix/places.ts';
import { sortedUnique } from '../../../std.ts';
import { type Facts, factsOf, rowOf } from '../../facts/fleet-facts.ts';
import { machinesAt, machinesWithout } from '../../facts/registry/machines-lacking-key.ts';
import { machinesText } from '../../facts/wording.ts';
import { perUnit } from '../../memory/per-unit.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

const VM_ACCESSORS = `\
let
  registry = import ./secret-registry.nix { pkgs = null; };
in
{
  getVmPath = { key, mountPoint ? "/run/vm-secrets" }:
    "\${mountPoint}/\${registry.\${key}.generator}/\${registry.\${key}.fileAttr}";
}
`;

export const accessorNotSelected: Rule = {
  id: 'registry/accessor-not-selected',
  severity: 'error',
  summary: 'An accessor reads a key that the machine does not select',
  documentation: `\
\`getPath\`, \`mkPasswordCmd\` and the like read a key's file from the machine's generators. The registry has the key, but
the machine's row does not list it, so the machine has no such generator, and evaluating it ends with
\`Generator '…' not configured for secret key '…'\`.

An accessor that builds a path from the registry alone (\`getVmPath\`, for files that are mounted into a virtual
machine) does not fail, but there will be no file at that path: a warning.

Add the key to the machine's row. Nothing is reported unless the whole row is known and nothing else in the
workspace can define the generator.`,
  examples: ({ hostOf, PIPELINE }) => {
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
    const VM_HOST = hostOf(
      'tove',
      `\
  systemd.services.mail.environment.PASSWORD_FILE = vm.getVmPath { key = "gmail"; };
  #                                                                      ^^^^^^^ registry/accessor-not-selected: nothing at /run/vm-secrets/gmail-app-password/password
`,
      '  vm = import ../../lib/vm.nix;\n',
    );
    return {
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
        {
          title: 'A path to a file that the machine does not have',
          files: {
            ...PIPELINE,
            'lib/vm.nix': VM_ACCESSORS,
            'lib/machine-env-matrix.nix': '{\n  lea = [ "gmail" ];\n  tove = [ "anthropic" ];\n}\n',
            'machines/lea/configuration.nix': hostOf('lea'),
            'machines/tove/configuration.nix': VM_HOST,
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
    };
  },
  check: function* (context) {
    const missingKeys = new Map<string, Missing>();
    for (const { lookup, entry, machines, path } of lackingIn(context)) {
      const id = placeIdentity(lookup.at);
      const earlier = missingKeys.get(id);
      // A failing access is more informative than a missing file.
      const isPath = path !== null && earlier?.path !== null;
      missingKeys.set(id, {
        lookup,
        entry,
        machines: [...(earlier?.machines ?? []), ...machines],
        path: isPath ? path : null,
      });
    }
    const facts = factsOf(context.fleet);
    for (const missing of missingKeys.values()) yield reportOf(context, facts, missing);
  },
};

interface Missing {
  readonly lookup: KeyLookup;
  readonly entry: RegistryKey;
  readonly machines: readonly string[];
  /** The path that is built without looking up the generator, or null if it is looked up. */
  readonly path: string | null;
}

const lackingIn = perUnit(function* (unit, context): Iterable<Missing> {
  if (unit.uses.length === 0 && unit.keyPaths.length === 0) return;
  const facts = factsOf(context.fleet);
  for (const asked of askedIn(unit)) {
    const { lookup, generator } = asked;
    if (isHandedOver(unit, lookup)) continue;
    const entry = facts.registries.get(lookup.registry)?.byKey.get(lookup.key);
    // It must be the key's own generator, not another one that is read nearby.
    if (entry?.generator == null || entry.generator.value !== generator) continue;
    const machines = machinesAt(context, unit, asked.reached);
    const lacking = machinesWithout(facts, unit, machines, {
      registry: lookup.registry,
      entry,
      generator,
    });
    if (lacking.length > 0) yield { lookup, entry, machines: lacking, path: asked.path };
  }
});

/**
 * Returns whether the key belongs to a row that is passed to a function as a whole. Such a row is correct, and
 * another rule reports more.
 */
function isHandedOver({ file, keyedModules }: UnitOutline, { at, key }: KeyLookup): boolean {
  return at.file !== file && keyedModules.some(({ keys }) => keys.includes(key));
}

interface Asked extends Pick<Missing, 'lookup' | 'path'> {
  readonly generator: string;
  readonly reached: Reached;
}

/** Yields the generators that a unit looks up by key, and the paths that it builds from keys. */
function* askedIn({ uses, keyPaths }: UnitOutline): Iterable<Asked> {
  for (const { key: lookup, guarded, generator, reached } of uses)
    if (lookup?.found === true && !guarded) yield { lookup, generator, path: null, reached };
  for (const { key: lookup, generator, path, reached } of keyPaths)
    if (lookup.found) yield { lookup, generator, path, reached };
}

function reportOf({ sources }: CheckContext, facts: Facts, missing: Missing): Report {
  const { lookup, entry } = missing;
  const machines = sortedUnique(missing.machines);
  const fixes = machines.flatMap(machine => {
    const fix = addToRow(sources, facts, lookup, machine, machines.length === 1);
    return fix === null ? [] : [fix];
  });
  const isPath = missing.path !== null;
  return {
    at: lookup.at,
    ...(isPath ? { severity: 'warning' as const } : {}),
    message: isPath
      ? `The key "${lookup.key}" is not selected on ${machinesText(machines)}: there will be nothing at ` +
        `${missing.path}. Add the key to the row of the machine.`
      : `Generator '${entry.generator?.value}' not configured for secret key '${lookup.key}' ` +
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
  const row = rowOf(facts, lookup.registry, machine);
  const file = row === null ? null : sources.parse(row.row.at.file);
  if (row === null || file === null) return null;
  const binding = bindingNamedAt(file, row.row.at)?.binding;
  const list = binding === undefined || binding.path.length !== 1 ? null : lastLiteralList(binding.value);
  if (list === null) return null;
  return {
    title: `Add "${lookup.key}" to the row of ${machine}`,
    edits: [appendListItem(file, list, stringText(lookup.key))],
    preferred,
    // The fix gives a machine access to a secret, which only the owner can decide.
    guess: true,
  };
}
