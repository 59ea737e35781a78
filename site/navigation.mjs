// What stands where on the site. Data, so that a test can hold that every page of docs/ has its place. Pages are named as
// below docs/, without `.md`.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const DOCS = join(import.meta.dirname, '..', 'docs');

/**
 * @typedef {{ readonly page: string, readonly title: string }} Entry
 * @typedef {{ readonly title: string, readonly pages: readonly Entry[] }} Section
 */

/** Pages with their titles here; a page that is not there is left out. */
const entries = pages =>
  Object.entries(pages)
    .filter(([page]) => existsSync(join(DOCS, `${page}.md`)))
    .map(([page, title]) => ({ page, title }));

/** @type {readonly Section[]} */
export const SECTIONS = [
  {
    title: 'Guides',
    pages: entries({
      'guides/first-secret': 'A first secret',
      'guides/ca-chain': 'A certificate authority',
      'guides/new-machine': 'A new machine',
      'guides/team': 'Working in a team',
      ci: 'In CI',
      migrate: 'Coming from sops-nix or agenix',
      start: 'A registry pipeline',
    }),
  },
  {
    title: 'In the editor',
    pages: entries({
      vscode: 'VS Code',
      features: 'What the editor can do',
      'editors/README': 'Other editors',
      'editors/neovim': 'Neovim',
      'editors/helix': 'Helix',
      'editors/emacs': 'Emacs',
      'editors/zed': 'Zed',
    }),
  },
  {
    title: 'Working with vars',
    pages: entries({
      scaffolding: 'Adding secrets and generators',
      generate: 'Generating',
      'session-variables': 'Session variables',
      access: 'Who can read what',
      deploy: 'Deploying',
      fleets: 'How a fleet may be laid out',
    }),
  },
  {
    title: 'Reference',
    pages: entries({
      commands: 'Commands',
      shells: 'Completion in shells',
      'exit-codes': 'Exit codes',
      json: 'JSON for programs',
      nix: 'Asking Nix',
      configuration: 'Configuration',
      settings: 'Settings of VS Code',
    }),
  },
  {
    title: 'Design',
    pages: entries({
      sandbox: 'The sandbox',
      'custom-store': 'A store of your own',
      performance: 'Performance',
      precision: 'Precision',
      coverage: 'Coverage',
      truth: 'Truth and recall',
      reliability: 'Reliability',
      'design/engine': 'The engine',
    }),
  },
];

/**
 * The rules by group, as their index lists them.
 * @returns {readonly Section[]}
 */
export function ruleSections() {
  const [, ...groups] = readFileSync(join(DOCS, 'rules', 'README.md'), 'utf8').split(/^## /m);
  return groups.map(text => ({
    title: text.slice(0, text.indexOf('\n')),
    pages: [...text.matchAll(/^\| \[[^\]]+\]\(([^)]+)\.md\)/gm)].map(([, id]) => ({
      page: `rules/${id}`,
      title: id.slice(id.indexOf('/') + 1),
    })),
  }));
}

/** Pages that are reached otherwise than by a section: the first page, the index of the rules and what it shares. */
export const OTHER_PAGES = ['README', 'rules/README', 'rules/shared-files'];
