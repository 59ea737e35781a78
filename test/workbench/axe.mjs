// What axe-core, the checker of accessibility that browsers' own tools use, finds in a page or a frame of one.

import * as fs from 'node:fs';
import { AXE } from './env.mjs';

/** True where install-vscode.sh has put it. */
export const hasAxe = fs.existsSync(AXE);

/**
 * Returns each violation with the elements that it is about; none is what there should be.
 * @param {import('playwright-core').Page | import('playwright-core').FrameLocator} page
 * @returns {Promise<string[]>}
 */
export async function violationsIn(page) {
  const source = fs.readFileSync(AXE, 'utf8');
  return page.locator('html').evaluate(async (_html, text) => {
    // Not as an element: the page's policy lets no script in but its own.
    if (!window.axe) new Function(text).call(window);
    const { violations } = await window.axe.run(document);
    return violations.map(
      ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
    );
  }, source);
}
