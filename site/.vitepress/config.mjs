// The site, made of the Markdown files of docs/.

import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitepress';
import { anchor, pageFile, siteLink } from '../links.mjs';
import { DOCS, ruleSections, SECTIONS } from '../navigation.mjs';

const BASE = '/varsmith/';
const REPOSITORY = 'https://github.com/varsmith/varsmith';

// The generator compiles pages where its own packages can be found, which is not in docs/.
const PAGES = join(import.meta.dirname, '..', '.pages');
rmSync(PAGES, { recursive: true, force: true });
cpSync(DOCS, PAGES, { recursive: true });
cpSync(join(import.meta.dirname, '..', 'public'), join(PAGES, 'public'), { recursive: true });
cpSync(join(DOCS, 'schemas'), join(PAGES, 'public', 'schemas'), { recursive: true });

// Above the first page stands its heading already.
const first = join(PAGES, 'README.md');
writeFileSync(first, readFileSync(first, 'utf8').replace(/^# .*\n/, ''));

const address = page => `/${pageFile(`${page}.md`).replace(/(index)?\.md$/, '')}`;
const items = ({ pages }) => pages.map(({ page, title }) => ({ text: title, link: address(page) }));
const group = section => ({ text: section.title, items: items(section) });

/** Beside a rule the rules of its group, and the way to the others. */
function ruleSidebars() {
  const sections = ruleSections();
  const groups = {
    text: 'Groups',
    items: sections.map(({ title }) => ({ text: title, link: `/rules/#${title}` })),
  };
  const all = { text: 'All rules', link: '/rules/' };
  const sidebars = sections.map(section => [`/rules/${section.title}/`, [all, group(section), groups]]);
  return { ...Object.fromEntries(sidebars), '/rules/': [all, groups] };
}

/** The first page: what Varsmith is, above what docs/README.md lists. */
const HOME = {
  layout: 'home',
  title: 'Varsmith: vars of NixOS fleets',
  titleTemplate: false,
  hero: {
    name: 'Varsmith',
    text: 'Vars of NixOS fleets, checked as you type',
    tagline:
      'It reads your Nix, says what is wrong with its secrets and public files, generates and stores them, and shows who can read what. No Nix, no network, no configuration needed.',
    actions: [
      { theme: 'brand', text: 'A first secret', link: '/guides/first-secret' },
      { theme: 'alt', text: 'All rules', link: '/rules/' },
    ],
  },
};

export default defineConfig({
  title: 'Varsmith',
  description: 'Vars of NixOS fleets: checked as you type, generated, stored, and shown.',
  lang: 'en',
  base: BASE,
  srcDir: PAGES,
  outDir: join(import.meta.dirname, '..', '..', 'out', 'site'),
  cacheDir: join(import.meta.dirname, '..', 'node_modules', '.vitepress'),
  srcExclude: ['walkthrough/**'],
  rewrites: pageFile,
  cleanUrls: true,
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${BASE}icon.svg` }]],
  markdown: {
    // Comments of the usual themes are too pale to read.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    anchor: { slugify: anchor },
    headers: { slugify: anchor },
    config: md => {
      md.core.ruler.push('links-of-the-repository', state => {
        const from = state.env.relativePath ?? '';
        for (const token of state.tokens.flatMap(({ children }) => children ?? []))
          if (token.type === 'link_open') token.attrSet('href', siteLink(token.attrGet('href') ?? '', from));
      });
    },
  },
  transformPageData: page => {
    if (page.relativePath !== 'index.md') return {};
    return { frontmatter: { ...page.frontmatter, ...HOME } };
  },
  themeConfig: {
    nav: [
      { text: 'Guides', link: address(SECTIONS[0].pages[0].page), activeMatch: '^/guides/' },
      { text: 'Rules', link: '/rules/', activeMatch: '^/rules/' },
      { text: 'Commands', link: '/commands' },
      { text: 'Configuration', link: '/configuration' },
    ],
    sidebar: { ...ruleSidebars(), '/': SECTIONS.map(group) },
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: REPOSITORY }],
    outline: 'deep',
    notFound: {
      title: 'This page does not exist',
      quote: 'It may have moved. The search above finds it.',
      linkText: 'Go to the first page',
      linkLabel: 'Go to the first page',
    },
  },
});
