// The page of the dependency graph in a plain browser, with the part of VS Code that it talks to replaced by a list of what
// it said. For tests of the page and for measuring it; the page inside of the editor is walked by walk.mjs.

import * as path from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { CHROMIUM, CHROMIUM_ARGS } from './env.mjs';
import { putInto } from './themes.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const ORIGIN = 'http://graph.invalid';

/** Texts as they are in the code. */
const VSCODE = `export const env = { language: 'en' };
export const l10n = {
  bundle: undefined,
  t: (text, ...values) => text.replace(/\\{(\\d+)\\}/g, (hole, at) => values[at] ?? hole),
};`;

const vscodeStub = {
  name: 'vscode',
  setup(building) {
    building.onResolve({ filter: /^vscode$/ }, ({ path: name }) => ({ path: name, namespace: 'stub' }));
    building.onLoad({ filter: /.*/, namespace: 'stub' }, () => ({ contents: VSCODE }));
  },
};

async function bundle(entryPoint, format) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entryPoint],
    bundle: true,
    write: false,
    minify: true,
    format,
    target: 'es2022',
    logLevel: 'error',
    plugins: [vscodeStub],
  });
  return outputFiles[0].text;
}

/** True where there is a browser to show it in. */
export const hasBrowser = CHROMIUM !== undefined;

/** An empty page; the caller closes its browser. */
export async function openPage(viewport = { width: 1280, height: 800 }) {
  const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: CHROMIUM_ARGS });
  return browser.newPage({ viewport });
}

/**
 * Opens the page. `said()` is what it has told the extension, `show(message)` what the extension tells it. The caller
 * closes it.
 */
export async function openGraphPage({ width = 1280, height = 800, theme = 'Dark Modern' } = {}) {
  const [script, module] = await Promise.all([
    bundle('client/src/webview/graph.ts', 'iife'),
    bundle('client/src/graph/graph-page.ts', 'esm'),
  ]);
  const { graphPage } = await import(`data:text/javascript;base64,${Buffer.from(module).toString('base64')}`);
  const page = await openPage({ width, height });
  const errors = [];
  page.on('pageerror', error => errors.push(error.message));
  page.on('console', message => {
    // A browser asks for an icon by itself.
    if (message.type() === 'error' && !message.text().includes('favicon')) errors.push(message.text());
  });
  await page.addInitScript(() => {
    window.said = [];
    window.acquireVsCodeApi = () => ({
      postMessage: message => window.said.push(message),
      getState: () => window.kept,
      setState: fresh => {
        window.kept = fresh;
      },
    });
  });
  const html = graphPage(`${ORIGIN}/page.js`, ORIGIN, 'nonce');
  await page.route(`${ORIGIN}/**`, route => {
    const isScript = route.request().url().endsWith('.js');
    return route.fulfill(
      isScript
        ? { contentType: 'text/javascript', body: script }
        : { contentType: 'text/html; charset=utf-8', body: html },
    );
  });
  await page.goto(`${ORIGIN}/`);
  await putInto(page, theme);
  await page.waitForFunction(() => window.said.some(({ type }) => type === 'ready'));
  return {
    page,
    errors,
    said: type => page.evaluate(wanted => window.said.filter(one => one.type === wanted), type),
    show: message => page.evaluate(told => window.postMessage(told, '*'), message),
    theme: name => putInto(page, name),
    close: () => page.context().browser().close(),
  };
}
