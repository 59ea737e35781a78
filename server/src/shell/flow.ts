/**
 * Follows a script from its first statement to its last, with values instead of a machine: branches are followed side
 * by side and joined, loops over known words are run, others are run once with what they may change unknown.
 */

import { assignedIn, assignedNames } from './assigned.ts';
import { expandAssignments } from './flow-assign.ts';
import type { Flow, FlowOptions } from './flow-facts.ts';
import { followRedirects } from './flow-redirects.ts';
import { MAX_DEPTH, MAX_STEPS, newRun, noteOpaque, type Run } from './flow-run.ts';
import { followSimple } from './flow-simple.ts';
import { copyState, isCertain, joinStates, type State } from './flow-state.ts';
import { followCommandPart, followProcess } from './flow-substitution.ts';
import { followTest } from './flow-test.ts';
import { type Expansion, expandArithmetic, expandFields, expandWord, setVariable } from './flow-words.ts';
import type {
  CaseStatement,
  ForStatement,
  FunctionStatement,
  IfStatement,
  LoopStatement,
  PipelineStatement,
  ShellTree,
  Statement,
} from './syntax.ts';
import { EMPTY, unknownFrom, type Value } from './values.ts';

/** What a script does, as far as it can be told without running it. */
export function followScript(tree: ShellTree, options: FlowOptions): Flow {
  const assigned = assignedNames(tree.body);
  const run = newRun(options, assigned.names);
  run.opaqueVariables = assigned.unseen;
  const state = startState(options);
  followAll(context(run, state), tree.body);
  const end = copyState(state);
  const { exits } = run;
  followUncalled(run);
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
    variables: new Map(),
    positional: [],
    cwd: [{ kind: 'start' }],
    written: new Set(),
    directories: new Set(options.directories.map(name => `variable:${name}:`)),
    certain: true,
    checked: options.errexit,
    errexit: options.errexit,
    pipefail: options.pipefail,
    stdin: 'inherited',
    stdout: 'log',
    stderr: 'log',
    dead: null,
    left: new Set(),
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

/** Bodies of functions that nothing calls: their facts are there, but nothing of them happens. */
function followUncalled(run: Run): void {
  for (const statement of [...run.functions.values()]) {
    if (run.called.has(statement)) continue;
    const state = startState(run.options);
    Object.assign(state, { certain: false, positional: null, cwd: unknownFrom([]) });
    const { opaque } = run;
    const before = new Map(opaque);
    for (const name of run.assigned)
      state.variables.set(name, {
        values: [unknownFrom([])],
        list: null,
        perhapsUnset: true,
        exported: false,
      });
    follow(context(run, state), statement.body);
    opaque.clear();
    for (const [key, fact] of before) opaque.set(key, fact);
  }
}

export function followAll(cx: Expansion, statements: readonly Statement[]): void {
  for (const statement of statements) follow(cx, statement);
}

export function follow(cx: Expansion, statement: Statement): void {
  const { run } = cx;
  if (++run.steps > MAX_STEPS || run.depth > MAX_DEPTH) {
    noteOpaque(run, 'limit', statement);
    cx.state.left.add('script');
    return;
  }
  run.depth++;
  followOne(cx, statement);
  run.depth--;
}

function followOne(cx: Expansion, statement: Statement): void {
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
          if (name !== null) state.variables.delete(name);
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
      const fails = statement.operator === '||' && taken.dead === 'failed';
      // `a || exit 1`: what comes next happens only if `a` went well.
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
      followIf(cx, statement);
      return;
    case 'for':
      followFor(cx, statement);
      return;
    case 'loop':
      followLoop(cx, statement);
      return;
    case 'case':
      followCase(cx, statement);
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
      copy.checked = false;
      follow(context(run, copy), statement.body);
      return;
    }
    case 'unreadable':
      noteOpaque(run, 'unreadable', statement);
      run.opaqueVariables = true;
      state.left.add('script');
      return;
  }
}

function unchecked(cx: Expansion, body: () => void): void {
  const { checked } = cx.state;
  cx.state.checked = false;
  body();
  cx.state.checked = checked;
}

/** A copy for a way that may not be taken. */
function branchOf(state: State): State {
  const copy = copyState(state);
  copy.certain = false;
  return copy;
}

/** Runs a body whose variables and directory are its own; what it writes stays. */
function followSubshell(cx: Expansion, body: () => void): void {
  const { state, run } = cx;
  const { variables, positional, cwd, errexit, pipefail } = state;
  const hadLeft = state.left.has('script');
  const outer = run.exits;
  run.exits = [];
  state.variables = new Map(variables);
  body();
  const failed = state.dead === 'failed';
  const ways = [...run.exits, copyState(state)].filter(way => way.dead !== 'failed' || !state.checked);
  run.exits = outer;
  for (const way of ways) if (way.dead === 'script' || way.dead === 'failed') way.dead = null;
  if (ways.length > 0) joinStates(state, ways);
  if (!hadLeft) state.left.delete('script');
  if (failed && state.checked && ways.length === 0) state.dead = 'failed';
  Object.assign(state, { variables, positional, cwd, errexit, pipefail });
}

function followPipeline(cx: Expansion, statement: PipelineStatement): void {
  const { state, run } = cx;
  const { checked, stdin, stdout } = state;
  const stages: number[][] = [];
  const last = statement.stages.length - 1;
  statement.stages.forEach((stage, index) => {
    const before = run.commands.length;
    if (index > 0) state.stdin = 'pipe';
    if (index < last) state.stdout = 'pipe';
    else state.stdout = stdout;
    state.checked = checked && (index === last || state.pipefail);
    if (last === 0) follow(cx, stage);
    else followSubshell(cx, () => follow(cx, stage));
    stages.push(run.commands.slice(before).map(command => command.index));
  });
  Object.assign(state, { checked, stdin, stdout });
  const { start, end } = statement;
  if (last > 0)
    run.pipelines.push({ start, end, stages, checked: checked && state.pipefail, certain: isCertain(state) });
}

function followIf(cx: Expansion, statement: IfStatement): void {
  const { state, run } = cx;
  const ways: State[] = [];
  let rest = copyState(state);
  let first = true;
  for (const { condition, body } of statement.branches) {
    const asked = context(run, rest);
    rest.checked = false;
    if (first) rest.certain = state.certain;
    followAll(asked, condition);
    const taken = branchOf(rest);
    taken.checked = state.checked;
    followAll(context(run, taken), body);
    ways.push(taken);
    rest = branchOf(rest);
    first = false;
  }
  rest.checked = state.checked;
  if (statement.otherwise) followAll(context(run, rest), statement.otherwise);
  joinStates(state, [...ways, rest]);
}

function followCase(cx: Expansion, statement: CaseStatement): void {
  const { state, run } = cx;
  expandWord(cx, statement.subject, false);
  const ways: State[] = [];
  let through: State | null = null;
  for (const item of statement.items) {
    for (const pattern of item.patterns) expandWord(cx, pattern, false);
    const taken = branchOf(state);
    if (through !== null) joinStates(taken, [branchOf(state), through]);
    followAll(context(run, taken), item.body);
    through = item.termination === ';;' ? null : copyState(taken);
    ways.push(taken);
  }
  if (!statement.items.some(item => item.any)) ways.push(branchOf(state));
  joinStates(state, ways);
}

/** More rounds than these are followed as one of which nothing is known. */
const MAX_ROUNDS = 32;

function followFor(cx: Expansion, statement: ForStatement): void {
  const { state, run } = cx;
  const items = statement.words === null ? positionalItems(state) : wordItems(cx, statement);
  if (items === null || items.length > MAX_ROUNDS) {
    const values = items ?? [unknownFrom(run.touched)];
    rounds(cx, statement.body, body => {
      setVariable(
        body,
        statement.name,
        values.length === 1 ? values : [unknownFrom(run.options.directories)],
        statement.nameAt,
        statement.nameAt,
      );
    });
    return;
  }
  inLoop(cx, () => {
    for (const item of items) {
      setVariable(cx, statement.name, [item], statement.nameAt, statement.nameAt);
      followAll(cx, statement.body);
      if (state.dead === 'loop') break;
    }
  });
}

function positionalItems(state: State): readonly Value[] | null {
  return state.positional;
}

/** The items of a `for`, if it is known how many there are and what each is. */
function wordItems(cx: Expansion, statement: ForStatement): Value[] | null {
  const fields = (statement.words ?? []).flatMap(word => expandFields(cx, word));
  if (fields.some(field => field.many || field.values.length !== 1)) return null;
  return fields.map(field => field.values[0] ?? EMPTY);
}

/** A `while`, `until` or `for ((…))`. */
function followLoop(cx: Expansion, statement: LoopStatement): void {
  expandArithmetic(cx, statement.inner, statement.assigns);
  forgetAssigned(cx, [...statement.condition, ...statement.body]);
  unchecked(cx, () => followAll(cx, statement.condition));
  rounds(cx, statement.body, () => {});
}

/** What a loop's body may change is not known in any round. */
function forgetAssigned(cx: Expansion, body: readonly Statement[]): void {
  const functions = [...cx.run.functions.values()].map(one => one.body);
  for (const name of assignedIn([...body, ...functions])) {
    const known = cx.state.variables.get(name);
    if (known)
      cx.state.variables.set(name, {
        ...known,
        values: [unknownFrom(cx.run.options.directories)],
        list: null,
      });
  }
}

/** Any number of rounds. */
function rounds(cx: Expansion, body: readonly Statement[], before: (cx: Expansion) => void): void {
  const { state, run } = cx;
  forgetAssigned(cx, body);
  const taken = branchOf(state);
  const inner = context(run, taken);
  inLoop(inner, () => {
    before(inner);
    followAll(inner, body);
  });
  joinStates(state, [copyState(state), taken]);
}

function inLoop(cx: Expansion, body: () => void): void {
  const { state, run } = cx;
  const outer = run.breaks;
  const hadLeft = state.left.has('loop');
  run.breaks = [];
  body();
  const broken = run.breaks;
  run.breaks = outer;
  for (const way of broken) way.dead = null;
  if (broken.length > 0) joinStates(state, [...(state.dead === 'loop' ? [] : [copyState(state)]), ...broken]);
  if (!hadLeft) state.left.delete('loop');
}

/** Runs a function's body with its arguments. */
function callFunction(cx: Expansion, statement: FunctionStatement, args: readonly Value[] | null): void {
  const { state, run } = cx;
  if (run.depth > MAX_DEPTH - 4) {
    noteOpaque(run, 'limit', statement);
    return;
  }
  run.called.add(statement);
  const { positional } = state;
  const outer = run.returns;
  const hadLeft = state.left.has('function');
  run.returns = [];
  (state as { positional: readonly Value[] | null }).positional = args;
  follow(cx, statement.body);
  const returned = run.returns;
  run.returns = outer;
  for (const way of returned) way.dead = null;
  if (returned.length > 0)
    joinStates(state, [...(state.dead === 'function' ? [] : [copyState(state)]), ...returned]);
  if (!hadLeft) state.left.delete('function');
  Object.assign(state, { positional });
}
