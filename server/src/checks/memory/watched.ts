/**
 * The fleet and the files as rules receive them: every read is recorded. Parts equal to those of the previous
 * run are the same objects.
 */
import { isSameOutline } from '../../fleet/assembly/interned-unit.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { UnitOutline } from '../../fleet/model/uses.ts';
import { type Input, input, query, reread } from '../../query/database.ts';
import { sameItems } from '../../std.ts';
import type { CheckContext, CheckFiles } from '../rule.ts';
import { currentRun, noteFile, type Run, type Watching } from './memory.ts';

type Stored = ReturnType<CheckContext['stored']>;
type Tracked = ReturnType<NonNullable<CheckFiles['tracked']>>;

/** Declares a part of the context as an input. Lists and maps with the same elements compare equal. */
function part(name: string, of: (context: CheckContext) => unknown): Input<null, unknown> {
  return input(name, database => of(currentRun(database).given), { equals: isSame });
}

function isSame(before: unknown, now: unknown): boolean {
  if (before === now) return true;
  if (Array.isArray(before) && Array.isArray(now)) return sameItems(before, now);
  return before instanceof Map && now instanceof Map && sameEntries(before, now);
}

function sameEntries(left: ReadonlyMap<unknown, unknown>, right: ReadonlyMap<unknown, unknown>): boolean {
  if (left.size !== right.size) return false;
  for (const [key, value] of left) if (right.get(key) !== value) return false;
  return true;
}

/** `hasAllGenerators` takes an argument and computes, so it is recorded separately. */
type Part = Exclude<keyof Fleet, 'hasAllGenerators'>;

/** All parts of a fleet; the type ensures that none is missing. What others are computed from comes first, in steps of its own. */
const PARTS: Readonly<Record<Part, Input<null, unknown>>> = {
  machines: part('machines', ({ fleet }) => fleet.machines),
  machinesComplete: part('machinesComplete', ({ fleet }) => fleet.machinesComplete),
  homes: part('homes', ({ fleet }) => fleet.homes),
  machineFacts: part('machineFacts', ({ fleet }) => fleet.machineFacts),
  isClan: part('isClan', ({ fleet }) => fleet.isClan),
  directory: part('directory', ({ fleet }) => fleet.directory),
  inventory: part('inventory', ({ fleet }) => fleet.inventory),
  exports: part('exports', ({ fleet }) => fleet.exports),
  serviceModules: part('serviceModules', ({ fleet }) => fleet.serviceModules),
  serviceModulesComplete: part('serviceModulesComplete', ({ fleet }) => fleet.serviceModulesComplete),
  registries: part('registries', ({ fleet }) => fleet.registries),
  matrices: part('matrices', ({ fleet }) => fleet.matrices),
  modules: part('modules', ({ fleet }) => fleet.modules),
  clanGenerators: part('clanGenerators', ({ fleet }) => fleet.clanGenerators),
  generators: part('generators', ({ fleet }) => fleet.generators),
  namedBy: part('namedBy', ({ fleet }) => fleet.namedBy),
  units: part('units', ({ fleet }) => fleet.units),
  notAnalysable: part('notAnalysable', ({ fleet }) => fleet.notAnalysable),
  replacesConfig: part('replacesConfig', ({ fleet }) => fleet.replacesConfig),
  mayGivePackages: part('mayGivePackages', ({ fleet }) => fleet.mayGivePackages),
  lateArguments: part('lateArguments', ({ fleet }) => fleet.lateArguments),
  secrets: part('secrets', ({ fleet }) => fleet.secrets),
  machineSecrets: part('machineSecrets', ({ fleet }) => fleet.machineSecrets),
  storeSettings: part('storeSettings', ({ fleet }) => fleet.storeSettings),
  options: part('options', ({ fleet }) => fleet.options),
  clanSettings: part('clanSettings', ({ fleet }) => fleet.clanSettings),
  accessSettings: part('accessSettings', ({ fleet }) => fleet.accessSettings),
  removed: part('removed', ({ fleet }) => fleet.removed),
  reached: part('reached', ({ fleet }) => fleet.reached),
  faults: part('faults', ({ fleet }) => fleet.faults),
  nix: part('nix', ({ fleet }) => fleet.nix),
};

const STORED = part('stored', ({ stored }) => stored());
const TRACKED = part('tracked', ({ sources }) => sources.tracked?.() ?? null);

/** The unit of a file, or null if it has none. What its generators consist of is read from the generators. */
export const UNIT = input<string, UnitOutline | null>(
  'unit',
  (database, file) => currentRun(database).given.fleet.units.get(file) ?? null,
  { equals: isSameOutline },
);

/** The files that have units, in fleet order. */
export const UNIT_FILES = input<null, readonly string[]>(
  'files of units',
  database => [...currentRun(database).given.fleet.units.keys()],
  { equals: sameItems },
);

/** The text of a file other than Nix, which is read from disk: `flake.lock` is asked for at each of hundreds of places. */
const TEXT = query<string, string | null>('text', (database, path) => {
  const { given, memory } = currentRun(database);
  noteFile(memory, path);
  return given.sources.text(path);
});

export const watching: Watching = {
  watch: watchedContext,
  *reread(database) {
    for (const part of [...Object.values(PARTS), STORED, TRACKED]) {
      reread(database, part);
      yield;
    }
    reread(database, UNIT);
    reread(database, UNIT_FILES);
  },
};

/** Only registries and matrices are known anew. */
export const watchingRegistries: Watching = {
  watch: watchedContext,
  *reread(database) {
    for (const part of [PARTS.registries, PARTS.matrices]) {
      reread(database, part);
      yield;
    }
  },
};

function watchedContext(run: Run): CheckContext {
  const { given } = run;
  const { database } = run.memory;
  const fleet = {
    hasAllGenerators(machine: string) {
      // What all machines have follows from the modules.
      PARTS.modules(database, null);
      return given.fleet.hasAllGenerators(machine);
    },
  };
  for (const [name, source] of Object.entries(PARTS))
    Object.defineProperty(fleet, name, { get: () => source(database, null), enumerable: true });
  const stored = () => STORED(database, null) as Stored;
  return { fleet: fleet as Fleet, sources: watchedFiles(run, stored), stored };
}

function watchedFiles(run: Run, stored: () => Stored): CheckFiles {
  const files = run.given.sources;
  const noted =
    <T>(look: (path: string) => T) =>
    (path: string): T => {
      noteFile(run.memory, path);
      return look(path);
    };
  return {
    parse: noted(path => files.parse(path)),
    text(path) {
      if (!path.endsWith('.nix')) return TEXT(run.memory.database, path);
      noteFile(run.memory, path);
      return files.text(path);
    },
    kind: noted(path => files.kind(path)),
    list: noted(path => files.list(path)),
    ...(files.links && { links: noted(path => files.links?.(path) ?? null) }),
    ...(files.start && { start: noted(path => files.start?.(path) ?? null) }),
    ...(files.isExecutable && { isExecutable: noted(path => files.isExecutable?.(path) ?? null) }),
    ...(files.stored && { stored }),
    ...(files.tracked && { tracked: () => TRACKED(run.memory.database, null) as Tracked }),
  };
}
