// docs/rules.md is made from the rules, and is as they are.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rulesPage } from '../../server/src/checks/documentation.ts';
import { ruleById, rules } from '../../server/src/checks/index.ts';
import { anchor } from '../../server/src/checks/pages.ts';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'rules.md'), 'utf8');

describe('docs/rules.md', () => {
  it('is current: node scripts/docs-rules.mjs writes it', () => {
    expect(page).toBe(rulesPage(rules));
  });

  it('has a heading for each link', () => {
    const anchors = new Set(
      [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchor(heading as string)),
    );
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, link]) => link as string);
    expect(links.length).toBeGreaterThan(rules.length);
    expect(links.filter(link => !anchors.has(link))).toEqual([]);
  });

  it('begins with its groups, each of which says what it is about', () => {
    const groups = [...new Set(rules.map(({ id }) => id.slice(0, id.indexOf('/'))))];
    for (const group of groups)
      expect(page).toMatch(
        new RegExp(`^- \\[[A-Z][^\\]]{15,}\\]\\(#rules-${group}\\) \\(\\d+ rules?\\)$`, 'm'),
      );
    const tables = page.slice(0, page.indexOf('\n## Severities'));
    for (const { id } of rules) expect(tables).toContain(`| [${id}](#`);
  });

  it('links to a rule as GitHub does', () => {
    expect(anchor('registry/unknown-key')).toBe('registryunknown-key');
    expect(page).toContain('[registry/unknown-key](#registryunknown-key) | error |');
  });
});

describe('the list of rules', () => {
  it('has each id once and finds rules by it', () => {
    expect(new Set(rules.map(rule => rule.id)).size).toBe(rules.length);
    for (const rule of rules) expect(ruleById(rule.id)).toBe(rule);
    expect(ruleById('registry/no-such-rule')).toBeNull();
  });

  it('has the rules of a group together', () => {
    const groups = rules.map(({ id }) => id.slice(0, id.indexOf('/')));
    const runs = groups.filter((group, index) => group !== groups[index - 1]);
    expect(runs).toEqual([
      'registry',
      'generator',
      'option',
      'use',
      'store',
      'inventory',
      'sops',
      'host',
      'eval',
    ]);
  });

  it('is documented with all the files of its examples', () => {
    for (const rule of rules) {
      expect(page).toContain(`\n## ${rule.id}\n`);
      for (const example of [...rule.bad, ...rule.good]) {
        for (const file of Object.values(example.files)) expect(page).toContain(file.trimEnd());
      }
    }
  });
});
