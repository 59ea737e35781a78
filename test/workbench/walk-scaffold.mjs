// The part of the walk that adds to the registry: the preview of session variables beside it, a secret added to it, and
// one undo that takes it back.

import * as path from 'node:path';

/** @param {ReturnType<typeof import('./scene.mjs').makeScene>} scene */
export function scaffoldSteps({ selectedKey }) {
  const { file, line, column } = selectedKey.entry;
  const secret = 'added-secret';
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
        await ui.command('View: Hide Panel');
        await ui.open(file, line, column);
        await ui.ask('Varsmith: Preview Session Variables', 'which machine');
        await ui.choose(selectedKey.machine);
        await title(ui, 'which shell');
        await ui.choose('bash');
        await ui.page.locator('.tab', { hasText: `${selectedKey.machine}.sh` }).waitFor();
        await lines(ui, `/${selectedKey.generator}/`).first().waitFor();
        // More of the lines is seen without the side bar.
        await ui.command('View: Toggle Primary Side Bar Visibility');
        await ui.page.locator('.part.sidebar').waitFor({ state: 'hidden' });
        await ui.picture('session-variables');
        await ui.command('View: Toggle Primary Side Bar Visibility');
        await ui.page.locator('.part.sidebar').waitFor();
        await ui.editing(file);
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
        await ui.fill(selectedKey.key);
        await ui.message('already').waitFor();
        await ui.fill(secret);
        await ui.message('already').waitFor({ state: 'detached' });
        await ui.accept();
        await title(ui, 'kind');
        await ui.choose('Secret from a prompt');
        // Each question has an answer already.
        for (const question of ['description', 'domain', 'environment variable']) {
          await title(ui, question);
          await ui.accept();
        }
        await title(ui, ': machines');
        await ui.mark([selectedKey.machine]);
        await ui.picture('add-secret');
        await ui.accept();
        await lines(ui, `${secret} =`).first().waitFor();
        await lines(ui, secret.toUpperCase().replace('-', '_')).first().waitFor();
        await unsaved(ui).waitFor();
      },
    ],
    [
      'one undo takes it back in both files',
      async ui => {
        await ui.editing(file);
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
