// The part of the walk about the task `varsmith: check`: its problem matcher and the language server find the same things,
// and the Problems view shows each once, whatever the task was told to leave out.

import * as fs from 'node:fs';
import * as path from 'node:path';

/** A task of the folder that looks for one rule alone. */
export const ONE_RULE = 'look for one rule';

/** Gives the folder a task of its own. */
export function writeTasks(folder) {
  const task = {
    label: ONE_RULE,
    ...{ type: 'varsmith', task: 'check', rules: ['registry/invalid-env-var'], problemMatcher: '$varsmith' },
  };
  fs.mkdirSync(path.join(folder, '.vscode'));
  fs.writeFileSync(
    path.join(folder, '.vscode/tasks.json'),
    JSON.stringify({ version: '2.0.0', tasks: [task] }, null, 2),
  );
}

/** A mistake of the example that no other step mends. */
const FINDING = { file: 'lib/secret-registry.nix', message: 'cannot be the name of an environment variable' };

export function checkSteps() {
  /** How many problems there are in all, as the badge of their tab has it. */
  const badge = ui =>
    ui.page.locator('.panel .action-item', { hasText: 'Problems' }).locator('.badge-content').first();
  /** The sign of a task that has failed, as it does where something is found. */
  const ended = ui => ui.page.locator('.panel .single-terminal-tab .codicon-error').first();
  let before = '';
  /** Runs a task and waits until the editor has read what it says. */
  const run = async (ui, ...names) => {
    await ui.command('Tasks: Run Task');
    for (const name of names) await ui.choose(name);
    await ended(ui).waitFor();
  };
  return [
    [
      'the task of the folder finds what is shown already, and nothing is shown twice',
      async ui => {
        await ui.showProblems(path.basename(FINDING.file));
        await ui.problem(FINDING.message).waitFor();
        before = (await badge(ui).textContent()) ?? '';
        await run(ui, 'varsmith', 'varsmith: check');
        await ui.command('Terminal: Kill All Terminals');
        await ui.showProblems(path.basename(FINDING.file));
        // Until then, the hints of the task are infos, which are counted.
        await badge(ui)
          .filter({ hasText: new RegExp(`^${before}$`) })
          .waitFor();
        const rows = await ui.problem(FINDING.message).count();
        if (rows !== 1) throw new Error(`one problem is shown ${rows} times`);
      },
    ],
    [
      'a task that looks for one rule takes no finding of another away',
      async ui => {
        await run(ui, ONE_RULE);
        await ui.showProblems(path.basename(FINDING.file));
        await badge(ui)
          .filter({ hasText: new RegExp(`^${before}$`) })
          .waitFor();
      },
    ],
  ];
}
