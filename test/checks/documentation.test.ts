// docs/rules/ is made from the rules, and is as they are.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { examplesOf } from '../../server/src/checks/examples/shown-examples.ts';
import { GROUPS, rulePages } from '../../server/src/checks/pages/documentation.ts';
import { anchor, pageUrl, ruleUrl } from '../../server/src/checks/pages/pages.ts';
import { groupOf, rulePage } from '../../server/src/checks/pages/rule-page.ts';
import { ruleById, rules } from '../../server/src/checks/rules/index.ts';
import { shownFixes } from './shown-fixes.ts';

const DOCS = join(import.meta.dirname, '..', '..', 'docs');
const pages = rulePages(rules, shownFixes);
const pageOf = (id: string) => pages.get(`rules/${id}.md`) as string;
const index = pages.get('rules/README.md') as string;

describe('docs/rules', () => {
  it('is current, and nothing else lies there: node scripts/docs-rules.mjs writes it', () => {
    const found = readdirSync(join(DOCS, 'rules'), { recursive: true, encoding: 'utf8' })
      .filter(path => path.endsWith('.md'))
      .map(path => `rules/${path.replaceAll('\\', '/')}`);
    expect(found.sort()).toEqual([...pages.keys()].sort());
    for (const [path, text] of pages) expect(readFileSync(join(DOCS, path), 'utf8')).toBe(text);
  });

  it('has an index with each rule in the section of its group', () => {
    const groups = [...new Set(rules.map(groupOf))];
    expect(Object.keys(GROUPS)).toEqual(groups);
    for (const group of groups) {
      const section = index.split(/^## /m).find(text => text.startsWith(`${group}\n`)) as string;
      expect(section).toContain(`\n${GROUPS[group]}.\n`);
      const listed = [...section.matchAll(/^\| \[([^\]]+)\]\(([^)]+)\.md\) /gm)];
      const members = rules.filter(rule => groupOf(rule) === group).map(({ id }) => id);
      expect(listed.map(([, id]) => id)).toEqual(members);
      expect(listed.map(([, , page]) => page)).toEqual(members);
    }
  });

  it.each(rules.map(rule => [rule.id, rule] as const))('%s has a page with all parts', (id, rule) => {
    const page = pageOf(id);
    const { bad, good } = examplesOf(rule);
    const fixes = shownFixes(rule);
    const headings = [...page.matchAll(/^##? (.+)$/gm)].map(([, heading]) => heading as string);
    const wanted = ['Wrong', 'Right', ...(fixes.length > 0 ? ['Fix'] : []), 'Configuration', 'Source'];
    expect(headings.filter(heading => [id, ...wanted].includes(heading))).toEqual([id, ...wanted]);
    for (const example of [...bad, ...good]) {
      expect(page).toContain(`### ${example.title}\n`);
      const shared = pages.get('rules/shared-files.md') as string;
      for (const file of Object.values(example.files)) expect(page + shared).toContain(file.trimEnd());
    }
    expect(() =>
      readFileSync(join(DOCS, '..', 'server', 'src', 'checks', 'rules', `${id}.ts`), 'utf8'),
    ).not.toThrow();
  });

  it('shows what a fix changes, and which fixes need nobody to look at them', () => {
    const guessed = pageOf('registry/unknown-key');
    expect(guessed).toContain('* *Replace with "anthropic"*\n');
    expect(guessed).toContain('\n-    "anthropc"\n+    "anthropic"\n');
    expect(pageOf('registry/duplicate-key')).toMatch(
      /^\* \*.+\*, which `varsmith check --fix` applies too$/m,
    );
  });

  it('says how to switch an optional rule on, and any other off', () => {
    expect(pageOf('generator/unquoted-path')).toContain('"generator/unquoted-path": "hint"');
    expect(pageOf('registry/unknown-key')).toContain('"registry/unknown-key": "off"');
  });

  it('says nothing of fixes that nobody has tried', () => {
    expect(rulePage(ruleById('registry/unknown-key') as never)).not.toContain('\n## Fix\n');
  });
});

describe('addresses', () => {
  it('are those of pages below docs/', () => {
    expect(ruleUrl('registry/unknown-key')).toBe(
      'https://varsmith.github.io/varsmith/rules/registry/unknown-key',
    );
    expect(pageUrl('configuration')).toBe('https://varsmith.github.io/varsmith/configuration');
  });

  it('have the anchors that GitHub gives to headings', () => {
    expect(anchor('How much a script may take')).toBe('how-much-a-script-may-take');
    expect(anchor('registry/unknown-key')).toBe('registryunknown-key');
  });
});

describe('the list of rules', () => {
  it('has each id once and finds rules by it', () => {
    expect(new Set(rules.map(rule => rule.id)).size).toBe(rules.length);
    for (const rule of rules) expect(ruleById(rule.id)).toBe(rule);
    expect(ruleById('registry/no-such-rule')).toBeNull();
  });

  it('has the rules of a group together', () => {
    const groups = rules.map(groupOf);
    const runs = groups.filter((group, i) => group !== groups[i - 1]);
    expect(runs).toEqual(Object.keys(GROUPS));
  });
});
