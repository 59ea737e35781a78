/**
 * A workspace in memory whose files can change, with the fleet that is built of it.
 */

import { inspect } from 'node:util';
import { createFleetBuilder, type FleetFiles } from '../../server/src/fleet/assembly/builder.ts';
import { certainMembers, roleMembers } from '../../server/src/fleet/inventory/members.ts';
import type { Fleet } from '../../server/src/fleet/model/fleet.ts';
import type { GeneratorBody } from '../../server/src/fleet/model/generators.ts';
import type { RoleEntry } from '../../server/src/fleet/model/services.ts';
import { inventoryOptions } from '../../server/src/fleet/options/clan-core.ts';
import { EMPTY } from '../../server/src/modules/options/tree.ts';
import { firstRevision, nextRevision, type Revision } from '../../server/src/nix/edit-log.ts';
import { LivePlace } from '../../server/src/nix/live-places.ts';
import type { Place } from '../../server/src/nix/places.ts';
import type { SourceFile } from '../../server/src/nix/source.ts';
import type { TraceEvent } from '../../server/src/query/database.ts';
import { memoryFiles, type Texts } from '../nix/support.ts';

export interface FleetWorkspace {
  readonly files: FleetFiles;
  fleet(): Fleet;
  /** Changes, adds or (with null) removes files. */
  write(changes: Readonly<Record<string, string | null>>): void;
  /** The text at a place. */
  textAt(place: Place): string;
}

export const SEED_NAMES = {
  isRegistryFile: (path: string) => path.endsWith('secret-registry.nix'),
  isMatrixFile: (path: string) => path.endsWith('machine-env-matrix.nix'),
};

/** @param trace called with the files that are read again after an edit */
export function fleetWorkspace(
  texts: Texts,
  settings = SEED_NAMES,
  trace?: (event: TraceEvent) => void,
): FleetWorkspace {
  let current: Texts = texts;
  let files = memoryFiles(current);
  const parsed = new Map<string, SourceFile>();
  /** The revisions of texts that have been replaced, as of documents that are being edited. */
  const revisions = new Map<string, Revision>();
  const view: FleetFiles = {
    parse(path) {
      const known = parsed.get(path);
      if (known !== undefined && known.text === current[path]) return known;
      const read = files.parse(path);
      const file = read === null ? null : { ...read, revision: revisions.get(path) };
      if (file !== null) parsed.set(path, file);
      return file;
    },
    text: path => files.text(path),
    kind: path => files.kind(path),
    list: directory => files.list(directory),
    nixFiles: () =>
      Object.keys(current)
        .filter(path => path.endsWith('.nix'))
        .sort(),
  };
  const builder = createFleetBuilder(view, settings, trace);
  return {
    files: view,
    fleet: () => builder.build(),
    write(changes) {
      const next: Record<string, string> = { ...current };
      for (const [path, text] of Object.entries(changes)) {
        const [before, revision] = [current[path], revisions.get(path)];
        if (text === null || before === undefined) revisions.delete(path);
        else if (revision === undefined) revisions.set(path, firstRevision(path));
        else revisions.set(path, nextRevision(revision, before, text));
        if (text === null) delete next[path];
        else next[path] = text;
      }
      current = next;
      files = memoryFiles(current);
      builder.changed(Object.keys(changes));
    },
    textAt: place => (current[place.file] ?? '').slice(place.start, place.end),
  };
}

/** Returns the same data with plain places, whichever revision of a text they were read in. */
export function withPlainPlaces(value: unknown): unknown {
  if (value instanceof LivePlace) return value.toJSON();
  if (Array.isArray(value)) return value.map(withPlainPlaces);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, withPlainPlaces(item)]));
  if (value instanceof Set) return new Set([...value].map(withPlainPlaces));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withPlainPlaces(item)]));
}

/** A body that was read more than once is more than one object, which two builds need not have in common. */
function variantsByWhatTheySay(variants: readonly (readonly [unknown, readonly string[]])[]): unknown {
  const machinesOf = new Map<string, string[]>();
  for (const [body, machines] of variants) {
    const key = inspect(withPlainPlaces(body), { depth: null, maxArrayLength: null, maxStringLength: null });
    machinesOf.set(key, [...(machinesOf.get(key) ?? []), ...machines].sort());
  }
  return machinesOf;
}

/** A fleet as plain data, with every body computed: what two builds are compared by. */
export function plainFleet(fleet: Fleet): unknown {
  return withPlainPlaces(withComputedParts(fleet));
}

function withComputedParts(fleet: Fleet): unknown {
  const plain = (body: GeneratorBody) => ({ ...body, options: body.options() });
  const definitions = (list: Fleet['generators'][number]['definitions']) =>
    list.map(one => ({ ...one, body: plain(one.body()) }));
  return {
    ...fleet,
    inventory: plainInventory(fleet),
    serviceModules: fleet.serviceModules.map(({ name, at, roles, settings }) => ({
      name,
      at,
      roles: roles(),
      settings: [...settings()],
    })),
    machineFacts: fleet.machineFacts.map(({ module, files, ...fact }) => ({
      ...fact,
      module,
      files: files?.(),
    })),
    removed: fleet.removed,
    namedBy: null,
    generators: fleet.generators.map(one => ({
      ...one,
      definitions: definitions(one.definitions),
      body: plain(one.body()),
      bodies: one.bodies().map(plain),
      certainBodyOn: (one.machines ?? []).map(machine => {
        const body = one.certainBodyOn(machine);
        return body === null ? null : plain(body);
      }),
      variants: variantsByWhatTheySay(one.variants().map(({ body, machines }) => [plain(body), machines])),
      bodyOn: (one.machines ?? []).map(machine => plain(one.bodyOn(machine))),
    })),
    registries: fleet.registries.map(one => ({
      ...one,
      keys: one.keys.map(key => ({
        ...key,
        body: plain(key.body),
        written: key.written,
        declaresFile: key.declaresFile(key.fileAttr?.value ?? ''),
      })),
    })),
    units: [...fleet.units.values()]
      .sort((a, b) => (a.file < b.file ? -1 : 1))
      .map(unit => ({
        ...unit,
        definitions: definitions(unit.definitions),
        keyedModules: unit.keyedModules.map(one => ({ ...one, reads: one.reads() })),
      })),
    modules: [...fleet.modules].map(([machine, { files, possibleFiles, homeFiles, complete, foreign }]) => ({
      machine,
      files: [...files].sort(),
      possibleFiles: [...possibleFiles].sort(),
      homeFiles: [...homeFiles].sort(),
      complete,
      foreign,
    })),
    clanGenerators: fleet.clanGenerators.map(one => ({
      ...one,
      body: plain(one.body()),
      bodyOn: (one.machines ?? []).map(machine => plain(one.bodyOn(machine))),
    })),
    secrets: fleet.secrets,
    storeSettings: fleet.storeSettings.all,
    accessSettings: fleet.accessSettings,
    options: plainOptions(fleet),
    hasAllGenerators: fleet.machines.map(({ name }) => fleet.hasAllGenerators(name)),
    faults: fleet.faults,
    clanSettings: fleet.clanSettings,
    notAnalysable: [],
  };
}

function plainOptions(fleet: Fleet): unknown {
  const { names, machines, reads } = fleet.options;
  return {
    names: [...names].sort(),
    machines,
    reads: [...reads].filter(([, all]) => all.length > 0).sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}

/** Who is in which role, and with which settings. */
function plainInventory({ inventory }: Fleet): unknown {
  const entries = (list: readonly RoleEntry[]) =>
    list.map(one => ({
      name: one.name,
      at: one.at,
      settings: one.settings(),
      notData: one.notData(),
      checkedAgainst: one.checkedAgainst(EMPTY),
    }));
  return {
    machines: inventory.machines,
    complete: inventory.complete,
    tagNames: inventory.tagNames,
    tagLists: inventory.tagLists,
    optionsComplete: inventory.optionsComplete,
    options: inventory.options.map(({ of, checkedAgainst }) => [of, checkedAgainst(inventoryOptions().tree)]),
    instances: inventory.instances.map(instance => ({
      ...instance,
      roles: [...instance.roles.values()].map(role => ({
        ...role,
        machines: entries(role.machines),
        tags: entries(role.tags),
        hasSettings: role.hasSettings,
        settings: role.settings(),
        notData: role.notData(),
        checkedAgainst: role.checkedAgainst(EMPTY),
        extraModules: role.extraModules,
        members: [roleMembers(inventory, role), certainMembers(inventory, role)],
      })),
    })),
  };
}
