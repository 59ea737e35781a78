/** The examples of rules, for those who show or try them: pages, `explain`, tests. */

import type { Example, Examples, Rule } from '../rule.ts';
import * as fixtures from './all-examples.ts';

/** Makes the examples of a rule. */
export function examplesOf(rule: Rule): Examples {
  return rule.examples(fixtures);
}

/** The files that many examples share, by their paths: an example that is shown leaves them out. */
export const SHARED_FILES: Readonly<Record<string, string>> = fixtures.PIPELINE;

/** Returns the files of an example that say something about it. */
export function ownFiles({ files }: Example): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(files).filter(([path, text]) => SHARED_FILES[path] !== text));
}
