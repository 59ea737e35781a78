/** registry/module-keys-not-selected: a module receives keys for which its machine has no generator. */

import { replaceName } from '../../../edits/edits.ts';
import type { RegistryKey } from '../../../fleet/model/registries.ts';
import type { KeyedModule, UnitOutline } from '../../../fleet/model/uses.ts';
import type { Place } from '../../../nix/places.ts';
import type { SourceFile } from '../../../nix/source.ts';
import { sortedUnique } from '../../../std.ts';
import { factsOf, type RegistryFacts } from '../../facts/fleet-facts.ts';
import { machinesAt, machinesWithout } from '../../facts/registry/machines-lacking-key.ts';
import { writtenReach } from '../../facts/use/reading-machines.ts';
import { valuePathsFrom } from '../../facts/use/value-flow.ts';
import { machinesText, quoted } from '../../facts/wording.ts';
import { perUnit } from '../../memory/per-unit.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

/**
 * The module called by seeds, `hjem-session-variables.nix`: for each key, a variable with the path of its file.
 */
const SESSION = `\
{ keys }:
{ osConfig, ... }:
let
  registry = import ../lib/secret-registry.nix { pkgs = null; };
  inherit (osConfig.clan.core.vars) generators;
in
{
  environment.sessionVariables = builtins.listToAttrs (
    map (key: {
      name = "\${registry.\${key}.envVar}_FILE";
      value = generators.\${registry.\${key}.generator}.files.\${registry.\${key}.fileAttr}.path;
    }) keys
  );
}
`;

const MATRIX = '{\n  lea = [ "gmail" ];\n  emily = [\n    "gmail"\n    "anthropic"\n  ];\n}\n';

export const moduleKeysNotSelected: Rule = {
  id: 'registry/module-keys-not-selected',
  severity: 'error',
  summary: 'A module is given keys that its machine does not select',
  documentation: `\
A module for a user's session, or the like, is created by a function that receives the keys whose files it reads
(\`import ./hjem-session-variables.nix { keys = envMatrix.lea; }\`). It reads the generators of its machine
(\`osConfig.clan.core.vars.generators\`), which has only the keys that are assigned to the machine. With the keys of
another machine evaluation ends with \`attribute '…' missing\`, at a place that names neither the key nor the machine.

Give the module the row of its machine, or add the keys to that row. The module is evaluated with its arguments.
Nothing is reported where it tests whether the generator exists, where it is under an unknown condition, or unless the
whole row of the machine is known and nothing else in the workspace can define the generators.`,
  examples: ({ hostOf, PIPELINE }) => {
    /** Returns the module of the machine lea, which passes the keys of a row to its user. */
    function leaWith(row: string, mark = ''): string {
      return hostOf(
        'lea',
        `\
  hjem.users.ada.imports = [
    (import ../../modules/session.nix { keys = envMatrix.${row}; })
${mark}  ];
`,
      );
    }
    return {
      bad: [
        {
          title: 'The keys of another machine',
          files: {
            ...PIPELINE,
            'modules/session.nix': SESSION,
            'lib/machine-env-matrix.nix': MATRIX,
            'machines/emily/configuration.nix': hostOf('emily'),
            'machines/lea/configuration.nix': leaWith(
              'emily',
              `\
    #                                   ^^^^ registry/module-keys-not-selected: reads the generator of the key "anthropic", which machine lea does not select
`,
            ),
          },
        },
      ],
      good: [
        {
          title: "The machine's own row",
          files: {
            ...PIPELINE,
            'modules/session.nix': SESSION,
            'lib/machine-env-matrix.nix': MATRIX,
            'machines/emily/configuration.nix': hostOf('emily'),
            'machines/lea/configuration.nix': leaWith('lea'),
          },
        },
        {
          title: 'A module that takes the keys of which there are generators',
          files: {
            ...PIPELINE,
            'modules/session.nix': SESSION.replace(
              ') keys\n',
              ') (builtins.filter (key: generators ? ${registry.${key}.generator}) keys)\n',
            ),
            'lib/machine-env-matrix.nix': MATRIX,
            'machines/emily/configuration.nix': hostOf('emily'),
            'machines/lea/configuration.nix': leaWith('emily'),
          },
        },
      ],
    };
  },
  check: function* (context) {
    for (const { unit, module, missing, machines } of lackingIn(context))
      yield reportOf(context, unit, module, missing, machines);
  },
};

interface Lacking {
  readonly unit: UnitOutline;
  readonly module: KeyedModule;
  readonly missing: readonly RegistryKey[];
  readonly machines: readonly string[];
}

const lackingIn = perUnit(function* (unit, context): Iterable<Lacking> {
  if (unit.keyedModules.length === 0) return;
  for (const module of unit.keyedModules) {
    const machines = machinesAt(
      context,
      unit,
      writtenReach(context.sources.parse(unit.file), module.application),
    );
    const lacking = [...factsOf(context.fleet).registries.values()].flatMap(registry =>
      lackingKeys(context, unit, module, registry, machines),
    );
    // Most modules receive only keys that their machine has and need no inspection.
    if (lacking.length === 0) continue;
    const source = context.sources.parse(unit.file);
    if (source === null || !isSurelyPart(source, module.application)) continue;
    const reads = module.reads();
    const missing = lacking.filter(
      ({ registry, generator }) => registry === reads?.registry && reads.generators.includes(generator),
    );
    if (missing.length === 0) continue;
    const concerned = sortedUnique(missing.flatMap(key => key.machines));
    yield { unit, module, missing: missing.map(({ entry }) => entry), machines: concerned };
  }
});

interface LackingKey {
  readonly registry: string;
  readonly entry: RegistryKey;
  readonly generator: string;
  readonly machines: readonly string[];
}

/** Returns the keys that a module receives although machines certainly have no generator for them. */
function lackingKeys(
  { fleet }: CheckContext,
  unit: UnitOutline,
  { keys }: KeyedModule,
  { registry: { file }, byKey }: RegistryFacts,
  machines: readonly string[],
): LackingKey[] {
  const facts = factsOf(fleet);
  return [...new Set(keys)].flatMap(key => {
    const entry = byKey.get(key);
    const generator = entry?.generator?.value;
    if (entry === undefined || generator === undefined) return [];
    const generatorKey = { registry: file, entry, generator };
    const without = machinesWithout(facts, unit, machines, generatorKey);
    return without.length === 0 ? [] : [{ ...generatorKey, machines: without }];
  });
}

/** Options of the module system whose contents may never be evaluated. */
const ASIDE: ReadonlySet<string> = new Set([
  '_module',
  'options',
  'specialArgs',
  'extraSpecialArgs',
  'passthru',
]);

/** Returns whether a value is certainly part of the configuration, unchanged and unconditionally. */
function isSurelyPart(source: SourceFile, at: Place): boolean {
  return valuePathsFrom(source, at).some(
    ({ steps, option }) =>
      option.length > 0 &&
      !option.some(name => ASIDE.has(name)) &&
      steps.every(({ kind }) => kind !== 'condition' && kind !== 'other'),
  );
}

function reportOf(
  context: CheckContext,
  unit: UnitOutline,
  module: KeyedModule,
  missing: readonly RegistryKey[],
  machines: readonly string[],
): Report {
  const keys = quoted(missing.map(({ key }) => key));
  const many = missing.length > 1;
  return {
    at: module.at,
    message:
      `The module that is made with these keys reads the generator${many ? 's' : ''} of the key${many ? 's' : ''} ${keys}, ` +
      `which ${machinesText(machines)} ${machines.length > 1 ? 'do' : 'does'} not select: evaluation fails. ` +
      'Give it the keys of the machine.',
    machines,
    related: missing.map(({ at, key }) => ({ at, message: `The key "${key}"` })),
    fixes: ownRow(context, unit, module, machines),
  };
}

/**
 * Returns the fix for `keys = envMatrix.emily` on lea, where another machine's row is read instead of its own.
 */
function ownRow(
  { sources }: CheckContext,
  unit: UnitOutline,
  { application }: KeyedModule,
  machines: readonly string[],
): Fix[] {
  const [machine] = machines;
  const rows = unit.rowReads.filter(
    ({ at }) => at.file === unit.file && application.start <= at.start && at.end <= application.end,
  );
  const [row] = rows;
  if (rows.length !== 1 || machines.length !== 1 || row === undefined || machine === undefined) return [];
  const edit = replaceName(sources, row.at, row.machine, machine);
  return edit === null
    ? []
    : [{ title: `Give the module the keys of ${machine}`, edits: [edit], preferred: true, guess: true }];
}
