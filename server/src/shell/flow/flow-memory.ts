/**
 * Remembers the progress in long scripts, so that a keystroke near the end of a script does not follow its beginning
 * again. The beginning is reused if its statements are the same objects, which `pieces.ts` keeps while a script is
 * edited, and if the script can set the same variables.
 */

import type { Statement } from '../syntax.ts';
import type { AssignedNames } from './assigned.ts';
import { copyRun, type Run } from './flow-run.ts';
import { copyState, type State } from './flow-state.ts';

/** The facts and the state after some statements at the beginning of a script. */
interface Progress {
  readonly run: Run;
  readonly state: State;
}

/** Follows further statements and updates the progress. */
type Follow = (progress: Progress, statements: readonly Statement[]) => void;

/**
 * Follows the statements of a whole script.
 * @param start the progress at the beginning of the script
 * @returns the progress at its end, which the caller may change
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
  /** The number of statements that `progress` includes. */
  readonly count: number;
  readonly progress: Progress;
}

/** Shorter scripts are not worth remembering. */
const MIN_STATEMENTS = 20;

/** Few people edit more long scripts than this at the same time. */
const MAX_KEPT = 4;

/** Follows a script from its first statement without remembering anything. */
export const followFromStart: FollowBody = (body, _, start, follow) => {
  follow(start, body);
  return start;
};

/**
 * Returns a function that follows a long script from the first statement that differs from the scripts that it
 * followed last. Its results do not depend on those. All calls need the same `FlowOptions`.
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

/** Returns the progress after further statements, without changing `progress`. */
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
