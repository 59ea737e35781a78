/**
 * Follows a script from the first statement to the last on abstract values. Branches are followed separately and
 * joined; loops over known words are unrolled, and other loops are followed once, with everything that they may
 * change unknown.
 */

import type { FunctionStatement, PipelineStatement, ShellTree, Statement } from '../syntax.ts';
import { assignedNames } from './assigned.ts';
import { expandAssignments } from './flow-assign.ts';
import { followCase, followFor, followIf, followLoop, unchecked } from './flow-branches.ts';
import { noteDemand } from './flow-demands.ts';
import type { Flow, FlowOptions } from './flow-facts.ts';
import { type FollowBody, followFromStart, rememberingFollower } from './flow-memory.ts';
import { followRedirects } from './flow-redirects.ts';
import { MAX_DEPTH, MAX_STEPS, newRun, noteOpaque, type Run } from './flow-run.ts';
import { followSimple } from './flow-simple.ts';
import {
  branchOf,
  common,
  copyState,
  forgetLeft,
  isCertain,
  joinStates,
  noteExited,
  putVariable,
  type State,
  streamsOf,
} from './flow-state.ts';
import { followCommandPart, followProcess } from './flow-substitution.ts';
import { followTest } from './flow-test.ts';
import { NO_VARIABLES, type Variable } from './flow-variables.ts';
import { type Expansion, expandArithmetic, expandWord } from './flow-words.ts';
import { unknownFrom, type Value } from './values.ts';

/** Returns what a script does, as far as that can be determined without running it. */
export function followScript(tree: ShellTree, options: FlowOptions): Flow {
  return followTree(tree, options, followFromStart);
}

/**
 * Returns a function equivalent to `followScript` that remembers the last long scripts, and after an edit only
 * follows them from the first changed statement.
 */
export function scriptFollower(options: FlowOptions): (tree: ShellTree) => Flow {
  const followBody = rememberingFollower();
  return tree => followTree(tree, options, followBody);
}

function followTree(tree: ShellTree, options: FlowOptions, followBody: FollowBody): Flow {
  const assigned = assignedNames(tree.body);
  const start = { run: newRun(options, assigned.names), state: startState(options) };
  start.run.opaqueVariables = assigned.unseen;
  const { run, state } = followBody(tree.body, assigned, start, (at, statements) =>
    followAll(context(at.run, at.state), statements),
  );
  const end = copyState(state);
  const { exits } = run;
  const uncalled = followUncalled(run);
  const ways = [...exits, end].filter(way => way.dead !== 'failed');
  const written = commonOf(ways.map(way => way.written));
  return {
    commands: run.commands,
    reads: [...run.reads.values()],
    writes: run.writes,
    variables: [...run.variables.values()],
    assignments: [...run.assignments.values()],
    pipelines: run.pipelines,
    options: run.shellOptions,
    opaque: [...run.opaque.values()],
    opaqueVariables: run.opaqueVariables,
    written,
    probed: run.probed,
    demanded: run.demanded,
    uncalled,
    setsPath: run.setsPath,
    fails: ways.length === 0,
    empty: run.commands.every(command => DO_NOTHING.has(command.name ?? '')) && run.writes.length === 0,
  };
}

function commonOf(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  const [first, ...rest] = sets;
  return new Set([...(first ?? [])].filter(key => rest.every(set => set.has(key))));
}

const DO_NOTHING = new Set([':', 'true', 'exit']);

function startState(options: FlowOptions): State {
  return {
    variables: NO_VARIABLES,
    positional: [],
    cwd: [{ kind: 'start' }],
    written: new Set(),
    directories: new Set(options.directories.map(name => `variable:${name}:`)),
    removed: new Set(),
    certain: true,
    checked: options.errexit,
    errexit: options.errexit,
    pipefail: options.pipefail,
    stdin: 'inherited',
    stdout: 'log',
    stderr: 'log',
    stdoutTo: null,
    inSubprocess: false,
    dead: null,
    exited: new Set(),
  };
}

function context(run: Run, state: State): Expansion {
  return {
    run,
    state,
    substitution: {
      command: (_, at, part) => followCommandPart({ ...context(run, at) }, part, followAll),
      process: (_, at, part) => followProcess({ ...context(run, at) }, part, followAll),
    },
  };
}

const ANYTHING: Variable = { values: [unknownFrom([])], list: null, perhapsUnset: true, exported: false };

/**
 * Follows the bodies of functions that are never called, so that their facts exist, although nothing in them happens.
 */
function followUncalled(run: Run): FunctionStatement[] {
  const uncalled = [...run.functions.values()].filter(statement => !run.called.has(statement));
  for (const statement of uncalled) {
    const state = startState(run.options);
    Object.assign(state, { certain: false, positional: null, cwd: unknownFrom([]) });
    const { opaque } = run;
    const before = new Map(opaque);
    state.variables = { ...NO_VARIABLES, settled: new Map([...run.assigned].map(name => [name, ANYTHING])) };
    follow(context(run, state), statement.body);
    opaque.clear();
    for (const [key, fact] of before) opaque.set(key, fact);
  }
  return uncalled;
}

function followAll(cx: Expansion, statements: readonly Statement[]): void {
  for (const statement of statements) follow(cx, statement);
}

function follow(cx: Expansion, statement: Statement): void {
  const { run } = cx;
  if (++run.steps > MAX_STEPS || run.depth > MAX_DEPTH) {
    noteOpaque(run, 'limit', statement);
    noteExited(cx.state, 'script');
    return;
  }
  run.depth++;
  followByKind(cx, statement);
  run.depth--;
}

function followByKind(cx: Expansion, statement: Statement): void {
  const { state, run } = cx;
  switch (statement.kind) {
    case 'simple':
      followSimple(cx, statement, callFunction);
      return;
    case 'declare':
      expandAssignments(cx, statement);
      return;
    case 'unset':
      for (const word of statement.words) {
        for (const value of expandWord(cx, word, true)) {
          const name = value.length === 1 && value[0]?.kind === 'text' ? value[0].text : null;
          if (name !== null) putVariable(state, name, undefined);
        }
      }
      return;
    case 'pipeline':
      followPipeline(cx, statement);
      return;
    case 'not':
      unchecked(cx, () => follow(cx, statement.body));
      return;
    case 'list': {
      unchecked(cx, () => follow(cx, statement.left));
      const skipped = copyState(state);
      const taken = branchOf(state);
      follow({ ...context(run, taken) }, statement.right);
      const isOr = statement.operator === '||';
      if (taken.dead === 'failed') noteDemand(run, state, statement.left, isOr);
      const fails = isOr && taken.dead === 'failed';
      // After `a || exit 1`, `a` has succeeded.
      if (!fails) joinStates(state, [skipped, taken]);
      return;
    }
    case 'group':
      followAll(cx, statement.body);
      return;
    case 'subshell':
      followSubshell(cx, () => followAll(cx, statement.body));
      return;
    case 'redirected':
      followRedirects(cx, statement.redirects, null, () => follow(cx, statement.body));
      return;
    case 'if':
      followIf(cx, statement, followAll);
      return;
    case 'for':
      followFor(cx, statement, followAll);
      return;
    case 'loop':
      followLoop(cx, statement, followAll);
      return;
    case 'case':
      followCase(cx, statement, followAll);
      return;
    case 'function':
      run.functions.set(statement.name, statement);
      return;
    case 'test':
      followTest(cx, statement.words);
      return;
    case 'arithmetic':
      expandArithmetic(cx, statement.inner, statement.assigns);
      return;
    case 'background': {
      const copy = branchOf(state);
      Object.assign(copy, { checked: false, inSubprocess: true });
      follow(context(run, copy), statement.body);
      state.removed = common(state.removed, copy.removed);
      return;
    }
    case 'unreadable':
      noteOpaque(run, 'unreadable', statement);
      run.opaqueVariables = true;
      noteExited(state, 'script');
      return;
  }
}

/** Follows a body with its own variables and directory. Files that it writes remain. */
function followSubshell(cx: Expansion, body: () => void): void {
  const { state, run } = cx;
  const { variables, positional, cwd, errexit, pipefail, inSubprocess } = state;
  const hadLeft = state.exited.has('script');
  const outer = run.exits;
  run.exits = [];
  state.inSubprocess ||= !state.checked;
  body();
  const failed = state.dead === 'failed';
  const ways = [...run.exits, copyState(state)].filter(way => way.dead !== 'failed' || !state.checked);
  run.exits = outer;
  for (const way of ways) if (way.dead === 'script' || way.dead === 'failed') way.dead = null;
  if (ways.length > 0) joinStates(state, ways);
  if (!hadLeft) forgetLeft(state, 'script');
  if (failed && state.checked && ways.length === 0) state.dead = 'failed';
  Object.assign(state, { variables, positional, cwd, errexit, pipefail, inSubprocess });
}

function followPipeline(cx: Expansion, statement: PipelineStatement): void {
  const { state, run } = cx;
  const { checked } = state;
  const streams = streamsOf(state);
  const stages: number[][] = [];
  const last = statement.stages.length - 1;
  statement.stages.forEach((stage, index) => {
    const before = run.commands.length;
    if (index > 0) state.stdin = 'pipe';
    if (index < last) state.stdout = 'pipe';
    else state.stdout = streams.stdout;
    state.checked = checked && (index === last || state.pipefail);
    if (last === 0) follow(cx, stage);
    else followSubshell(cx, () => follow(cx, stage));
    stages.push(run.commands.slice(before).map(command => command.index));
  });
  Object.assign(state, { checked }, streams);
  const { start, end } = statement;
  if (last > 0)
    run.pipelines.push({ start, end, stages, checked: checked && state.pipefail, certain: isCertain(state) });
}

/** Follows a function's body with its arguments. */
function callFunction(cx: Expansion, statement: FunctionStatement, args: readonly Value[] | null): void {
  const { state, run } = cx;
  run.called.add(statement);
  if (run.active.has(statement)) {
    noteOpaque(run, 'limit', statement);
    return;
  }
  run.active.add(statement);
  const { positional } = state;
  const outer = run.returns;
  const hadLeft = state.exited.has('function');
  run.returns = [];
  (state as { positional: readonly Value[] | null }).positional = args;
  follow(cx, statement.body);
  run.active.delete(statement);
  const returned = run.returns;
  run.returns = outer;
  for (const way of returned) way.dead = null;
  if (returned.length > 0)
    joinStates(state, [...(state.dead === 'function' ? [] : [copyState(state)]), ...returned]);
  if (!hadLeft) forgetLeft(state, 'function');
  Object.assign(state, { positional });
}
