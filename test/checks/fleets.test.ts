// The broken example fleet has exactly the mistakes that it marks. `clean-fleets.test.ts` holds that the other has none.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rules } from '../../server/src/checks/rules/index.ts';
import { brokenFleetRoot, markedMistakes, nixFiles } from '../examples/folders.ts';
import { applyFix, check, judging, type Texts } from './harness.ts';

function read(root: string): Texts {
  return Object.fromEntries(nixFiles(root).map(file => [file, readFileSync(join(root, file), 'utf8')]));
}

const lineOf = (texts: Texts, file: string, offset: number): number =>
  (texts[file] ?? '').slice(0, offset).split('\n').length;

describe('the broken fleet', () => {
  const texts = read(brokenFleetRoot);
  const { findings } = check(texts);
  const shown = (file: string, line: number, rule: string) => `${file}:${line} ${rule}`;

  it.each(rules.map(({ id }) => id))('has exactly the findings of %s that it marks', id => {
    const own = <T extends { readonly rule: string }>(each: readonly T[]) =>
      each.filter(({ rule }) => rule === id);
    expect(
      own(findings)
        .map(({ at, rule }) => shown(at.file, lineOf(texts, at.file, at.start), rule))
        .sort(),
    ).toEqual(
      own(markedMistakes(brokenFleetRoot))
        .map(({ file, line, rule }) => shown(file, line, rule))
        .sort(),
    );
  });

  it('marks only rules that there are', () => {
    const ids = new Set(rules.map(({ id }) => id));
    expect(markedMistakes(brokenFleetRoot).filter(({ rule }) => !ids.has(rule))).toEqual([]);
  });

  it('names the machines that are concerned', () => {
    const machines = Object.fromEntries(findings.map(finding => [finding.rule, finding.machines]));
    expect(machines).toMatchObject({
      'registry/unknown-key': ['lea'],
      'registry/duplicate-key': ['tove'],
      'registry/missing-machine': ['lea2'],
      'registry/duplicate-env-var': ['tove'],
      'registry/accessor-not-selected': ['tove'],
      'use/undefined-generator': ['tove'],
    });
  });

  it('has one finding less after each preferred fix', () => {
    const marked = judging(...new Set(markedMistakes(brokenFleetRoot).map(({ rule }) => rule)));
    const { findings } = marked.check(texts);
    const fixes = findings.flatMap(finding =>
      finding.fixes.filter(fix => fix.preferred).map(fix => ({ rule: finding.rule, fix })),
    );
    expect(fixes.length).toBeGreaterThan(8);
    for (const { rule, fix } of fixes) {
      const after = marked.check(applyFix(texts, fix)).findings.map(finding => finding.rule);
      expect({ rule, after }).toEqual({
        rule,
        after: findings.map(finding => finding.rule).filter(each => each !== rule),
      });
    }
  });
});
