/**
 * Finds the steps along a path that open the file it leads to: during evaluation or during a build. Passing the
 * path on opens nothing.
 */
import type { Range } from '../../../nix/syntax.ts';
import { isItself, type Step } from './value-flow.ts';

export interface Opened {
  /**
   * `read`: its content is used in evaluation; `copied`: it is copied into the store; `build`: a build script
   * reads it.
   */
  readonly how: 'read' | 'copied' | 'build';
  /** The place of the function's name. */
  readonly at: Range;
  /** The steps that the content takes from there. */
  readonly after: readonly Step[];
}

/** Functions that read a file, with the index of the argument for its path. */
const READERS: ReadonlyMap<string, number> = new Map([
  ['readFile', 0],
  ['fileContents', 0],
  ['importJSON', 0],
  ['importTOML', 0],
  ['hashFile', 1],
]);

/** Functions that copy a file to the store. */
const COPIERS: ReadonlyMap<string, number> = new Map([
  ['copyPathToStore', 0],
  ['filterSource', 1],
  ['cleanSource', 0],
]);

/** Functions with a script that runs when the result is built. */
const BUILDS: ReadonlyMap<string, number> = new Map([
  ['runCommand', 2],
  ['runCommandLocal', 2],
  ['runCommandCC', 2],
]);

/** Matches the text of every file that contains an opening function. */
export const OPENERS = new RegExp(
  `${[...READERS.keys(), ...COPIERS.keys(), ...BUILDS.keys()].join('|')}|\\bpath"?\\s*=`,
);

/** Returns where the file at a path is opened, or null if it is not, or not certainly. */
export function openedBy(steps: readonly Step[]): Opened | null {
  const index = steps.findIndex(step => step.kind === 'call');
  const call = steps[index];
  if (call?.kind !== 'call') return null;
  const before = steps.slice(0, index);
  const opened = (how: Opened['how']): Opened => ({ how, at: call.at, after: steps.slice(index + 1) });
  if (isItself(before)) {
    if (READERS.get(call.name) === call.argument) return opened('read');
    if (COPIERS.get(call.name) === call.argument) return opened('copied');
    if (BUILDS.get(call.name) === call.argument) return null;
  }
  const [first, ...others] = before;
  if (call.name === 'path' && first?.kind === 'attribute' && first.names.join() === 'path')
    return others.length === 0 ? opened('copied') : null;
  if (BUILDS.get(call.name) === call.argument && first?.kind === 'text' && others.length === 0)
    return isRead(first) ? opened('build') : null;
  return null;
}

/**
 * Returns whether `cat ${path}` is a command of its own. Quoted text or a here-document may be meant for later.
 */
function isRead({ string, hole }: Extract<Step, { kind: 'text' }>): boolean {
  const at = string.parts.indexOf(hole);
  const texts = string.parts.map(part => (part.kind === 'text' ? part.value : 'x'));
  if (texts.join('').includes('<<')) return false;
  const before = texts.slice(0, at).join('');
  const quotes = before.replace(/"$/, '');
  if (/["'`\\]/.test(quotes)) return false;
  return /(?:^|[\n;&|])\s*cat\s+"?$/.test(before);
}
