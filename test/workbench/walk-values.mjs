// The part of the walk through generation about single values: several lines as an answer, a value that is set, one that is
// copied, and a machine that is updated with them.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { equal, holding, until } from './expect.mjs';
import { MACHINE } from './scene-generation.mjs';
import { chooseGenerators, VARS } from './walk-generation.mjs';

/** What is answered with several lines: a visible text, and a hidden one. */
const GREETING = ['Good morning.', 'The mail is on its way.'];
const PEM = '-----BEGIN KEY-----\n7f3a9c\n-----END KEY-----\n';

/** @param {ReturnType<typeof import('./scene-generation.mjs').makeGenerationScene>} scene */
export function valueSteps({ folder, git, get, called }) {
  const inFleet = file => path.join(folder, file);
  const topic = inFleet(`${VARS}/ntfy/topic/value`);
  return [
    [
      'several lines are asked for a line at a time, and nothing of them stays anywhere',
      async ui => {
        await ui.command('Notifications: Clear All Notifications');
        await chooseGenerators(ui, 'Varsmith: Generate Vars', ['letter']);
        const greeting = `letter/greeting for ${MACHINE}`;
        await ui.answer(greeting, 'Greeting of the mail server (several lines)', GREETING[0]);
        await ui.answer(greeting, `1 line so far, the last: ${GREETING[0]}`, 'The male is on its way.');
        // The box from before has the same button.
        await ui.asked(greeting, '2 lines so far');
        await ui.pressInBox('Previous line');
        await ui.picture('generate-lines');
        await ui.answer(greeting, '1 line so far', GREETING[1]);
        await ui.answer(greeting, '2 lines so far', '');
        const pem = `letter/pem for ${MACHINE}`;
        await ui.asked(pem, 'Private key of the mail server (several lines)');
        await ui.setClipboard(PEM);
        await ui.pressInBox('Use the text of the clipboard, including all lines');
        await ui.asked(pem, 'Private key of the mail server: 3 lines so far');
        await ui.setClipboard('');
        await ui.answer(pem, '3 lines so far', '', { hidden: true });
        await ui.toast('2 files of 1 generator stored.').waitFor();
        equal(fs.readFileSync(inFleet(`${VARS}/letter/greeting/value`), 'utf8'), `${GREETING.join('\n')}\n`);
        equal(get('letter/pem'), PEM);
        for (const place of [ui.profile, folder]) equal(holding(place, '7f3a9c'), []);
      },
    ],
    [
      'Set Value stores what is typed',
      async ui => {
        await ui.command('Notifications: Clear All Notifications');
        await ui.ask('Varsmith: Set Value', 'Set which value?');
        await ui.fill('topic');
        await ui.choose(`${MACHINE} · ntfy/topic`);
        await ui.answer(`ntfy/topic of ${MACHINE}`, 'The new value of ntfy/topic', 'letters-of-tove');
        await ui.toast(`Stored ntfy/topic for ${MACHINE}.`).waitFor();
        equal(fs.readFileSync(topic, 'utf8'), 'letters-of-tove');
        equal(git('status', '--porcelain'), '');
      },
    ],
    [
      'Copy Public Value puts it on the clipboard',
      async ui => {
        await ui.ask('Varsmith: Copy Public Value', 'Copy which value?');
        await ui.fill('topic');
        await ui.choose(`${MACHINE} · ntfy/topic`);
        await ui.toast('The value of ntfy/topic is on the clipboard').waitFor();
        equal(await ui.clipboard(), 'letters-of-tove');
      },
    ],
    [
      'Deploy Machine verifies first, says what it would run, and then runs it in a terminal',
      async ui => {
        await ui.command('Notifications: Clear All Notifications');
        await ui.ask('Varsmith: Deploy Machine', 'Deploy which machine?');
        await ui.fill(MACHINE);
        await ui.choose(MACHINE);
        await ui.listShown(`Deploy ${MACHINE}`);
        await ui.choose('Applies the configuration in this repository');
        const dialog = ui.page.locator('.monaco-dialog-box');
        await dialog.getByText(`clan machines update ${MACHINE}`).waitFor();
        await dialog.getByText('--rollback').waitFor();
        await ui.picture('deploy-machine');
        equal(called(), '');
        await dialog.getByRole('button', { name: 'Deploy Anyway' }).click();
        await until('clan is called', () => called() !== '');
        equal(called(), `${folder}: machines update ${MACHINE}\n`);
        await ui.page
          .locator('.panel .single-terminal-tab', { hasText: `Deploy ${MACHINE}` })
          .first()
          .waitFor();
      },
    ],
  ];
}
