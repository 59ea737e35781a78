/**
 * Follows `if`, `case` and loops: each branch is followed on a copy of the state, and the resulting states are
 * joined.
 */

import type { CaseStatement, ForStatement, IfStatement, LoopStatement, Statement } from '../syntax.ts';
import { assignedIn } from './assigned.ts';
import { noteDemand } from './flow-demands.ts';
import { MAX_STEPS } from './flow-run.ts';
import {
  branchOf,
  copyState,
  forgetLeft,
  joinStates,
  noteExited,
  putVariable,
  type State,
} from './flow-state.ts';
import { variableIn } from './flow-variables.ts';
import { type Expansion, expandArithmetic, expandFields, expandWord, setVariable } from './flow-words.ts';
import { EMPTY, unknownFrom, type Value } from './values.ts';

type FollowAll = (cx: Expansion, statements: readonly Statement[]) => void;

export function followIf(cx: Expansion, statement: IfStatement, all: FollowAll): void {
  const { state } = cx;
  const ways: State[] = [];
  let rest = copyState(state);
  let first = true;
  for (const { condition, body } of statement.branches) {
    const asked = { ...cx, state: rest };
    rest.checked = false;
    if (first) rest.certain = state.certain;
    all(asked, condition);
    const taken = branchOf(rest);
    taken.checked = state.checked;
    all({ ...cx, state: taken }, body);
    const [asks, ...others] = condition;
    if (first && asks !== undefined && others.length === 0 && taken.dead === 'failed')
      noteDemand(cx.run, state, asks, false);
    ways.push(taken);
    rest = branchOf(rest);
    first = false;
  }
  rest.checked = state.checked;
  if (statement.otherwise) all({ ...cx, state: rest }, statement.otherwise);
  joinStates(state, [...ways, rest]);
}

export function followCase(cx: Expansion, statement: CaseStatement, all: FollowAll): void {
  const { state } = cx;
  expandWord(cx, statement.subject, false);
  const ways: State[] = [];
  let through: State | null = null;
  for (const item of statement.items) {
    for (const pattern of item.patterns) expandWord(cx, pattern, false);
    const taken = branchOf(state);
    if (through !== null) joinStates(taken, [branchOf(state), through]);
    all({ ...cx, state: taken }, item.body);
    through = item.termination === ';;' ? null : copyState(taken);
    ways.push(taken);
  }
  if (!statement.items.some(item => item.any)) ways.push(branchOf(state));
  joinStates(state, ways);
}

/** The most rounds that are followed individually. Longer loops are followed once, with unknown values. */
const MAX_ROUNDS = 32;

export function followFor(cx: Expansion, statement: ForStatement, all: FollowAll): void {
  const { state, run } = cx;
  const { name, nameAt } = statement;
  const setting = { name, nameAt, start: nameAt.start, end: nameAt.end };
  const items = statement.words === null ? state.positional : wordItems(cx, statement);
  if (items === null || items.length > MAX_ROUNDS) {
    const unknown = [unknownFrom(run.options.directories)];
    rounds(cx, statement.body, all, body => {
      setVariable(body, setting, unknown);
    });
    return;
  }
  inLoop(cx, () => {
    for (const item of items) {
      if (run.steps > MAX_STEPS) break;
      setVariable(cx, setting, [item]);
      all(cx, statement.body);
      // After a `break` the rest of the body is followed as something that may happen, since `break` and `continue` are not distinguished.
      if (state.dead === 'loop') {
        state.dead = null;
        noteExited(state, 'loop');
      }
    }
  });
}

/** Returns the items of a `for`, or `null` if their number or one of them is unknown. */
function wordItems(cx: Expansion, statement: ForStatement): Value[] | null {
  const fields = (statement.words ?? []).flatMap(word => expandFields(cx, word));
  if (fields.some(field => field.many || field.values.length !== 1)) return null;
  return fields.map(field => field.values[0] ?? EMPTY);
}

/** Follows a `while`, `until` or `for ((…))`. */
export function followLoop(cx: Expansion, statement: LoopStatement, all: FollowAll): void {
  expandArithmetic(cx, statement.inner, statement.assigns);
  forgetAssigned(cx, [...statement.condition, ...statement.body]);
  unchecked(cx, () => all(cx, statement.condition));
  rounds(cx, statement.body, all, () => {});
}

/** Makes the variables unknown that a loop's body may change, as they may differ in every round. */
function forgetAssigned(cx: Expansion, body: readonly Statement[]): void {
  const functions = [...cx.run.functions.values()].map(({ body }) => body);
  for (const name of assignedIn([...body, ...functions])) {
    const variable = variableIn(cx.state.variables, name);
    if (variable)
      putVariable(cx.state, name, {
        ...variable,
        values: [unknownFrom(cx.run.options.directories)],
        list: null,
      });
  }
}

/** Follows any number of rounds as one that may not happen. */
function rounds(
  cx: Expansion,
  body: readonly Statement[],
  all: FollowAll,
  before: (cx: Expansion) => void,
): void {
  const { state } = cx;
  forgetAssigned(cx, body);
  const taken = branchOf(state);
  const inner = { ...cx, state: taken };
  inLoop(inner, () => {
    before(inner);
    all(inner, body);
  });
  joinStates(state, [copyState(state), taken]);
}

function inLoop(cx: Expansion, body: () => void): void {
  const { state, run } = cx;
  const outer = run.breaks;
  const hadLeft = state.exited.has('loop');
  run.breaks = [];
  body();
  const broken = run.breaks;
  run.breaks = outer;
  for (const way of broken) way.dead = null;
  if (broken.length > 0) joinStates(state, [...(state.dead === 'loop' ? [] : [copyState(state)]), ...broken]);
  if (!hadLeft) forgetLeft(state, 'loop');
}

/** Follows commands whose failure does not end the script. */
export function unchecked(cx: Expansion, body: () => void): void {
  const { checked } = cx.state;
  cx.state.checked = false;
  body();
  cx.state.checked = checked;
}
