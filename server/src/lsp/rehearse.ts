/**
 * Analyses nobody asked for, in the idle turns after the start. V8 compiles what runs often: without this the first
 * forty keystrokes of a person would take two to three times as long as the later ones.
 */
import type { Analysis } from './analysis.ts';
import { type Log, messageOf } from './guard.ts';

/**
 * Rehearses in turns of its own; any message that arrives goes first.
 * @param times how many analyses at most
 */
export function rehearse(analysis: Analysis, times: number, log: Log): void {
  const turn = (left: number): void => {
    if (left === 0) return;
    setImmediate(() => {
      if (analysis.isBusy()) return turn(left);
      try {
        const rehearsed = analysis.folders.all().filter(workspace => workspace.rehearse(left));
        if (rehearsed.length > 0) turn(left - 1);
      } catch (error) {
        log(`rehearsal: ${messageOf(error)}`);
      }
    });
  };
  turn(times);
}
