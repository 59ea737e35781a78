/**
 * Describes a fleet in the format of `inspect --format json`: docs/schemas/inspect.schema.json. Fields may be added,
 * but not renamed or removed while `schemaVersion` is 1.
 */

import { unknownText } from '../../doctor/unknown-words.ts';
import { lockedClanCore } from '../../fleet/catalogue/locked-clan-core.ts';
import { isPredefinedTag } from '../../fleet/inventory/members.ts';
import type { Machine } from '../../fleet/model/base.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { Generator } from '../../fleet/model/generators.ts';
import type { Registry } from '../../fleet/model/registries.ts';
import type { ClanGenerator, Inventory } from '../../fleet/model/services.ts';
import { machineRows } from '../../fleet/registry/machine-rows.ts';
import { addToSet } from '../../std.ts';
import { commonSetting, probableSetting } from '../../store/backend-setting.ts';
import { backendNamed, readStore } from '../../store/vars/read.ts';
import { readVars } from '../../store/vars/vars.ts';
import type { WorkspaceFiles } from '../../workspace/files/files.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { type At, bodiesShown } from './inspection-bodies.ts';
import { secretsOf } from './inspection-secrets.ts';
import { leftoversIn } from './leftovers.ts';
import { type SpanOf, spansIn } from './positions.ts';
import { possibleMachinesIn } from './possible-machines.ts';
import { statusesIn } from './use-status.ts';

/** The value of `catalogue` for a generator that is not of clan-core. */
export const OTHER_FLAKE = 'another flake';

export type InspectionParts = ReturnType<typeof inspectionParts>;

export type Inspection = {
  readonly [Name in keyof InspectionParts]: InspectionParts[Name] extends () => Iterable<infer One>
    ? readonly One[]
    : InspectionParts[Name];
};

/** Returns the complete inspection. */
export function inspection(workspace: Workspace): Inspection {
  const parts = inspectionParts(workspace);
  return { ...parts, generators: [...parts.generators()], references: [...parts.references()] };
}

/**
 * Returns the inspection in parts. Lists that grow with machines times generators are generators, which make each
 * item on demand.
 */
export function inspectionParts(workspace: Workspace) {
  const fleet = workspace.fleet();
  const { files } = workspace;
  const at = placesBy(spansIn(files));
  const generatorsOf = generatorNamesByMachine(fleet);
  const statusOf = statusesIn(fleet, files);
  const machinesOf = machinesByKey(workspace);
  const registries = fleet.registries.map(registry => registryOf(registry, machinesOf, at));
  return {
    schemaVersion: 1 as const,
    root: workspace.root,
    machines: fleet.machines.map(machine =>
      machineOf(machine, generatorsOf.get(machine.name) ?? [], fleet.inventory, at),
    ),
    *generators() {
      const bodyOf = bodiesShown(fleet, at);
      const possible = possibleMachinesIn(fleet);
      for (const generator of fleet.generators) {
        const isPattern = generator.nameKind === 'pattern';
        const possibleMachines = possible({ ...generator, isPattern });
        yield { ...generatorOf(generator, at), possibleMachines, ...bodyOf(generator) };
      }
      // A generator that a service brings and the fleet extends is one generator, which was already listed.
      const isListed = listedIn(fleet);
      for (const generator of fleet.clanGenerators)
        if (!isListed(generator)) {
          const possibleMachines = possible(generator);
          yield { ...clanGeneratorData(generator), possibleMachines, ...bodyOf(generator) };
        }
      yield* leftoversIn(fleet, readVars(files, fleet.directory ?? '').vars, lockedClanCore(files));
    },
    exports: fleet.exports.map(({ key, name, at: place }) => ({ key, generator: name, ...at(place) })),
    *references() {
      for (const { uses } of fleet.units.values())
        for (const use of uses)
          yield {
            ...at(use.at),
            generator: use.generator,
            fileName: use.fileName,
            attribute: use.attribute,
            status: statusOf(use),
          };
    },
    // The format has a single place for this: the largest registry is the fleet's main one. All are in `registries`.
    registry: [...registries].sort((a, b) => b.keys.length - a.keys.length)[0] ?? null,
    registries,
    ...secretsOf(fleet, files, at),
    store: storeOf(fleet, files, workspace.settings.store?.command != null),
    notAnalysable: [
      ...fleet.notAnalysable.map(({ at: place, what, reason }) => ({
        ...at(place),
        reason,
        what,
        message: unknownText({ what, reason }),
      })),
      ...workspace.files
        .skipped()
        .filter(({ path }) => path.endsWith('.nix') || files.kind(path) === 'directory')
        .map(({ path, reason }) => ({
          ...{ file: path, line: 1, column: 1, reason, what: 'unread' as const },
          message: unknownText({ what: 'unread', reason }),
        })),
    ],
  };
}

export function placesBy(spanOf: SpanOf): At {
  return place => {
    const { line, column } = spanOf(place);
    return { file: place.file, line, column };
  };
}

function machineOf(
  { name, class: kind, system, tags: own, at: place }: Machine,
  generators: readonly string[],
  inventory: Inventory,
  at: At,
) {
  const where = place ? at(place) : { file: null, line: null, column: null };
  const others = inventory.tagNames.filter(
    tag => !own.includes(tag) && !isPredefinedTag(tag) && inventory.certainlyTagged(tag).has(name),
  );
  const tags = [...own, ...others];
  return { name, class: kind, system, tags, generators, ...where };
}

/**
 * Returns the generators of each machine: declared ones first, then those that clan-core's services certainly bring.
 */
function generatorNamesByMachine({ generators, clanGenerators }: Fleet): Map<string, string[]> {
  const names = new Map<string, Set<string>>();
  const certain = clanGenerators.filter(generator => generator.certain && !generator.isPattern);
  for (const { name, machines } of [...generators, ...certain])
    for (const machine of machines ?? []) addToSet(names, machine, name);
  return new Map([...names].map(([machine, list]) => [machine, [...list]]));
}

/**
 * Returns the stored values and their backend, by the configuration or else by the files on disk.
 * @param elsewhere true if `varsmith.json` names a command that keeps secrets
 */
function storeOf(fleet: Fleet, files: WorkspaceFiles, elsewhere: boolean) {
  const settings = fleet.storeSettings;
  const set = fleet.machines.map(({ name }) => ({ machine: name, backend: settings.of(name) }));
  // If machines differ, those that deviate from the clan's setting are named.
  const common = commonSetting(fleet) ?? settings.clan ?? (elsewhere ? 'custom' : null);
  const named = backendNamed(common ?? '');
  const store = readStore(files, { backend: named, directory: fleet.directory ?? '' });
  const backend =
    common === null
      ? (backendNamed(probableSetting(fleet, files) ?? '') ?? store.backend)
      : common === 'custom'
        ? common
        : named;
  return {
    ...store,
    backend,
    machineBackends: set.flatMap(setting =>
      setting.backend === null || setting.backend === (common ?? backend)
        ? []
        : [{ machine: setting.machine, backend: setting.backend }],
    ),
  };
}

/** Returns a predicate for generators that the fleet declares on all machines that certainly have them. */
function listedIn({ generators }: Fleet): (generator: ClanGenerator) => boolean {
  const machinesOf = new Map(generators.map(({ name, machines }) => [name, new Set(machines)]));
  return ({ name, isPattern, certain, machines }) => {
    const listed = isPattern || !certain ? undefined : machinesOf.get(name);
    return listed !== undefined && machines?.every(machine => listed.has(machine)) === true;
  };
}

/**
 * Describes a generator of clan-core's services or of another flake, which is not defined in the workspace, but has a place in it that
 * brings it.
 */
function clanGeneratorData(generator: ClanGenerator) {
  const { name, isPattern, certain, machines, machinesComplete, service } = generator;
  return {
    name,
    nameKind: isPattern ? ('pattern' as const) : ('resolved' as const),
    conditional: !certain,
    machines,
    machinesComplete,
    definitions: [],
    /** `clan-core`, or the name of its service, or `another flake`. */
    catalogue: generator.isOfOtherFlake ? OTHER_FLAKE : (service ?? 'clan-core'),
  };
}

function generatorOf(
  { name, nameKind, conditional, machines, machinesComplete, definitions }: Generator,
  at: At,
) {
  return {
    name,
    nameKind,
    conditional,
    machines,
    machinesComplete,
    definitions: definitions.map(({ at: place, kind, via }) => ({
      ...at(place),
      kind,
      via: via.map(at),
    })),
  };
}

/** Returns a function for the machines that select a key, in the order of the matrix. */
function machinesByKey(workspace: Workspace): (registry: string, key: string) => string[] {
  const machines = new Map<string, Set<string>>();
  const fleet = workspace.fleet();
  for (const matrix of fleet.matrices) {
    for (const { machine, keys } of machineRows(fleet, matrix)) {
      for (const { key } of keys) {
        const id = `${matrix.registry}\0${key}`;
        machines.set(id, (machines.get(id) ?? new Set()).add(machine));
      }
    }
  }
  return (registry, key) => [...(machines.get(`${registry}\0${key}`) ?? [])];
}

function registryOf(
  { file, keys }: Registry,
  machinesOf: (registry: string, key: string) => string[],
  at: At,
) {
  return {
    file,
    keys: keys.map(entry => ({
      key: entry.key,
      generator: entry.generator?.value ?? null,
      envVar: entry.envVar?.value ?? null,
      fileAttr: entry.fileAttr?.value ?? null,
      // Clan-core's default, if the entry does not set it.
      secret: entry.secret ?? true,
      machines: machinesOf(file, entry.key),
      ...at(entry.at),
    })),
  };
}
