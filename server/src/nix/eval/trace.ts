/**
 * Traces: the selections that evaluation makes on the way to an answer, as a value. What has been evaluated before
 * selects nothing again, so a selection is in the trace of the question that asked for it first, and in no other.
 */
import type { Evaluation } from './evaluation.ts';
import type { Selection, Trace, Watch } from './selection.ts';

/** Returns an empty trace of selections from the values that are watched. */
export function newTrace(watches: Watch): Trace {
  return { watches, selections: [] };
}

/** Asks a question and adds the selections on the way to a trace, also where the question ends with an exception. */
export function recorded<T>(cx: Evaluation, trace: Trace | null, question: () => T): T {
  const before = cx.trace;
  cx.trace = trace;
  try {
    return question();
  } finally {
    cx.trace = before;
  }
}

/** Asks a question whose selections are in no trace. */
export function unrecorded<T>(cx: Evaluation, question: () => T): T {
  return recorded(cx, null, question);
}

/** Adds a selection to the trace that is being recorded, if it is one of those that are watched. */
export function record({ trace }: Evaluation, selection: Selection): void {
  if (trace?.watches(selection.target)) trace.selections.push(selection);
}
