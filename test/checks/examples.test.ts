// Every rule's examples do what its documentation says, and every fix of a bad example mends it.

import { describe, expect, it } from 'vitest';
import { examplesOf } from '../../server/src/checks/examples/shown-examples.ts';
import { rules } from '../../server/src/checks/rules/index.ts';
import { applyFix, check, judgedIn, judging, shownFinding, type Texts } from './harness.ts';

/** All examples parse, but those of the rule about files that do not. */
function expectParses(texts: Texts, id: string): void {
  if (id === 'host/unreadable') return;
  const { files } = check(texts, { rules: [] });
  for (const path of Object.keys(texts).filter(each => each.endsWith('.nix'))) {
    expect(files.parse(path)?.errors.map(error => `${path}: ${error.message}`)).toEqual([]);
  }
}

describe.each(rules.map(rule => [rule.id, rule] as const))('%s', (id, rule) => {
  const { bad, good } = examplesOf(rule);

  it('says what it is', () => {
    expect(id).toMatch(/^(registry|eval|use|generator|option|store|inventory|sops|host)\/[a-z]+(-[a-z]+)*$/);
    expect(rule.summary, 'is one line without a full stop').not.toMatch(/\.$|\n/);
    expect(
      rule.documentation.length,
      'the documentation says what is found, why it matters and what to do, in more than 200 characters',
    ).toBeGreaterThan(200);
    expect(bad.length, 'bad examples').toBeGreaterThan(0);
    expect(good.length, 'good examples').toBeGreaterThan(0);
  });

  describe.each(bad.map(example => [example.title, example] as const))('bad: %s', (_, example) => {
    const judged = judgedIn(rule, example);
    const { check, expectMarked } = judging(...judged);

    it('has this finding', () => {
      expectParses(example.files, id);
      const { findings } = expectMarked(example.files, example);
      expect(findings.map(finding => finding.rule)).toContain(id);
    });

    it('is mended by each fix', () => {
      const { findings } = check(example.files, example);
      const before = findings.map(shownFinding);
      for (const finding of findings) {
        for (const fix of finding.fixes) {
          const texts = applyFix(example.files, fix);
          expectParses(texts, id);
          const gone = before.indexOf(shownFinding(finding));
          const others = before.filter((_, index) => index !== gone);
          // One fix may mend more than one finding; it must not make new ones.
          const left = [...others];
          const edited = fix.edits.map(({ file }) => file);
          const added = check(texts, { ...example, edited })
            .findings.map(shownFinding)
            .filter(each => {
              const index = left.indexOf(each);
              if (index !== -1) left.splice(index, 1);
              return index === -1;
            });
          expect({ fix: fix.title, added }).toEqual({ fix: fix.title, added: [] });
        }
      }
    });
  });

  it.each(good.map(example => [example.title, example] as const))('good: %s', (_, example) => {
    expectParses(example.files, id);
    judging(...judgedIn(rule, example)).expectSilent(example.files, example);
  });
});
