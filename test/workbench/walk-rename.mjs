// The part of the walk through generation about names: renaming a generator in the editor moves what is stored under it.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { equal, until } from './expect.mjs';
import { HOST, MACHINE } from './scene-generation.mjs';
import { insist } from './ui-wait.mjs';

/** @param {ReturnType<typeof import('./scene-generation.mjs').makeGenerationScene>} scene */
export function renameSteps({ folder, git, get }) {
  const added = path.join(path.dirname(HOST), 'added.nix');
  const stored = path.join(folder, `vars/per-machine/${MACHINE}`);
  return [
    [
      'renaming a generator shows the move of what is stored, and moves it, links and all',
      async ui => {
        const before = get('letter/greeting');
        await ui.command('Notifications: Clear All Notifications');
        await ui.open(added, 2, 4);
        const box = ui.page.locator('.rename-box .rename-input, .rename-box input').first();
        await insist('the name is asked for', () => ui.command('Rename Symbol'), box);
        await box.fill('post');
        // The key for the preview is another one in other versions.
        const keys = await ui.page.locator('.rename-box .rename-label').first().textContent();
        await box.press(keys.includes('Shift') ? 'Shift+Enter' : 'Control+Enter');
        const preview = ui.page.locator('.monaco-workbench .panel', { hasText: 'Refactor Preview' });
        const rows = preview.locator('.monaco-list-row');
        await rows
          .filter({ hasText: `vars/per-machine/${MACHINE}/letter` })
          .first()
          .waitFor();
        await ui.moveMouseAway();
        await ui.picture('rename-preview');
        const ticks = preview.locator(
          '.monaco-list-row input[type=checkbox]:checked, .monaco-list-row .monaco-checkbox.checked',
        );
        // The file, its edit, and the move.
        equal(await rows.count(), 3);
        equal(await ticks.count(), 3);
        await preview.getByText('Apply', { exact: true }).click();
        await until('what is stored has moved', async () =>
          fs.existsSync(path.join(stored, 'post/pem/secret')),
        );
        equal(fs.existsSync(path.join(stored, 'letter')), false);
        await ui.command('File: Save All');
        await until('git knows the new names', async () =>
          git('ls-files', `vars/per-machine/${MACHINE}/post`).includes('post/pem/users/ada'),
        );
        equal(get('post/greeting'), before);
      },
    ],
  ];
}
