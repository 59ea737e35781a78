// The walk of somebody who has just installed the extension: no folder, a folder without a fleet, the first steps, and the
// example fleet that they lead to.

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { insist } from './ui-wait.mjs';

/** Step of the walkthrough, and words in its picture. */
const FIRST_STEPS = [
  ['Open a fleet, or an example', 'machine-env-matrix.nix'],
  ['Fix a finding', 'Quick Fix'],
  ['Create a key', 'Your private key'],
  ['Generate what is missing', 'intermediate-ca'],
  ['See what is stored', 'host-certificate'],
  ['Explore dependencies', 'mesh-address'],
];

/** A folder without a fleet, and one for the example; both are removed when this process exits. */
export function makeStartScene() {
  const parent = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'varsmith-start-'));
  process.once('exit', () => fs.rmSync(parent, { recursive: true, force: true }));
  const folder = path.join(parent, 'notes');
  const target = path.join(parent, 'fleets');
  for (const each of [folder, path.join(target, 'older')]) fs.mkdirSync(each, { recursive: true });
  fs.writeFileSync(path.join(folder, 'README.md'), '# Notes\n');
  return { folder, target };
}

/** @param {ReturnType<typeof makeStartScene>} scene */
export function startSteps({ folder, target }) {
  const welcome = (ui, text) => ui.page.locator('.sidebar .welcome-view', { hasText: text }).first();
  const button = (ui, name) =>
    ui.page.locator('.sidebar .welcome-view').getByRole('button', { name }).first();
  return [
    [
      'without a folder, the view says what to open',
      async ui => {
        await ui.command('Varsmith: Focus on Fleet View');
        await welcome(ui, 'Open the folder of a fleet').waitFor();
        await button(ui, 'Open Example Fleet').waitFor();
      },
    ],
    [
      'in a folder without a fleet, both views say what they look for',
      async ui => {
        await ui.openFolder(folder);
        await ui.command('Varsmith: Focus on Registry Keys View');
        await welcome(ui, 'The open folders have no registry').waitFor();
        await ui.command('Varsmith: Focus on Fleet View');
        await welcome(ui, 'The open folders declare no machines or generators').waitFor();
      },
    ],
    [
      'the doctor is one click away',
      async ui => {
        await insist(
          'the doctor is opened',
          patience => button(ui, 'Run the Doctor').click({ timeout: patience }),
          ui.page.locator('.tab', { hasText: 'Varsmith Doctor' }),
        );
        const page = await ui.webview('h1, h2');
        await page.getByText(folder).first().waitFor();
        await ui.closeTab('Varsmith Doctor');
      },
    ],
    [
      'the first steps open, six of them, each with a picture',
      async ui => {
        // The page of a step is shown where there is room for it.
        await ui.command('View: Toggle Primary Side Bar Visibility');
        await ui.command('Welcome: Open Walkthrough');
        await ui.choose('Get Started with Varsmith');
        const steps = ui.page.locator('.getting-started-step');
        await steps.nth(FIRST_STEPS.length - 1).waitFor();
        const count = await steps.count();
        if (count !== FIRST_STEPS.length) throw new Error(`the walkthrough has ${count} steps`);
        for (const [index, [title, text]] of FIRST_STEPS.entries()) {
          await insist(
            `the page of ${title} is shown`,
            timeout => steps.filter({ hasText: title }).click({ timeout }),
            ui.shownPage.getByText(text).first(),
          );
          if (index === 1) await ui.picture('first-steps');
        }
      },
    ],
    [
      'a button of a step does what it says, and the step is done',
      async ui => {
        const step = ui.page.locator('.getting-started-step', { hasText: 'See what is stored' });
        const show = step.getByRole('button', { name: 'Show the Fleet' });
        await insist('the step is open', timeout => step.click({ timeout }), show);
        await insist(
          'the fleet is shown',
          timeout => show.click({ timeout }),
          welcome(ui, 'The open folders declare no machines or generators'),
        );
        await step.locator('.codicon.complete').first().waitFor();
      },
    ],
    [
      'the example is copied into a folder of choice and opened, and its mistakes are found',
      async ui => {
        const example = 'A fleet with mistakes';
        await ui.ask('Varsmith: Open Example Fleet', 'Example fleet');
        await ui.choose(example);
        await ui.chooseFolder(target, 'older');
        const copy = path.join(target, 'varsmith-broken-fleet');
        await ui.opens(copy);
        await ui.sideRow('modules').waitFor();
        if (!fs.existsSync(path.join(copy, 'flake.nix'))) throw new Error('the example was not copied');
      },
    ],
    [
      'a mistake of the example is in view, with the problems below and the first steps beside',
      async ui => {
        await ui.page.locator('.tab.active', { hasText: 'machine-env-matrix.nix' }).first().waitFor();
        await ui.squiggle('error').first().waitFor();
        await ui.page.locator('.markers-panel .monaco-list-row', { hasText: 'anthropc' }).first().waitFor();
        await ui.page.locator('.getting-started-step').first().waitFor();
        await ui.picture('first-sight');
      },
    ],
    [
      'its fix is one key away, and completes the step',
      async ui => {
        await ui.actionOffered('Replace with "anthropic"');
        await ui.chooseAction('Replace with "anthropic"');
        await ui.page
          .locator('.markers-panel .monaco-list-row', { hasText: 'anthropc' })
          .first()
          .waitFor({ state: 'detached' });
        for (const title of ['Open a fleet', 'Fix a finding'])
          await ui.page
            .locator('.getting-started-step', { hasText: title })
            .locator('.codicon.complete')
            .first()
            .waitFor();
      },
    ],
  ];
}
