// Opens the headless browser that shows the workbench. Knows nothing of Varsmith.

import { chromium } from 'playwright-core';
import { CHROMIUM, CHROMIUM_ARGS } from './env.mjs';

/**
 * A page with clipboard rights at `origin`. The caller closes `browser`.
 * @param {string} origin
 */
export async function openBrowser(origin) {
  if (!CHROMIUM) throw new Error('no Chromium: install it, or name one in VSC_CHROMIUM');
  const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: CHROMIUM_ARGS });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
  return { browser, page: await context.newPage() };
}

/**
 * Waits until the workbench stands.
 * @param {import('playwright-core').Page} page
 */
export async function workbenchShown(page) {
  await page.waitForSelector('.monaco-workbench .part.statusbar', { timeout: 90_000 });
}
