// Every rule's examples do what its documentation says, and every fix of a bad example mends it.

import { describe, expect, it } from 'vitest';
import { rules } from '../../server/src/checks/index.ts';
import type { Example } from '../../server/src/checks/rule.ts';
import {
  applyFix,
  type Checked,
  check,
  defaults,
  expectMarked,
  expectSilent,
  marksIn,
  type Texts,
  usualFiles,
  type World,
} from './harness.ts';

/** A finding without its place, to compare findings before and after an edit that moves them. */
function findingsIn(texts: Texts, world: World): string[] {
  return checkIn(texts, world).findings.map(({ rule, at, message }) => `${at.file} ${rule}: ${message}`);
}

function checkIn(texts: Texts, world: World): Checked {
  return check(texts, defaults, usualFiles, world);
}

/** All examples parse, but those of the rule about files that do not. */
function expectParses(texts: Texts, id: string): void {
  if (id === 'host/unreadable') return;
  const { files } = check(texts);
  for (const path of Object.keys(texts).filter(each => each.endsWith('.nix'))) {
    expect(files.parse(path)?.errors.map(error => `${path}: ${error.message}`)).toEqual([]);
  }
}

const lenient = new Set(
  rules.filter(({ severity }) => severity === 'info' || severity === 'hint').map(({ id }) => id),
);

/** An example need not please the rules that give hints, unless it is theirs or says that they find something. */
function worldOf(id: string, example: Example): World {
  const marked = new Set(marksIn(example.files).map(mark => mark.rule));
  return { ...example, others: rule => lenient.has(rule) && rule !== id && !marked.has(rule) };
}

describe.each(rules.map(rule => [rule.id, rule] as const))('%s', (id, rule) => {
  it('says what it is', () => {
    expect(id).toMatch(/^(registry|eval|use|generator|option|store|inventory|sops|host)\/[a-z]+(-[a-z]+)*$/);
    expect(rule.summary).not.toMatch(/\.$|\n/);
    expect(rule.documentation.length).toBeGreaterThan(200);
    expect(rule.bad.length * rule.good.length).toBeGreaterThan(0);
  });

  describe.each(rule.bad.map(example => [example.title, example] as const))(
    'bad: %s',
    (_, example: Example) => {
      it('has this finding', () => {
        expectParses(example.files, id);
        if (example.found === undefined) expect(marksIn(example.files).map(mark => mark.rule)).toContain(id);
        const { findings } = expectMarked(example.files, defaults, usualFiles, worldOf(id, example));
        expect(findings.map(({ rule: found }) => found)).toContain(id);
      });

      it('is mended by each fix', () => {
        const world = worldOf(id, example);
        const before = findingsIn(example.files, world);
        for (const finding of checkIn(example.files, world).findings) {
          for (const fix of finding.fixes) {
            const texts = applyFix(example.files, fix);
            expectParses(texts, id);
            const gone = before.indexOf(`${finding.at.file} ${finding.rule}: ${finding.message}`);
            const others = before.filter((_, index) => index !== gone);
            // One fix may mend more than one finding; it must not make new ones.
            const after = findingsIn(texts, world);
            const left = [...others];
            const added = after.filter(each => {
              const index = left.indexOf(each);
              if (index !== -1) left.splice(index, 1);
              return index === -1;
            });
            expect({ fix: fix.title, added }).toEqual({ fix: fix.title, added: [] });
          }
        }
      });
    },
  );

  it.each(rule.good.map(example => [example.title, example] as const))('good: %s', (_, example) => {
    expectParses(example.files, id);
    expectSilent(example.files, defaults, worldOf(id, example));
  });
});
