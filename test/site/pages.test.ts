// The Markdown sources of the documentation: links lead somewhere, and every page has its place on the site.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { anchor as anchorOfServer } from '../../server/src/checks/pages/pages.ts';
import { anchor, pageFile, siteLink } from '../../site/links.mjs';
import { DOCS, OTHER_PAGES, ruleSections, SECTIONS } from '../../site/navigation.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const OUTSIDE = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'examples/README.md'];
const inDocs = readdirSync(DOCS, { recursive: true, encoding: 'utf8' })
  .map(path => path.replaceAll('\\', '/'))
  .filter(path => path.endsWith('.md') && !path.startsWith('walkthrough/'));
const SOURCES = [...OUTSIDE, ...inDocs.map(path => `docs/${path}`)].filter(path =>
  existsSync(join(ROOT, path)),
);

/** The text without what is shown as it stands. */
function prose(path: string): string {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return text
    .replace(/^( *)(`{3,}).*\n[\s\S]*?^\1\2 *$/gm, '')
    .replace(/(`+)[^`\n](?:.*?[^`\n])?\1(?!`)/g, '`…`');
}

const anchors = new Map<string, ReadonlySet<string>>();
/** Those of headings, numbered as GitHub does where a heading is there twice. */
function anchorsOf(path: string): ReadonlySet<string> {
  const known = anchors.get(path);
  if (known !== undefined) return known;
  const text = readFileSync(join(ROOT, path), 'utf8').replace(/^( *)(`{3,}).*\n[\s\S]*?^\1\2 *$/gm, '');
  const found = new Map<string, number>();
  const all = [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => {
    const name = anchor((heading as string).replace(/\[([^\]]*)\]\([^)]*\)/g, '$1'));
    const before = found.get(name) ?? 0;
    found.set(name, before + 1);
    return before === 0 ? name : `${name}-${before}`;
  });
  anchors.set(path, new Set(all));
  return anchors.get(path) as ReadonlySet<string>;
}

function deadLinksOf(path: string): string[] {
  const text = prose(path);
  const links = [
    ...[...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, href]) => href as string),
    ...[...text.matchAll(/(?:src|srcset)="([^"]+)"/g)].map(([, href]) => href as string),
  ];
  return links.filter(href => {
    if (/^[a-z]+:/.test(href)) return false;
    const [file = '', hash = ''] = href.split('#');
    const target = file === '' ? path : normalize(join(dirname(path), decodeURIComponent(file)));
    const absolute = join(ROOT, target);
    if (relative(ROOT, absolute).startsWith('..') || !existsSync(absolute)) return true;
    if (hash === '' || !target.endsWith('.md') || statSync(absolute).isDirectory()) return false;
    return !anchorsOf(target).has(hash);
  });
}

test.each(SOURCES)('links and anchors of %s lead somewhere', path => {
  expect(deadLinksOf(path)).toEqual([]);
});

test('every column of a table has a name, for those who hear it', () => {
  const nameless = SOURCES.filter(path =>
    /^\|(?:[^\n]*\|)?[ \t]*\|[^\n]*\n\|[ \t]*:?-+/m.test(readFileSync(join(ROOT, path), 'utf8')),
  );
  expect(nameless).toEqual([]);
});

describe('the navigation', () => {
  const placed = [...SECTIONS, ...ruleSections()].flatMap(({ pages }) => pages.map(({ page }) => page));

  test('has every page of docs/ once: site/navigation.mjs is where a new one goes', () => {
    const wanted = inDocs.map(path => path.replace(/\.md$/, ''));
    expect([...placed, ...OTHER_PAGES].sort()).toEqual(wanted.sort());
  });

  test('calls no two pages of a section the same', () => {
    for (const { title, pages } of SECTIONS)
      expect([title, new Set(pages.map(page => page.title)).size]).toEqual([title, pages.length]);
  });
});

describe('links on the site', () => {
  test.each([
    ['to a page', 'sandbox.md#what-it-needs', 'generate.md', 'sandbox.md#what-it-needs'],
    ['to the first page of a folder', '../README.md#store', 'rules/store/missing.md', '../index.md#store'],
    ['to a schema', 'schemas/check.schema.json', 'access.md', '/schemas/check.schema.json'],
    [
      'to a file of the repository',
      '../examples/README.md',
      'start.md',
      'https://github.com/varsmith/varsmith/blob/main/examples/README.md',
    ],
    ['to another site', 'https://clan.lol', 'start.md', 'https://clan.lol'],
    ['within a page', '#store', 'start.md', '#store'],
  ])('%s', (_, href, from, wanted) => {
    expect(siteLink(href, from)).toBe(wanted);
  });

  test('a README is the first page of its folder', () => {
    expect(pageFile('rules/README.md')).toBe('rules/index.md');
    expect(pageFile('README.md')).toBe('index.md');
    expect(pageFile('vscode.md')).toBe('vscode.md');
  });

  test('headings have the anchors that addresses in the program count on', () => {
    for (const heading of ['How much a script may take', 'Rules `registry/*`', 'What it is for: Doctor'])
      expect(anchor(heading)).toBe(anchorOfServer(heading));
  });
});

test('what the site is made with is pinned, in a lockfile of its own without the host of a registry', () => {
  const read = (name: string) => JSON.parse(readFileSync(join(ROOT, 'site', name), 'utf8'));
  const { dependencies } = read('package.json');
  for (const version of Object.values(dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  const { packages } = read('package-lock.json');
  expect(packages[''].dependencies).toEqual(dependencies);
  expect(readFileSync(join(ROOT, 'site', 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
});
