/** The record of the facts of a script that is being followed. It does not influence how the script is followed. */

import type { FunctionStatement, Range } from '../syntax.ts';
import type {
  AssignmentFact,
  CommandFact,
  FlowOptions,
  OpaqueFact,
  OptionFact,
  PipelineFact,
  ReadFact,
  VariableFact,
  WriteFact,
} from './flow-facts.ts';
import { excluding, including, isCertain, type State } from './flow-state.ts';
import { pathKey, type ShellPath, valueKey } from './values.ts';

export interface Run {
  readonly options: FlowOptions;
  /** Names that the script can set. */
  readonly assigned: ReadonlySet<string>;
  readonly functions: Map<string, FunctionStatement>;
  readonly called: Set<FunctionStatement>;
  /** Functions whose bodies are being followed, to detect recursion. */
  readonly active: Set<FunctionStatement>;
  readonly commands: CommandFact[];
  readonly reads: Map<string, ReadFact>;
  readonly writes: WriteFact[];
  readonly variables: Map<string, VariableFact>;
  readonly assignments: Map<string, AssignmentFact>;
  readonly pipelines: PipelineFact[];
  readonly shellOptions: OptionFact[];
  readonly opaque: Map<string, OpaqueFact>;
  readonly probed: Set<string>;
  /** Keys of files without which the script ends with an error. */
  readonly demanded: Set<string>;
  /** The states at each `exit` of the current script or subshell that may be successful. */
  exits: State[];
  returns: State[];
  breaks: State[];
  /** Environment variables that were expanded since the set was last replaced. */
  touched: Set<string>;
  opaqueVariables: boolean;
  setsPath: boolean;
  order: number;
  steps: number;
  depth: number;
  temporaries: number;
}

/** Limits far above real scripts; nested loops and functions could otherwise take arbitrarily long. */
export const MAX_STEPS = 20_000;
export const MAX_DEPTH = 100;

export function newRun(options: FlowOptions, assigned: ReadonlySet<string>): Run {
  return {
    options,
    assigned,
    functions: new Map(),
    called: new Set(),
    active: new Set(),
    commands: [],
    reads: new Map(),
    writes: [],
    variables: new Map(),
    assignments: new Map(),
    pipelines: [],
    shellOptions: [],
    opaque: new Map(),
    probed: new Set(),
    demanded: new Set(),
    exits: [],
    returns: [],
    breaks: [],
    touched: new Set(),
    opaqueVariables: false,
    setsPath: false,
    order: 0,
    steps: 0,
    depth: 0,
    temporaries: 0,
  };
}

/** Returns a copy of the record between two statements of the script, which can be continued independently. */
export function copyRun(run: Run): Run {
  return {
    ...run,
    functions: new Map(run.functions),
    called: new Set(run.called),
    active: new Set(run.active),
    commands: [...run.commands],
    reads: new Map(run.reads),
    // The fate of a file may change later.
    writes: run.writes.map(write => ({ ...write })),
    variables: new Map(run.variables),
    assignments: new Map(run.assignments),
    pipelines: [...run.pipelines],
    shellOptions: [...run.shellOptions],
    opaque: new Map(run.opaque),
    probed: new Set(run.probed),
    demanded: new Set(run.demanded),
    exits: [...run.exits],
    returns: [...run.returns],
    breaks: [...run.breaks],
    touched: new Set(run.touched),
  };
}

/** Records that the script may write unseen to `path` and below it, or anywhere. */
export function noteOpaque(
  run: Run,
  reason: OpaqueFact['reason'],
  at: Range,
  path: ShellPath | null = null,
): void {
  const key = `${reason}:${at.start}:${path === null ? '' : (pathKey(path) ?? '?')}`;
  if (!run.opaque.has(key)) run.opaque.set(key, { reason, path, start: at.start, end: at.end });
}

const NOT_FILES = /^(dev\/(null|stdin|stdout|stderr|tty|zero|fd(\/.*)?)|proc\/.*)$/;

/** Returns whether `path` is a device, so that writing to it creates no file. */
export function isDevice(path: ShellPath): boolean {
  return path.root === 'absolute' && path.rest !== null && NOT_FILES.test(path.rest);
}

/** Returns whether `path` may contain outputs. */
export function mayBeOutput(run: Run, path: ShellPath): boolean {
  if (path.root === 'unknown' || path.root === 'hole') return true;
  return path.root === 'variable' && run.options.outputs.includes(path.variable ?? '');
}

/** A use of a file from which a fact is made. */
interface FileUse<How> {
  /** The word that names the file. */
  readonly at: Range;
  readonly path: ShellPath;
  readonly how: How;
  /** The index of the command that uses the file, or `null` if there is none. */
  readonly command: number | null;
}

/** Records a read. A read that is already recorded keeps its certainty and its position. */
export function noteRead(run: Run, state: State, use: FileUse<ReadFact['how']>): void {
  const { at, path, how, command } = use;
  const key = `${at.start}:${how}:${path.root}:${path.variable}:${path.rest}`;
  const before = run.reads.get(key);
  const certain = isCertain(state) || before?.certain === true;
  const order = before?.order ?? run.order++;
  const gone = isRemoved(state, path) && before?.isRemoved !== false;
  run.reads.set(key, { start: at.start, end: at.end, certain, path, how, isRemoved: gone, command, order });
  // An unknown program may create the file.
  if (how === 'argument' || how === 'environment') noteMade(state, path);
}

interface FileWrite extends FileUse<WriteFact['how']> {
  /** False if the command may succeed without writing. */
  readonly sure: boolean;
}

/** Records a write, except to a device or a temporary file. */
export function noteWrite(run: Run, state: State, write: FileWrite): void {
  const { at, path, how, command, sure } = write;
  if (isDevice(path) || path.root === 'temporary') return;
  const certain = sure && isCertain(state);
  const key = pathKey(path);
  run.writes.push({
    start: at.start,
    end: at.end,
    certain,
    path,
    how,
    command,
    order: run.order++,
    fate: 'kept',
  });
  if (how !== 'change') noteMade(state, path);
  if (key !== null && sure && how !== 'change') state.written = including(state.written, key);
  if (key !== null && how === 'directory') state.directories = including(state.directories, key);
  if (path.root === 'unknown' || path.root === 'hole') noteOpaque(run, 'unknown-path', at);
  else if (path.rest === null && mayBeOutput(run, path)) noteOpaque(run, 'unknown-path', at, path);
}

function isRemoved(state: State, path: ShellPath): boolean {
  const key = pathKey(path);
  return key !== null && [...state.removed].some(removed => isAtOrBelow(key, removed));
}

/** Records that a path may exist again, together with its parents and everything below it. */
function noteMade(state: State, path: ShellPath): void {
  const key = pathKey(path);
  state.removed = excluding(
    state.removed,
    removed => key === null || isAtOrBelow(key, removed) || isAtOrBelow(removed, key),
  );
}

function isAtOrBelow(key: string, other: string): boolean {
  return key === other || key.startsWith(other.endsWith(':') ? other : `${other}/`);
}

/**
 * Records the removal of a file or a whole directory.
 * @param sure false if the command may succeed without removing it
 */
export function noteRemoval(run: Run, state: State, path: ShellPath, sure = true): void {
  if (path.root === 'temporary') return;
  const key = pathKey(path);
  const hits = (other: string): boolean =>
    key === null ? perhapsSame(path, other) : isAtOrBelow(other, key);
  state.written = excluding(state.written, hits);
  // If a failure is ignored, the file may still exist.
  if (key !== null && sure && state.checked) state.removed = including(state.removed, key);
  const certain = key !== null && isCertain(state);
  for (const write of run.writes) {
    const other = pathKey(write.path);
    if (other !== null && hits(other) && write.fate !== 'removed') {
      (write as { fate: WriteFact['fate'] }).fate = certain ? 'removed' : 'perhaps';
    }
  }
}

function perhapsSame(path: ShellPath, key: string): boolean {
  return (
    path.root === 'unknown' || path.root === 'hole' || key.startsWith(`${path.root}:${path.variable ?? ''}:`)
  );
}

export function noteVariable(run: Run, fact: VariableFact): void {
  const key = `${fact.start}:${fact.name}:${fact.set}`;
  const before = run.variables.get(key);
  run.variables.set(
    key,
    before
      ? {
          ...before,
          certain: before.certain || fact.certain,
          inSubprocess: before.inSubprocess && fact.inSubprocess,
        }
      : fact,
  );
}

export function noteAssignment(run: Run, fact: AssignmentFact): void {
  const key = `${fact.start}:${fact.name}:${fact.value === null ? '?' : valueKey(fact.value)}`;
  if (!run.assignments.has(key)) run.assignments.set(key, fact);
  if (fact.name === 'PATH') run.setsPath = true;
}
