/**
 * The state of a script while it is followed: variables, current directory, existing files, and whether the next
 * statement certainly runs. Branches work on copies, which are joined afterwards.
 */
import type { Stream } from './flow-facts.ts';
import { joinedVariables, type Variable, type Variables, withVariable } from './flow-variables.ts';
import { EMPTY, type ShellPath, type Value, valueKey } from './values.ts';

/** A construct that may already have been left. */
export type ExitedConstruct = 'script' | 'function' | 'loop';

/** State at one point of a script. Properties are replaced instead of mutated, since copies share them. */
export interface State {
  variables: Variables;
  /** The positional parameters `$1`, `$2`, …, or `null` if they are unknown. */
  positional: readonly Value[] | null;
  cwd: Value;
  /** Keys of paths that certainly exist because the script created them. */
  written: ReadonlySet<string>;
  /** Keys of directories that the script created. */
  directories: ReadonlySet<string>;
  /** Keys of paths that certainly no longer exist, because they were removed or moved. */
  removed: ReadonlySet<string>;
  /** False inside anything that may be skipped. */
  certain: boolean;
  /** False if a failure does not end the script. */
  checked: boolean;
  errexit: boolean;
  pipefail: boolean;
  stdin: 'inherited' | 'pipe' | 'file' | 'text';
  stdout: Stream;
  stderr: Stream;
  /** The file behind `stdout`, or `null` if there is not exactly one. */
  stdoutTo: ShellPath | null;
  /** True in a process of its own whose status is ignored. */
  inSubprocess: boolean;
  /** The reason why the following statements are not reached on this path, if they are not. */
  dead: ExitedConstruct | 'failed' | null;
  exited: ReadonlySet<ExitedConstruct>;
}

/** The most values of a variable that are tracked individually. */
export const MAX_VALUES = 8;

/** Returns the streams, for restoring them after a redirection. */
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

/** Returns the set with an additional item. */
export function including<T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> {
  return set.has(item) ? set : new Set(set).add(item);
}

/** Returns the set without the items for which `isRemoved` returns true. */
export function excluding<T>(set: ReadonlySet<T>, isRemoved: (item: T) => boolean): ReadonlySet<T> {
  const kept = [...set].filter(item => !isRemoved(item));
  return kept.length === set.size ? set : new Set(kept);
}

/** Returns the intersection of two sets, as one of the given objects if it has the same items. */
export function common<T>(left: ReadonlySet<T>, right: ReadonlySet<T>): ReadonlySet<T> {
  if (left === right) return left;
  const kept = excluding(left, item => !right.has(item));
  return kept.size === right.size ? right : kept;
}

/** Sets a variable, or removes it if `variable` is undefined. */
export function putVariable(state: State, name: string, variable: Variable | undefined): void {
  state.variables = withVariable(state.variables, name, variable);
}

/** Records that the following statements may not be reached. */
export function noteExited(state: State, left: ExitedConstruct): void {
  state.exited = including(state.exited, left);
}

/** Records the end of a construct, after which it no longer matters whether it was left early. */
export function forgetLeft(state: State, left: ExitedConstruct): void {
  state.exited = excluding(state.exited, candidate => candidate === left);
}

/** Returns a copy of the state for a branch that may not be taken. */
export function branchOf(state: State): State {
  return { ...copyState(state), certain: false };
}

export function isCertain(state: State): boolean {
  return state.certain && state.dead === null && state.exited.size === 0;
}

/** Sets `state` to the join of several branches, and keeps its own `certain`, `checked` and streams. */
export function joinStates(state: State, ways: readonly State[]): void {
  const { certain, checked } = state;
  const streams = streamsOf(state);
  const live = ways.filter(way => way.dead === null);
  const [first, ...rest] = live;
  const left = new Set(ways.flatMap(way => [...way.exited, ...leftBy(way)]));
  if (first === undefined) {
    Object.assign(state, ways[0]);
  } else {
    Object.assign(state, first);
    for (const way of rest) joinWay(state, way);
  }
  for (const candidate of left) noteExited(state, candidate);
  Object.assign(state, { certain, checked }, streams);
}

function leftBy(way: State): ExitedConstruct[] {
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
