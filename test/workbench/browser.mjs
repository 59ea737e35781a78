// Opens the headless browser that shows the workbench. Knows nothing of Varsmith.

import { chromium } from 'playwright-core';
import { CHROMIUM, CHROMIUM_ARGS, SLOWDOWN } from './env.mjs';

/** How long a single wait may take: machines are busy, and what takes long is no mistake. */
export const LIMIT_MS = 60_000;

/**
 * A page with clipboard rights at `origin`. The caller closes `browser`.
 * @param {string} origin
 */
export async function openBrowser(origin) {
  if (!CHROMIUM) throw new Error('no Chromium: install it, or name one in VSC_CHROMIUM');
  const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: CHROMIUM_ARGS });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
  context.setDefaultTimeout(LIMIT_MS);
  const page = await context.newPage();
  if (SLOWDOWN > 1)
    await (await context.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
  return { browser, page };
}

/**
 * Waits until the workbench stands.
 * @param {import('playwright-core').Page} page
 */
export async function workbenchShown(page) {
  await page.waitForSelector('.monaco-workbench .part.statusbar', { timeout: 2 * LIMIT_MS });
}
