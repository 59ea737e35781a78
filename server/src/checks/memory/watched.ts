/**
 * The fleet and the files as the rules are given them: whatever is read from them is noted. Parts that hold the same as
 * in the run before are the same objects.
 */
import type { Fleet } from '../../fleet/model/fleet.ts';
import { sameItems } from '../../std.ts';
import type { CheckContext, CheckFiles } from '../rule.ts';
import { ask, type Input, noteFile, type Run } from './memory.ts';

type Stored = ReturnType<CheckContext['stored']>;
type Tracked = ReturnType<NonNullable<CheckFiles['tracked']>>;

function part(of: (context: CheckContext) => unknown): Input {
  const self: Input = {
    valueIn(run) {
      if (run.inputs.has(self)) return run.inputs.get(self);
      const value = steady(run.memory.inputs.get(self), of(run.given));
      run.inputs.set(self, value);
      run.memory.inputs.set(self, value);
      return value;
    },
  };
  return self;
}

/** The list or map from before, if it holds the same. */
function steady(before: unknown, now: unknown): unknown {
  if (Array.isArray(before) && Array.isArray(now)) return sameItems(before, now) ? before : now;
  if (before instanceof Map && now instanceof Map) return sameEntries(before, now) ? before : now;
  return now;
}

function sameEntries(left: ReadonlyMap<unknown, unknown>, right: ReadonlyMap<unknown, unknown>): boolean {
  if (left.size !== right.size) return false;
  for (const [key, value] of left) if (right.get(key) !== value) return false;
  return true;
}

/** All parts of a fleet, so that rules cannot miss one: those that are read, and those that are asked for by calling them. */
const PARTS = {
  machines: 'read',
  machinesComplete: 'read',
  homes: 'read',
  machineFacts: 'read',
  isClan: 'read',
  directory: 'read',
  inventory: 'read',
  exports: 'read',
  serviceModules: 'read',
  serviceModulesComplete: 'read',
  registries: 'read',
  matrices: 'read',
  generators: 'read',
  namedBy: 'read',
  units: 'read',
  notAnalysable: 'read',
  replacesConfig: 'read',
  lateArguments: 'read',
  modules: 'called',
  brought: 'called',
  secrets: 'called',
  storeSettings: 'called',
  options: 'called',
  clanSettings: 'called',
  accessSettings: 'called',
  removed: 'called',
  faults: 'called',
} as const satisfies { readonly [Name in Part]: Fleet[Name] extends () => unknown ? 'called' : 'read' };

/** The one that takes an argument is watched by itself. */
type Part = Exclude<keyof Fleet, 'hasAllGenerators'>;
type Called = { [Name in Part]: (typeof PARTS)[Name] extends 'called' ? Name : never }[Part];

const names = Object.keys(PARTS) as Part[];
const isCalled = (name: Part): name is Called => PARTS[name] === 'called';

const read = names
  .filter(name => !isCalled(name))
  .map(name => [name, part(({ fleet }) => fleet[name])] as const);
const called = names.filter(isCalled).map(name => [name, part(({ fleet }) => fleet[name]())] as const);
const STORED = part(({ stored }) => stored());
const TRACKED = part(({ sources }) => sources.tracked?.() ?? null);

/** All units of a fleet. */
export const UNITS = new Map(read).get('units') as Input;
const MODULES = new Map<string, Input>(called).get('modules') as Input;

export function watchedContext(run: Run): CheckContext {
  const { given } = run;
  const fleet = {
    hasAllGenerators(machine: string) {
      // From there follows what all have.
      ask(run, MODULES);
      return given.fleet.hasAllGenerators(machine);
    },
  };
  for (const [name, input] of read)
    Object.defineProperty(fleet, name, { get: () => ask(run, input), enumerable: true });
  for (const [name, input] of called) Object.assign(fleet, { [name]: () => ask(run, input) });
  const stored = () => ask(run, STORED) as Stored;
  return { fleet: fleet as Fleet, sources: watchedFiles(run, stored), stored };
}

function watchedFiles(run: Run, stored: () => Stored): CheckFiles {
  const files = run.given.sources;
  const noted =
    <T>(look: (path: string) => T) =>
    (path: string): T => {
      noteFile(path);
      return look(path);
    };
  return {
    parse: noted(path => files.parse(path)),
    text: noted(path => files.text(path)),
    kind: noted(path => files.kind(path)),
    list: noted(path => files.list(path)),
    ...(files.links && { links: noted(path => files.links?.(path) ?? null) }),
    ...(files.start && { start: noted(path => files.start?.(path) ?? null) }),
    ...(files.isExecutable && { isExecutable: noted(path => files.isExecutable?.(path) ?? null) }),
    ...(files.stored && { stored }),
    ...(files.tracked && { tracked: () => ask(run, TRACKED) as Tracked }),
  };
}
