/**
 * Remembers how far long scripts were followed before the statements that an edit changed: a keystroke near a script's
 * end does not follow its beginning again. The beginning is the same if its statements are the same objects, as they
 * are of a script that is typed in (`pieces.ts`), and if the script can set the same variables.
 */

import type { Statement } from '../syntax.ts';
import type { AssignedNames } from './assigned.ts';
import { copyRun, type Run } from './flow-run.ts';
import { copyState, type State } from './flow-state.ts';

/** The facts and the state after some statements from the beginning of a script. */
interface Progress {
  readonly run: Run;
  readonly state: State;
}

/** Follows statements from where others ended, which changes the progress. */
type Follow = (progress: Progress, statements: readonly Statement[]) => void;

/**
 * Follows the statements of a whole script.
 * @param start the progress at the beginning of the script
 * @returns the progress at its end, which belongs to the caller
 */
export type FollowBody = (
  body: readonly Statement[],
  assigned: AssignedNames,
  start: Progress,
  follow: Follow,
) => Progress;

interface Followed {
  readonly body: readonly Statement[];
  readonly assigned: AssignedNames;
  /** How many of its statements `progress` has behind it. */
  readonly count: number;
  readonly progress: Progress;
}

/** Shorter scripts are followed in no time. */
const MIN_STATEMENTS = 20;

/** People type in fewer long scripts than this at the same time. */
const MAX_KEPT = 4;

/** Follows a script from its first statement and remembers nothing. */
export const followFromStart: FollowBody = (body, _, start, follow) => {
  follow(start, body);
  return start;
};

/**
 * Returns a function that follows a long script from its first statement that is not in one of the scripts that it
 * followed last. What it returns does not depend on those. All its scripts need the same `FlowOptions`.
 */
export function rememberingFollower(): FollowBody {
  let kept: readonly Followed[] = [];
  return (body, assigned, start, follow) => {
    if (body.length < MIN_STATEMENTS) return followFromStart(body, assigned, start, follow);
    let before: Followed | null = null;
    let common = 0;
    for (const earlier of kept) {
      const count = commonCount(earlier.body, body);
      if (count <= common || !isSame(earlier.assigned, assigned)) continue;
      before = earlier;
      common = count;
    }
    const from = before !== null && before.count <= common ? before : { count: 0, progress: start };
    const same = advanced(from.progress, body.slice(from.count, common), follow);
    const others = kept.filter(earlier => earlier !== before).slice(0, MAX_KEPT - 1);
    kept = [{ body, assigned, count: common, progress: same }, ...others];
    return advanced(same, body.slice(common), follow);
  };
}

/** Returns the progress after more statements; `progress` itself stays as it is. */
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
