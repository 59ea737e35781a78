/**
 * Where a script stands while it is followed: variables, directory, files that are there, and whether what comes next
 * certainly happens. Branches work on copies, which are joined again.
 */
import type { Stream } from './flow-facts.ts';
import { EMPTY, type Value, valueKey } from './values.ts';

/** A variable of the script. */
export interface Variable {
  /** What it may hold: one value if it is known which. */
  readonly values: readonly Value[];
  /** The items of an array; null if it is none or they are not known. */
  readonly list: readonly Value[] | null;
  /** True if on some way here it was not set. */
  readonly perhapsUnset: boolean;
  readonly exported: boolean;
}

/** What the way here has perhaps left already. */
export type Left = 'script' | 'function' | 'loop';

export interface State {
  variables: Map<string, Variable>;
  /** `$1`, `$2`, …; null where they are not known. */
  positional: readonly Value[] | null;
  cwd: Value;
  /** Keys of paths that are certainly there because the script made them. */
  written: Set<string>;
  /** Keys of directories it made. */
  directories: Set<string>;
  /** False inside what may be skipped. */
  certain: boolean;
  /** False where nobody looks at a failure. */
  checked: boolean;
  errexit: boolean;
  pipefail: boolean;
  stdin: 'inherited' | 'pipe' | 'file' | 'text';
  stdout: Stream;
  stderr: Stream;
  /** True in a process of its own of which nobody looks at the status. */
  apart: boolean;
  /** The statements after are not reached on this way, and why. */
  dead: Left | 'failed' | null;
  readonly left: Set<Left>;
}

/** More values than these of one variable are not told apart. */
export const MAX_VALUES = 8;

export function copyState(state: State): State {
  return {
    ...state,
    variables: new Map(state.variables),
    written: new Set(state.written),
    directories: new Set(state.directories),
    left: new Set(state.left),
  };
}

/** A copy for a way that may not be taken. */
export function branchOf(state: State): State {
  return { ...copyState(state), certain: false };
}

export function isCertain(state: State): boolean {
  return state.certain && state.dead === null && state.left.size === 0;
}

/** Puts `from`'s whole state into `state`. */
export function replaceState(state: State, from: State): void {
  Object.assign(state, copyState(from), { left: state.left });
  for (const left of from.left) state.left.add(left);
}

/** Makes `state` what holds after any of several ways; keeps `certain` and the streams of the first. */
export function joinStates(state: State, ways: readonly State[]): void {
  const { certain, checked, stdin, stdout, stderr } = state;
  const live = ways.filter(way => way.dead === null);
  const [first, ...rest] = live;
  const left = new Set(ways.flatMap(way => [...way.left, ...leftBy(way)]));
  if (first === undefined) {
    const [dead] = ways;
    if (dead) replaceState(state, dead);
  } else {
    replaceState(state, first);
    for (const way of rest) joinWay(state, way);
  }
  for (const one of left) state.left.add(one);
  Object.assign(state, { certain, checked, stdin, stdout, stderr });
}

function leftBy(way: State): Left[] {
  return way.dead === null || way.dead === 'failed' ? [] : [way.dead];
}

function joinWay(state: State, way: State): void {
  for (const name of new Set([...state.variables.keys(), ...way.variables.keys()])) {
    state.variables.set(name, joinVariables(state.variables.get(name), way.variables.get(name)));
  }
  state.written = new Set([...state.written].filter(key => way.written.has(key)));
  state.directories = new Set([...state.directories].filter(key => way.directories.has(key)));
  if (valueKey(state.cwd) !== valueKey(way.cwd)) state.cwd = [{ kind: 'unknown', from: [] }];
  if (state.positional !== way.positional) state.positional = null;
  state.errexit &&= way.errexit;
  state.pipefail &&= way.pipefail;
}

function joinVariables(left: Variable | undefined, right: Variable | undefined): Variable {
  const one = left ?? right;
  if (one === undefined) return { values: [EMPTY], list: null, perhapsUnset: true, exported: false };
  if (left === undefined || right === undefined) return { ...one, perhapsUnset: true };
  if (left === right) return left;
  const values = distinct([...left.values, ...right.values]);
  const sameList = left.list !== null && right.list !== null && listKey(left.list) === listKey(right.list);
  return {
    values: values.length > MAX_VALUES ? [[{ kind: 'unknown', from: [] }]] : values,
    list: sameList ? left.list : null,
    perhapsUnset: left.perhapsUnset || right.perhapsUnset,
    exported: left.exported || right.exported,
  };
}

function listKey(list: readonly Value[]): string {
  return list.map(valueKey).join('\u0002');
}

export function distinct(values: readonly Value[]): Value[] {
  return [...new Map(values.map(value => [valueKey(value), value])).values()];
}
