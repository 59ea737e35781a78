// Looks at the built site in Chromium: links and anchors that lead nowhere, what axe-core finds in light and dark, and
// requests to other hosts.
//
//   node site/check.mjs [--pictures DIR]     after `vitepress build`; ends with 1 if anything is found

import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { CHROMIUM, CHROMIUM_ARGS } from '../test/workbench/env.mjs';

const SITE = join(import.meta.dirname, '..', 'out', 'site');
const BASE = '/varsmith/';
const AXE = createRequire(import.meta.url).resolve('axe-core');
const { values: options } = parseArgs({ options: { pictures: { type: 'string' } } });

/** A page of every layout. */
const SAMPLE = [
  '',
  'guides/first-secret',
  'commands',
  'rules/',
  'rules/registry/unknown-key',
  'generate',
  'features',
  'settings',
  'performance',
  '404.html',
];
const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.png': 'image/png',
};

/** The file of an address, as GitHub Pages finds it; null where there is none. */
function fileOf(path) {
  if (!path.startsWith(BASE)) return null;
  const name = join(SITE, decodeURIComponent(path.slice(BASE.length)));
  const candidates = path.endsWith('/')
    ? [join(name, 'index.html')]
    : [name, `${name}.html`, join(name, 'index.html')];
  return candidates.find(file => existsSync(file) && statSync(file).isFile()) ?? null;
}

function serve() {
  const server = createServer((request, response) => {
    const file = fileOf(new URL(request.url, 'http://site').pathname);
    response.writeHead(file === null ? 404 : 200, {
      'content-type': TYPES[extname(file ?? '.html')] ?? 'text/plain',
    });
    createReadStream(file ?? join(SITE, '404.html')).pipe(response);
  });
  return new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** Links of the built pages that lead to no file, or to no element of it. */
function deadLinks() {
  const pages = readdirSync(SITE, { recursive: true, encoding: 'utf8' }).filter(name =>
    name.endsWith('.html'),
  );
  const ids = new Map();
  const idsOf = file => {
    if (!ids.has(file))
      ids.set(file, new Set([...readFileSync(file, 'utf8').matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)));
    return ids.get(file);
  };
  const dead = [];
  let count = 0;
  for (const page of pages) {
    const html = readFileSync(join(SITE, page), 'utf8');
    const own = `http://site${BASE}${page.replace(/(index)?\.html$/, '')}`;
    for (const [, href] of html.matchAll(/<a\s[^>]*?href="([^"]*)"/g)) {
      const url = new URL(href.replaceAll('&amp;', '&'), own);
      if (url.host !== 'site') continue;
      count++;
      const file = fileOf(url.pathname);
      const id = decodeURIComponent(url.hash.slice(1));
      if (file === null || (id !== '' && file.endsWith('.html') && !idsOf(file).has(id)))
        dead.push(`${page}: ${href} leads nowhere`);
    }
  }
  return { dead, count, pages: pages.length };
}

async function look(browser, origin, found) {
  for (const colorScheme of ['light', 'dark']) {
    for (const [width, viewport] of Object.entries({ wide: WIDE, narrow: NARROW })) {
      const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
      const page = await context.newPage();
      page.on('request', request => {
        const url = new URL(request.url());
        if (url.protocol !== 'data:' && url.origin !== origin) found.push(`a request to ${url.href}`);
      });
      page.on('pageerror', error => found.push(`${page.url()}: ${error.message}`));
      for (const name of SAMPLE) {
        await page.goto(`${origin}${BASE}${name}`, { waitUntil: 'networkidle' });
        await page.addScriptTag({ path: AXE });
        const { violations } = await page.evaluate(() => globalThis.axe.run());
        for (const { id, nodes } of violations)
          found.push(
            `${name || 'first page'}, ${colorScheme}, ${width}: ${id} (${nodes.length}): ${nodes[0].html.slice(0, 160)}`,
          );
        if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth))
          found.push(`${name || 'first page'}, ${width}: wider than the window`);
        if (options.pictures !== undefined) {
          const file = `${name.replaceAll('/', '-') || 'home'}-${colorScheme}-${width}.png`;
          await page.screenshot({ path: join(options.pictures, file) });
        }
      }
      await context.close();
    }
  }
}

/** The search finds a page by a word of it, without a server. */
async function search(browser, origin, found) {
  const page = await browser.newPage({ viewport: WIDE });
  await page.goto(`${origin}${BASE}`, { waitUntil: 'networkidle' });
  await page.keyboard.press('/');
  await page.locator('#localsearch-input').fill('unknown-key');
  const first = page.locator('#localsearch-list a').first();
  await first.waitFor();
  const hrefs = await page
    .locator('#localsearch-list a')
    .evaluateAll(links => links.map(link => link.getAttribute('href')));
  if (!hrefs.some(href => href?.includes('rules/registry/unknown-key')))
    found.push(`the search for unknown-key finds ${hrefs.join(', ')}`);
  if (options.pictures !== undefined) await page.screenshot({ path: join(options.pictures, 'search.png') });
  await page.close();
}

if (!existsSync(join(SITE, 'index.html'))) {
  console.error('There is no built site in out/site: `npm run site` builds and checks it.');
  process.exit(2);
}
if (!CHROMIUM) {
  console.error('There is no Chromium: install it, or name one in VSC_CHROMIUM.');
  process.exit(2);
}
if (options.pictures !== undefined) mkdirSync(options.pictures, { recursive: true });
const { dead, count, pages } = deadLinks();
const found = [...dead];
const server = await serve();
const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: CHROMIUM_ARGS });
const origin = `http://127.0.0.1:${server.address().port}`;
try {
  await look(browser, origin, found);
  await search(browser, origin, found);
} finally {
  await browser.close();
  server.close();
}
for (const line of new Set(found)) console.error(line);
console.log(
  `${pages} pages, ${count} links, ${SAMPLE.length} pages looked at in light and dark, wide and narrow: ${new Set(found).size} findings`,
);
process.exit(found.length > 0 ? 1 : 0);
