// The part of the walk in which the extension runs in the browser itself: its side in the editor's web worker, the language
// server in a worker of its own, files through the editor alone.

/** Puts the extension into the browser although it is installed where Node is. */
export const IN_BROWSER = { 'remote.extensionKind': { 'varsmith.varsmith': ['web'] } };

/** @param {ReturnType<typeof import('./scene.mjs').makeScene>} scene */
export function webSteps({ unknownKey, selectedKey }) {
  return [
    [
      'in the browser, a squiggle appears under the unknown key',
      async ui => {
        await ui.squiggle('error').first().waitFor();
        await ui.open(unknownKey.file, unknownKey.line, unknownKey.column);
        await ui.picture('web');
      },
    ],
    [
      'what starts programs is not offered, and what shows is',
      async ui => {
        for (const title of ['Generate Vars…', 'Verify Vars', 'Doctor'])
          if (await ui.offers(`Varsmith: ${title}`, 'Varsmith: Check Workspace'))
            throw new Error(`${title} is offered in a browser`);
      },
    ],
    [
      'a fix is applied, and the finding goes',
      async ui => {
        await ui.showProblems(unknownKey.message);
        await ui.open(unknownKey.file, unknownKey.line, unknownKey.column);
        await ui.actionOffered(`Replace with "${unknownKey.replacement}`);
        await ui.chooseAction(`Replace with "${unknownKey.replacement}`);
        await ui.problem(unknownKey.message).first().waitFor({ state: 'detached' });
      },
    ],
    [
      'a hover tells what a key produces',
      async ui => {
        const { file, line, column } = selectedKey.selection;
        await ui.open(file, line, column + 1);
        await ui.hovered(selectedKey.generator);
        await ui.page.keyboard.press('Escape');
      },
    ],
    [
      'a completion offers keys',
      async ui => {
        const { file, line, column } = selectedKey.selection;
        await ui.open(file, line, column + 1);
        await ui.command('Trigger Suggest');
        await ui.page
          .locator('.suggest-widget .monaco-list-row', { hasText: selectedKey.key })
          .first()
          .waitFor();
        await ui.page.keyboard.press('Escape');
      },
    ],
    [
      'a rename reaches the registry',
      async ui => {
        const { file, line, column } = selectedKey.selection;
        await ui.open(file, line, column + 1);
        await ui.command('Rename Symbol');
        const box = ui.page.locator('.rename-box input').first();
        await box.waitFor();
        await box.fill('renamed-key');
        await ui.page.keyboard.press('Enter');
        await ui.line('renamed-key').waitFor();
        await ui.open(selectedKey.entry.file, selectedKey.entry.line, selectedKey.entry.column);
        await ui.line('renamed-key').waitFor();
      },
    ],
    [
      'the graph is drawn',
      async ui => {
        await ui.command('Varsmith: Show Dependency Graph');
        await ui.webview('#canvas .node');
        await ui.picture('web-graph');
      },
    ],
  ];
}
