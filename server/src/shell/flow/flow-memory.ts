/**
 * Where following a long script got to before the statements that an edit changed: a keystroke near its end does not
 * follow its beginning again. The beginning is the same if its statements are the same objects, as they are of a
 * script that is typed in (`pieces.ts`), and if the script can set the same variables.
 */

import type { Statement } from '../syntax.ts';
import type { AssignedNames } from './assigned.ts';
import { copyRun, type Run } from './flow-run.ts';
import { copyState, type State } from './flow-state.ts';

/** What following some statements from the beginning of a script came to. */
export interface Progress {
  readonly run: Run;
  readonly state: State;
}

/** Follows statements from where others ended, which changes the progress. */
export type Follow = (progress: Progress, statements: readonly Statement[]) => void;

interface Followed {
  readonly body: readonly Statement[];
  readonly assigned: AssignedNames;
  /** How many of its statements `progress` has behind it. */
  readonly count: number;
  readonly progress: Progress;
}

/** Less is followed in no time. */
const MIN_STATEMENTS = 20;

/** Nobody types in more long scripts than this at the same time. */
const MAX_KEPT = 4;

let kept: readonly Followed[] = [];

/**
 * Follows a script's statements, if it is long from the first that is not that of a script followed before.
 * @param start what following begins with, at the beginning of the script
 * @returns what it comes to, which is the caller's
 */
export function followAnew(
  body: readonly Statement[],
  assigned: AssignedNames,
  start: Progress,
  follow: Follow,
): Progress {
  if (body.length < MIN_STATEMENTS) {
    follow(start, body);
    return start;
  }
  const { options } = start.run;
  let before: Followed | null = null;
  let common = 0;
  for (const earlier of kept) {
    const count = commonCount(earlier.body, body);
    if (count <= common || earlier.progress.run.options !== options || !isSame(earlier.assigned, assigned))
      continue;
    before = earlier;
    common = count;
  }
  const from = before !== null && before.count <= common ? before : { count: 0, progress: start };
  const same = advanced(from.progress, body.slice(from.count, common), follow);
  const others = kept.filter(earlier => earlier !== before).slice(0, MAX_KEPT - 1);
  kept = [{ body, assigned, count: common, progress: same }, ...others];
  return advanced(same, body.slice(common), follow);
}

/** A progress with more statements behind it; the one before stays as it is. */
function advanced(progress: Progress, statements: readonly Statement[], follow: Follow): Progress {
  const copy = { run: copyRun(progress.run), state: copyState(progress.state) };
  follow(copy, statements);
  return copy;
}

function commonCount(left: readonly Statement[], right: readonly Statement[]): number {
  const index = right.findIndex((statement, at) => statement !== left[at]);
  return index === -1 ? right.length : index;
}

function isSame(left: AssignedNames, right: AssignedNames): boolean {
  if (left.unseen !== right.unseen || left.names.size !== right.names.size) return false;
  return [...left.names].every(name => right.names.has(name));
}
