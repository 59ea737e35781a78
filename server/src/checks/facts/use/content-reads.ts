/**
 * What opens the file that a path leads to, among the steps that the path takes: during evaluation, or while
 * something is built. A path that is only handed on opens nothing.
 */
import type { Range } from '../../../nix/syntax.ts';
import { isItself, type Step } from './value-flow.ts';

export interface Opened {
  /** `read`: its content goes on; `copied`: into the store; `build`: read by the script of a build. */
  readonly how: 'read' | 'copied' | 'build';
  /** The name of the function. */
  readonly at: Range;
  /** The steps that the content takes from there. */
  readonly after: readonly Step[];
}

/** Functions that read the file they are given, and which of their arguments that is. */
const READERS: ReadonlyMap<string, number> = new Map([
  ['readFile', 0],
  ['fileContents', 0],
  ['importJSON', 0],
  ['importTOML', 0],
  ['hashFile', 1],
]);

/** Functions that copy it to the store. */
const COPIERS: ReadonlyMap<string, number> = new Map([
  ['copyPathToStore', 0],
  ['filterSource', 1],
  ['cleanSource', 0],
]);

/** Functions of which a script is run when the result is built. */
const BUILDS: ReadonlyMap<string, number> = new Map([
  ['runCommand', 2],
  ['runCommandLocal', 2],
  ['runCommandCC', 2],
]);

/** The text of a file has this if anything in it opens a file. */
export const OPENERS = new RegExp(
  `${[...READERS.keys(), ...COPIERS.keys(), ...BUILDS.keys()].join('|')}|\\bpath"?\\s*=`,
);

/** Returns where the file is opened that a path leads to; null where it is not, or not certainly. */
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

/** `cat ${path}` as a command of its own; what is quoted or in a heredoc may be meant for later. */
function isRead({ string, hole }: Extract<Step, { kind: 'text' }>): boolean {
  const at = string.parts.indexOf(hole);
  const texts = string.parts.map(part => (part.kind === 'text' ? part.value : 'x'));
  if (texts.join('').includes('<<')) return false;
  const before = texts.slice(0, at).join('');
  const quotes = before.replace(/"$/, '');
  if (/["'`\\]/.test(quotes)) return false;
  return /(?:^|[\n;&|])\s*cat\s+"?$/.test(before);
}
