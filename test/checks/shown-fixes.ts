/** What the light bulb offers for the bad examples of a rule, tried: for the page of the rule. */

import { applyEdits, editsByFile, isSafe } from '../../server/src/checks/engine/apply-fixes.ts';
import { examplesOf } from '../../server/src/checks/examples/shown-examples.ts';
import type { ShownFix } from '../../server/src/checks/pages/rule-page.ts';
import type { Example, Fix, Rule } from '../../server/src/checks/rule.ts';
import { unifiedDiff } from '../../server/src/cli/output/unified-diff.ts';
import { check, type Texts } from './small-workspace.ts';

/** A line that says what is found in the one above it. */
const MARK_LINE = /^[ \t]*#[ #]*\^+>?[ \t]*[a-z]+\/[a-z-]+.*\n/gm;

/** Each fix once, by its title. */
export function shownFixes(rule: Rule): ShownFix[] {
  const byTitle = new Map<string, ShownFix>();
  for (const example of examplesOf(rule).bad)
    for (const fix of fixesOf(rule, example))
      if (!byTitle.has(fix.title)) byTitle.set(fix.title, shown(example.files, fix));
  return [...byTitle.values()];
}

function fixesOf({ id }: Rule, example: Example): Fix[] {
  const { findings } = check(example.files, example);
  return findings.filter(({ rule }) => rule === id).flatMap(({ fixes }) => fixes);
}

function shown(texts: Texts, fix: Fix): ShownFix {
  const changes = [...editsByFile([fix])].map(([path, edits]) => {
    const before = texts[path];
    const after = applyEdits(before ?? '', edits).replace(MARK_LINE, '');
    const diff = unifiedDiff(path, before?.replace(MARK_LINE, '') ?? null, after);
    return { path, diff: diff.replace(/^---.*\n\+\+\+.*\n/, '') };
  });
  return { title: fix.title, certain: isSafe(fix), changes };
}
