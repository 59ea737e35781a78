// The dependency graph in the real editor: by mouse, by keys alone, in each theme that VS Code brings. That a window that is
// opened anew has it again is tested in test/client: whether VS Code has noted its tabs by then is its own affair.

import * as path from 'node:path';
import { violationsIn } from './axe.mjs';
import { THEMES } from './themes.mjs';
import { insist } from './ui-wait.mjs';

const [DARK, LIGHT] = THEMES;

/** @param {{ selectedKey: { generator: string, entry: { file: string } } }} scene */
export function graphSteps({ selectedKey: { generator, entry } }) {
  const shown = async ui => {
    await ui.command('Varsmith: Show Dependency Graph');
    return ui.webview('#canvas .node');
  };
  const chosen = frame => frame.locator('.node:focus').getAttribute('data-id');
  return [
    [
      'the dependency graph is drawn, and its groups open and fold',
      async ui => {
        const frame = await shown(ui);
        await frame.locator('.edge').first().waitFor({ state: 'attached' });
        await ui.moveMouseAway();
        await ui.picture('graph');
        await frame.locator('#groupings').selectOption('machine');
        await frame.locator('.group.open').first().waitFor();
        await frame.locator('#groupings').selectOption('');
        await frame.locator('.group.open').first().waitFor({ state: 'detached' });
      },
    ],
    [
      'nothing in it keeps anybody out, in any theme',
      async ui => {
        for (const theme of [...THEMES.slice(1), DARK]) {
          await ui.theme(theme);
          const frame = await ui.webview('#canvas .node');
          await frame.locator(`body[data-vscode-theme-name*="${theme}"]`).waitFor();
          const violations = await violationsIn(frame);
          if (violations.length > 0) throw new Error(`${theme}:\n${violations.join('\n')}`);
          await ui.moveMouseAway();
          if (theme === LIGHT) await ui.picture('graph-light');
        }
      },
    ],
    [
      'keys alone lead along its lines, to what is around a generator, and to its menu',
      async ui => {
        const frame = await ui.webview('#canvas .node');
        await frame.locator('#search').fill('root-ca');
        await frame.locator('#search').press('Enter');
        await frame.locator('#search').press('ArrowDown');
        await frame.locator('.node[data-id="root-ca"]:focus').waitFor();
        await ui.page.keyboard.press('ArrowRight');
        const next = await chosen(frame);
        if (next === 'root-ca') throw new Error('the arrow leads nowhere');
        await ui.page.keyboard.press('f');
        await frame.locator('#focus[aria-pressed="true"]', { hasText: next }).waitFor();
        await frame.locator(`.node[data-id="${next}"]`).focus();
        await ui.page.keyboard.press('Escape');
        await frame.locator('#focus[aria-pressed="false"]').waitFor();
        await frame.locator(`.node[data-id="${next}"]`).focus();
        const menu = ui.page.locator('.monaco-menu .action-label', { hasText: 'Try Generator' }).first();
        await insist('the key opens the menu', () => ui.page.keyboard.press('Shift+F10'), menu);
        await ui.closeMenu();
        await frame.locator('#search').fill('');
      },
    ],
    [
      'the menu of a generator tries it, and a click opens it',
      async ui => {
        const frame = await shown(ui);
        await frame.locator('#search').fill(generator);
        const found = frame.locator('.node.found').first();
        await ui.menuOffered(found, 'Try Generator');
        await ui.picture('graph-menu');
        await ui.closeMenu();
        await insist(
          'a click on a node opens it',
          patience => found.click({ timeout: patience }),
          ui.page.locator('.tab.active', { hasText: path.basename(entry.file) }),
        );
      },
    ],
  ];
}
