/** Follows assignments: `a=b`, `a+=b`, `a=(b c)`, and those of `export`, `local`, `declare`, `readonly`, `typeset`. */

import type { Assignment, DeclareStatement, Range } from '../syntax.ts';
import { mayBeOutput, noteOpaque, noteRead } from './flow-run.ts';
import { putVariable } from './flow-state.ts';
import { variableIn } from './flow-variables.ts';
import { type Expansion, expandFields, expandWord, setVariable } from './flow-words.ts';
import { concat, EMPTY, pathOf, unknownFrom, type Value, variablesIn } from './values.ts';

/** Follows an assignment and returns the new values of the variable. */
export function assign(cx: Expansion, assignment: Assignment, exported: boolean): readonly Value[] {
  const before = variableIn(cx.state.variables, assignment.name);
  if (assignment.list !== null) {
    const fields = assignment.list.flatMap(word => expandFields(cx, word));
    // Items with subscripts are not assigned to their places.
    const isKnown = !fields.some(field => field.many || field.values.length !== 1) && !assignment.keyed;
    const items = fields.map(field => field.values[0] ?? EMPTY);
    const all = assignment.append ? (before?.list ? [...before.list, ...items] : null) : items;
    const list = isKnown && all !== null ? all : null;
    const values = list?.[0]
      ? [list[0]]
      : [unknownFrom(fields.flatMap(field => field.values.flatMap(variablesIn)))];
    setVariable(cx, assignment, values, { exported, list });
    return values;
  }
  let values: readonly Value[] =
    assignment.value === null ? [EMPTY] : expandWord(cx, assignment.value, false);
  if (assignment.append && before) {
    values =
      before.values.length === 1
        ? values.map(value => concat(before.values[0] ?? EMPTY, value))
        : [unknownFrom(values.flatMap(variablesIn))];
  } else if (assignment.append) values = [unknownFrom(values.flatMap(variablesIn))];
  if (assignment.element) values = [unknownFrom(values.flatMap(variablesIn))];
  setVariable(cx, assignment, values, { exported });
  return values;
}

export function expandAssignments(cx: Expansion, statement: DeclareStatement): void {
  const name = commandName(statement);
  for (const option of statement.options) expandWord(cx, option, true);
  const exported = name === 'export' || statement.options.some(word => /^-\w*x/.test(partText(word.parts)));
  // `local a=$(…)` discards the status of `$(…)`.
  const { checked } = cx.state;
  cx.state.checked = false;
  for (const assignment of statement.assignments) {
    if (assignment.value === null && assignment.list === null) declareName(cx, assignment, exported);
    else if (exported) noteExport(cx, assignment, assign(cx, assignment, true));
    else assign(cx, assignment, false);
  }
  cx.state.checked = checked;
}

function commandName(statement: DeclareStatement): string {
  return partText(statement.command.parts);
}

function partText(parts: DeclareStatement['command']['parts']): string {
  return parts.map(part => (part.kind === 'text' ? part.text : '')).join('');
}

/**
 * Declares a name without a value. `export a` keeps the value; `local a` leaves the variable unset, which is modelled
 * as perhaps set.
 */
function declareName(cx: Expansion, assignment: Assignment, exported: boolean): void {
  const before = variableIn(cx.state.variables, assignment.name);
  if (before) {
    putVariable(cx.state, assignment.name, { ...before, exported: before.exported || exported });
    if (exported) noteExport(cx, assignment, before.values);
  } else if (!exported) {
    putVariable(cx.state, assignment.name, {
      values: [EMPTY],
      list: null,
      perhapsUnset: true,
      exported: false,
    });
  }
}

function noteExport(cx: Expansion, at: Range, values: readonly Value[]): void {
  for (const value of values) noteEnvironment(cx, at, value, null);
}

/** Records that programs may read or write the paths in their environment. */
export function noteEnvironment(cx: Expansion, at: Range, value: Value, command: number | null): void {
  const { run, state } = cx;
  const names = variablesIn(value);
  if (names.length === 0) return;
  const path = pathOf(value, state.cwd);
  if (names.some(name => run.options.outputs.includes(name))) {
    noteOpaque(run, 'unknown-command', at, mayBeOutput(run, path) && path.rest !== null ? path : null);
  }
  if (names.some(name => run.options.directories.includes(name)))
    noteRead(run, state, { at, path, how: 'environment', command });
}
