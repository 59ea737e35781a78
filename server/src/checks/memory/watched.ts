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

/** Returns the list or map from before, if it holds the same. */
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

/** The one that takes an argument and computes is watched by itself. */
type Part = Exclude<keyof Fleet, 'hasAllGenerators'>;

/** All parts of a fleet, so that rules cannot miss one. */
const PARTS: Readonly<Record<Part, Input>> = {
  machines: part(({ fleet }) => fleet.machines),
  machinesComplete: part(({ fleet }) => fleet.machinesComplete),
  homes: part(({ fleet }) => fleet.homes),
  machineFacts: part(({ fleet }) => fleet.machineFacts),
  isClan: part(({ fleet }) => fleet.isClan),
  directory: part(({ fleet }) => fleet.directory),
  inventory: part(({ fleet }) => fleet.inventory),
  exports: part(({ fleet }) => fleet.exports),
  serviceModules: part(({ fleet }) => fleet.serviceModules),
  serviceModulesComplete: part(({ fleet }) => fleet.serviceModulesComplete),
  registries: part(({ fleet }) => fleet.registries),
  matrices: part(({ fleet }) => fleet.matrices),
  generators: part(({ fleet }) => fleet.generators),
  namedBy: part(({ fleet }) => fleet.namedBy),
  units: part(({ fleet }) => fleet.units),
  notAnalysable: part(({ fleet }) => fleet.notAnalysable),
  replacesConfig: part(({ fleet }) => fleet.replacesConfig),
  lateArguments: part(({ fleet }) => fleet.lateArguments),
  modules: part(({ fleet }) => fleet.modules),
  brought: part(({ fleet }) => fleet.brought),
  secrets: part(({ fleet }) => fleet.secrets),
  machineSecrets: part(({ fleet }) => fleet.machineSecrets),
  storeSettings: part(({ fleet }) => fleet.storeSettings),
  options: part(({ fleet }) => fleet.options),
  clanSettings: part(({ fleet }) => fleet.clanSettings),
  accessSettings: part(({ fleet }) => fleet.accessSettings),
  removed: part(({ fleet }) => fleet.removed),
  reached: part(({ fleet }) => fleet.reached),
  faults: part(({ fleet }) => fleet.faults),
};

const STORED = part(({ stored }) => stored());
const TRACKED = part(({ sources }) => sources.tracked?.() ?? null);

/** All units of a fleet. */
export const UNITS = PARTS.units;

export function watchedContext(run: Run): CheckContext {
  const { given } = run;
  const fleet = {
    hasAllGenerators(machine: string) {
      // From there follows what all have.
      ask(run, PARTS.modules);
      return given.fleet.hasAllGenerators(machine);
    },
  };
  for (const [name, input] of Object.entries(PARTS))
    Object.defineProperty(fleet, name, { get: () => ask(run, input), enumerable: true });
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
