// What is to be seen when a walk fails, as text: a record of a run often keeps nothing but what was printed.
// Knows the parts of the workbench, and nothing of Varsmith but the name of its log.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** A page that does not answer in this time is itself the news. */
const ANSWER_MS = 5_000;
const TAIL = 25;

const short = (text, length = 160) => {
  const line = stripVTControlCharacters(String(text)).replace(/\s+/g, ' ').trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
};

/** Runs in the page: what each part of the window shows, as lines. */
function partsShown() {
  const { document } = globalThis;
  const shown = node =>
    node.getClientRects().length > 0 && globalThis.getComputedStyle(node).visibility !== 'hidden';
  const all = selector => [...document.querySelectorAll(selector)].filter(shown);
  const texts = selector => all(selector).map(node => node.textContent ?? '');
  const marks = row =>
    ['focused', 'selected']
      .filter(name => row.classList.contains(name))
      .concat(row.querySelector(':checked, [aria-checked=true]') ? ['checked'] : [])
      .join(' ');
  const rows = selector =>
    all(`${selector} .monaco-list-row`).map(row => `${row.textContent}${marks(row) && ` [${marks(row)}]`}`);
  const focus = document.activeElement;
  const named = ['aria-label', 'title', 'placeholder'].map(name => focus?.getAttribute(name)).find(Boolean);
  return {
    'the focus is on': [`${focus?.tagName.toLowerCase()}.${focus?.className} ${named ?? ''}`],
    'quick input, title': texts('.quick-input-title'),
    'quick input, message': texts('.quick-input-message'),
    'quick input, value': all('.quick-input-widget input:is([type=text], [type=password])').map(
      ({ type, value, placeholder }) =>
        `${type === 'password' ? `${value.length} characters` : JSON.stringify(value)} (${placeholder})`,
    ),
    'quick input, chosen': texts('.quick-input-count'),
    'quick input, rows': rows('.quick-input-list'),
    dialogue: texts('.monaco-dialog-box'),
    menu: [...texts('.monaco-menu .action-label'), ...rows('.action-widget')],
    notifications: texts('.notification-list-item'),
    hover: texts('.monaco-hover, .token-inspect-widget'),
    tabs: all('.tabs-container .tab').map(
      tab =>
        `${tab.textContent}${['active', 'dirty']
          .filter(name => tab.classList.contains(name))
          .map(name => ` [${name}]`)
          .join('')}`,
    ),
    'side bar': [...texts('.sidebar .welcome-view'), ...texts('.sidebar .message'), ...rows('.sidebar')],
    panel: [
      ...texts('.panel .action-item.checked'),
      ...texts('.panel .markers-panel-container .message-box-container'),
      ...rows('.panel'),
    ],
    'status bar': texts('.statusbar-item'),
  };
}

/** What the pages in tabs show. */
function pagesShown(page) {
  // The editor puts each into a frame within a frame.
  const inner = page.frames().filter(frame => frame.parentFrame()?.parentFrame());
  return Promise.all(inner.map(frame => frame.evaluate(() => globalThis.document.body?.textContent ?? '')));
}

async function answered(work) {
  let timer;
  const late = new Promise(resolve => {
    timer = setTimeout(() => resolve('no answer'), ANSWER_MS);
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    return error.message;
  } finally {
    clearTimeout(timer);
  }
}

/** The ends of the logs of the extension host and of the extension's output, below the profile of a code-server. */
function logs(profile) {
  const folder = path.join(profile, 'user-data/logs');
  if (!fs.existsSync(folder)) return [];
  const names = fs
    .readdirSync(folder, { recursive: true })
    .filter(name => /(remoteexthost|varsmith)[^/]*\.log$/i.test(name));
  return names.map(name => [name, fs.readFileSync(path.join(folder, name), 'utf8')]);
}

/** Keeps what the page says on its console that may be bad news. */
export function listenTo(page) {
  const said = [];
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) said.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', error => said.push(`thrown: ${error.stack ?? error.message}`));
  page.on('crash', () => said.push('the page crashed'));
  return said;
}

/**
 * What is to be seen now, as lines. Never throws, and takes ten seconds at most.
 * @param {{ page?: import('playwright-core').Page, said: readonly string[], server?: { home: string, output(): string } }} scene
 */
export async function seen({ page, said, server }) {
  const lines = [];
  const list = (title, entries, length) => {
    const said = entries.map(entry => short(entry, length)).filter(Boolean);
    if (said.length > 0) lines.push(`${title}:`, ...said.map(line => `  ${line}`));
  };
  if (page) {
    lines.push(`address: ${page.url()}`);
    const parts = await answered(page.evaluate(partsShown));
    if (typeof parts === 'string') lines.push(`the page: ${parts}`);
    else for (const [title, entries] of Object.entries(parts)) list(title, entries.slice(0, TAIL));
    list('pages in tabs', [await answered(pagesShown(page))].flat(), 800);
    list('console of the page', said.slice(-TAIL), 400);
  }
  const end = text => text.trimEnd().split('\n').slice(-TAIL);
  if (server) {
    list('code-server', end(server.output()), 300);
    for (const [name, text] of logs(server.home)) list(name, end(text), 300);
  }
  return lines;
}
