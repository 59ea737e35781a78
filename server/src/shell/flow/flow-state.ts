/**
 * The state of a script while it is followed: variables, directory, files that are there, and whether what comes next
 * certainly happens. Branches work on copies, which are joined again.
 */
import type { Stream } from './flow-facts.ts';
import { joinedVariables, type Variable, type Variables, withVariable } from './flow-variables.ts';
import { EMPTY, type ShellPath, type Value, valueKey } from './values.ts';

/** A construct that the way here has perhaps left already. */
export type Left = 'script' | 'function' | 'loop';

/** Its properties are replaced and never changed in themselves: copies share them. */
export interface State {
  variables: Variables;
  /** `$1`, `$2`, …; null where they are not known. */
  positional: readonly Value[] | null;
  cwd: Value;
  /** Keys of paths that are certainly there because the script made them. */
  written: ReadonlySet<string>;
  /** Keys of directories it made. */
  directories: ReadonlySet<string>;
  /** Keys of paths that are certainly not there any more: removed, or moved away. */
  removed: ReadonlySet<string>;
  /** False inside what may be skipped. */
  certain: boolean;
  /** False where a failure does not end the script. */
  checked: boolean;
  errexit: boolean;
  pipefail: boolean;
  stdin: 'inherited' | 'pipe' | 'file' | 'text';
  stdout: Stream;
  stderr: Stream;
  /** The file behind `stdout`; null where it is none, or not one. */
  stdoutTo: ShellPath | null;
  /** True in a process of its own whose status is ignored. */
  apart: boolean;
  /** The statements after are not reached on this way, and why. */
  dead: Left | 'failed' | null;
  left: ReadonlySet<Left>;
}

/** More values than these of one variable are not told apart. */
export const MAX_VALUES = 8;

/** Returns where the streams go, to put it back after what redirects them. */
export function streamsOf({
  stdin,
  stdout,
  stderr,
  stdoutTo,
}: State): Pick<State, 'stdin' | 'stdout' | 'stderr' | 'stdoutTo'> {
  return { stdin, stdout, stderr, stdoutTo };
}

export function copyState(state: State): State {
  return { ...state };
}

/** Returns the set with one more item. */
export function including<T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> {
  return set.has(item) ? set : new Set(set).add(item);
}

/** Returns the set without the items that are removed. */
export function excluding<T>(set: ReadonlySet<T>, isRemoved: (item: T) => boolean): ReadonlySet<T> {
  const kept = [...set].filter(item => !isRemoved(item));
  return kept.length === set.size ? set : new Set(kept);
}

/** Returns the items of both sets: one of the sets itself, if it holds no others. */
export function common<T>(left: ReadonlySet<T>, right: ReadonlySet<T>): ReadonlySet<T> {
  if (left === right) return left;
  const kept = excluding(left, item => !right.has(item));
  return kept.size === right.size ? right : kept;
}

/** Sets a variable, or takes it away. */
export function putVariable(state: State, name: string, variable: Variable | undefined): void {
  state.variables = withVariable(state.variables, name, variable);
}

/** Notes that what comes next is perhaps not reached. */
export function noteLeft(state: State, left: Left): void {
  state.left = including(state.left, left);
}

/** Notes the end of a construct: whether it was left before matters no more. */
export function forgetLeft(state: State, left: Left): void {
  state.left = excluding(state.left, candidate => candidate === left);
}

/** Returns a copy for a way that may not be taken. */
export function branchOf(state: State): State {
  return { ...copyState(state), certain: false };
}

export function isCertain(state: State): boolean {
  return state.certain && state.dead === null && state.left.size === 0;
}

/** Puts `from`'s whole state into `state`. */
function replaceState(state: State, from: State): void {
  const { left } = state;
  Object.assign(state, from, { left });
  for (const candidate of from.left) noteLeft(state, candidate);
}

/** Makes `state` what holds after any of several ways; keeps `certain` and the streams of the first. */
export function joinStates(state: State, ways: readonly State[]): void {
  const { certain, checked } = state;
  const streams = streamsOf(state);
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
  for (const candidate of left) noteLeft(state, candidate);
  Object.assign(state, { certain, checked }, streams);
}

function leftBy(way: State): Left[] {
  return way.dead === null || way.dead === 'failed' ? [] : [way.dead];
}

function joinWay(state: State, way: State): void {
  state.variables = joinedVariables(state.variables, way.variables, joinVariables);
  state.written = common(state.written, way.written);
  state.directories = common(state.directories, way.directories);
  state.removed = common(state.removed, way.removed);
  if (valueKey(state.cwd) !== valueKey(way.cwd)) state.cwd = [{ kind: 'unknown', from: [] }];
  if (state.positional !== way.positional) state.positional = null;
  state.errexit &&= way.errexit;
  state.pipefail &&= way.pipefail;
}

function joinVariables(left: Variable | undefined, right: Variable | undefined): Variable {
  const variable = left ?? right;
  if (variable === undefined) return { values: [EMPTY], list: null, perhapsUnset: true, exported: false };
  if (left === undefined || right === undefined) return { ...variable, perhapsUnset: true };
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
  if (values.length < 2) return [...values];
  return [...new Map(values.map(value => [valueKey(value), value])).values()];
}
