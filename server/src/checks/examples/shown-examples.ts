/** Access to the examples of rules, for pages, `explain` and tests. */

import type { Example, Examples, Rule } from '../rule.ts';
import * as fixtures from './all-examples.ts';

/** Creates the examples of a rule. */
export function examplesOf(rule: Rule): Examples {
  return rule.examples(fixtures);
}

/** Files shared by many examples, by path. They are omitted when an example is displayed. */
export const SHARED_FILES: Readonly<Record<string, string>> = fixtures.PIPELINE;

/** Returns the files of an example that are specific to it. */
export function ownFiles({ files }: Example): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(files).filter(([path, text]) => SHARED_FILES[path] !== text));
}
