/**
 * Traces: the selections that evaluation makes for an answer, as a value. An evaluated thunk selects nothing again,
 * so a selection is only in the trace of the question that needed it first.
 */
import type { Evaluation } from './evaluation.ts';
import type { Selection, Trace, Watch } from './selection.ts';

/** Returns an empty trace of selections from watched values. */
export function newTrace(watches: Watch): Trace {
  return { watches, selections: [] };
}

/** Asks a question and adds its selections to a trace, even if the question ends with an exception. */
export function recorded<T>(cx: Evaluation, trace: Trace | null, question: () => T): T {
  const before = cx.trace;
  cx.trace = trace;
  try {
    return question();
  } finally {
    cx.trace = before;
  }
}

/** Asks a question whose selections are not traced. */
export function unrecorded<T>(cx: Evaluation, question: () => T): T {
  return recorded(cx, null, question);
}

/** Adds a selection to the current trace, if its target is watched. */
export function record({ trace }: Evaluation, selection: Selection): void {
  if (trace?.watches(selection.target)) trace.selections.push(selection);
}
