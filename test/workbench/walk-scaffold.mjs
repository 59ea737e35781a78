// The part of the walk that adds to the registry: the preview of session variables beside it, a secret added to it, and
// one undo that takes it back.

import * as path from 'node:path';

/** @param {ReturnType<typeof import('./scene.mjs').makeScene>} scene */
export function scaffoldSteps({ selectedKey }) {
  const { file, line, column } = selectedKey.entry;
  const secret = 'added-secret';
  const input = ui => ui.page.locator('.quick-input-widget input[type=text]');
  const row = (ui, text) => ui.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
  const title = (ui, text) => ui.page.locator('.quick-input-title', { hasText: text }).waitFor();
  /** The registry's tabs as long as it is not saved: it may be open in two groups. */
  const unsaved = ui => ui.page.locator('.tab.dirty', { hasText: path.basename(file) }).first();
  const lines = (ui, text) => ui.page.locator('.view-line', { hasText: text });
  return [
    [
      'the preview of session variables stands beside the registry and follows it',
      async ui => {
        // Room for two editors side by side.
        await ui.command('File: Save All');
        await ui.page.locator('.tab.dirty').first().waitFor({ state: 'detached' });
        await ui.command('View: Close All Editors');
        await ui.page.keyboard.press('Control+J');
        await ui.open(file, line, column);
        await ui.ask('Varsmith: Preview Session Variables', 'which machine');
        await row(ui, selectedKey.machine).click();
        await title(ui, 'which shell');
        await row(ui, 'bash').click();
        await ui.page.locator('.tab', { hasText: `${selectedKey.machine}.sh` }).waitFor();
        await lines(ui, `/${selectedKey.generator}/`).first().waitFor();
        // More of the lines is seen without the side bar.
        await ui.page.keyboard.press('Control+B');
        await ui.picture('session-variables');
        await ui.page.keyboard.press('Control+B');
        await ui.page.keyboard.type('x');
        await lines(ui, `has no key "${selectedKey.key}"`).first().waitFor();
        await ui.page.keyboard.press('Control+Z');
        await lines(ui, `has no key "${selectedKey.key}"`).first().waitFor({ state: 'detached' });
      },
    ],
    [
      'a secret is added to registry and matrix, its name judged while it is typed',
      async ui => {
        await ui.ask('Varsmith: Add Secret…', 'Add Secret: name');
        await input(ui).fill(selectedKey.key);
        await ui.page.locator('.quick-input-message', { hasText: 'already' }).waitFor();
        await input(ui).fill(secret);
        await ui.page.locator('.quick-input-message', { hasText: 'already' }).waitFor({ state: 'detached' });
        await ui.page.keyboard.press('Enter');
        await title(ui, 'kind');
        await row(ui, 'Secret from a prompt').click();
        await title(ui, 'machines that get it');
        await row(ui, selectedKey.machine).click();
        await ui.picture('add-secret');
        await ui.page.keyboard.press('Enter');
        await lines(ui, `${secret} =`).first().waitFor();
        await lines(ui, secret.toUpperCase().replace('-', '_')).first().waitFor();
        await unsaved(ui).waitFor();
      },
    ],
    [
      'one undo takes it back in both files',
      async ui => {
        await ui.page.keyboard.press('Control+Z');
        // Older ones ask whether the other file is meant too; the click comes to nothing where nobody asks.
        const whole = ui.page.locator('.monaco-dialog-box .monaco-button', { hasText: 'Undo in 2 Files' });
        void whole.click().catch(() => {});
        await lines(ui, `${secret} =`).first().waitFor({ state: 'detached' });
        await unsaved(ui).waitFor({ state: 'detached' });
      },
    ],
  ];
}
