// The walk through generation: what the editor asks, what is stored, and what is said of a script that goes wrong.

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { equal, holding, until } from './expect.mjs';
import { HOST, MACHINE, SLEEP } from './scene-generation.mjs';
import { insist } from './ui-wait.mjs';

export const VARS = `vars/per-machine/${MACHINE}`;
const PASSWORD = 'correct horse battery';
const CANARY = 'canary-4d7e';

/** Runs a command that is about generators of the machine, and chooses these. */
export async function chooseGenerators(ui, title, generators) {
  await ui.command(title);
  await ui.listShown('Which machines?');
  await ui.pick([MACHINE]);
  await ui.listShown(`Generators of ${MACHINE}`);
  await ui.pick(generators);
}

/** @param {ReturnType<typeof import('./scene-generation.mjs').makeGenerationScene>} scene */
export function generationSteps({ folder, git, get }) {
  const inFleet = file => path.join(folder, file);
  const topic = `${VARS}/ntfy/topic/value`;
  let doneBefore = 0;
  /** How many generators of the machine are generated, as the view has it: `3/9 · 6 missing`, or `all missing`. */
  const doneShown = async ui => {
    const row = ui.sideRow(`${MACHINE}`).filter({ hasText: 'missing' });
    await row.waitFor();
    return Number(/(\d+)\/\d+ · /.exec((await row.textContent()) ?? '')?.[1] ?? 0);
  };
  return [
    [
      'what is not generated is found and listed',
      async ui => {
        await ui.showProblems(path.basename(HOST));
        await ui.problem('has not been generated').first().waitFor();
        await ui.command('Varsmith: Focus on Fleet View');
        doneBefore = await doneShown(ui);
      },
    ],
    [
      'Generate Vars asks for machines, generators and prompts',
      async ui => {
        await ui.command('Varsmith: Generate Vars');
        await ui.listShown('Which machines?');
        await ui.pick([MACHINE]);
        await ui.listShown(`Generators of ${MACHINE}`);
        await ui.picture('generate-choose');
        await ui.pick(['login-password', 'ntfy', 'wireguard']);
        const login = `login-password/password for ${MACHINE}`;
        await ui.asked(login, 'Password of ada on this machine');
        await ui.picture('generate-prompt');
        await ui.answer(login, 'Password of ada on this machine', PASSWORD, { hidden: true });
        await ui.answer(login, 'enter it again to confirm', `${PASSWORD}!`, { hidden: true });
        await ui.page.getByText('The values do not match.').first().waitFor();
        await ui.answer(login, 'Password of ada on this machine', PASSWORD, { hidden: true });
        await ui.answer(login, 'enter it again to confirm', PASSWORD, { hidden: true });
        await ui.answer(`ntfy/topic for ${MACHINE}`, 'ntfy topic', 'backups-of-tove');
        // With what is made from the wireguard key: the machine's address in the mesh.
        await ui.toast('5 files of 4 generators stored.').waitFor();
      },
    ],
    [
      'the values are stored, encrypted and committed',
      async () => {
        equal(fs.readFileSync(inFleet(topic), 'utf8'), 'backups-of-tove');
        const hash = get('login-password/password-hash').trim();
        const salt = hash.split('$')[2];
        const again = execFileSync('openssl', ['passwd', '-6', '-stdin', '-salt', salt], {
          input: PASSWORD,
          encoding: 'utf8',
        });
        equal(again.trim(), hash);
        const publicKey = execFileSync('wg', ['pubkey'], {
          input: get('wireguard/private'),
          encoding: 'utf8',
        });
        equal(publicKey.trim(), fs.readFileSync(inFleet(`${VARS}/wireguard/public/value`), 'utf8'));
        equal(git('status', '--porcelain'), '');
        equal(git('log', '-3', '--format=%s').includes('vars: update via generator wireguard'), true);
      },
    ],
    [
      'the findings vanish, and the tree follows',
      async ui => {
        await ui.problem('has not been generated').first().waitFor({ state: 'detached' });
        await ui.page.waitForFunction(
          ([name, count]) =>
            [...globalThis.document.querySelectorAll('.sidebar .monaco-list-row')].some(
              row =>
                row.textContent?.includes(name) &&
                new RegExp(`(?<!\\d)${count}/\\d+ · `).test(row.textContent),
            ),
          [MACHINE, doneBefore + 4],
        );
      },
    ],
    [
      'the page of results links to the files',
      async ui => {
        await ui.pressInToast('stored.', 'Show Result');
        const page = await ui.webview('a');
        await ui.picture('generate-result');
        await insist(
          'the link leads to the file',
          timeout => page.getByText('topic', { exact: true }).click({ timeout }),
          ui.page.locator('.tab.active', { hasText: 'value' }),
        );
        await ui.line('backups-of-tove').waitFor();
        await ui.command('File: Reveal Active File in Explorer View');
        await ui.sideRow('wireguard').waitFor();
      },
    ],
    [
      'what is stored is overwritten only when that is wished for',
      async ui => {
        await chooseGenerators(ui, 'Varsmith: Regenerate Vars', ['wireguard']);
        const dialog = ui.page.locator('.monaco-dialog-box');
        await dialog.getByText(`wireguard (${MACHINE}): private, public`).waitFor();
        await dialog.getByRole('button', { name: 'Cancel' }).click();
        await ui.toast('Nothing was changed').waitFor();
        equal(git('status', '--porcelain'), '');
      },
    ],
    [
      'a run is cancelled in the middle, and nothing of it goes on',
      async ui => {
        await ui.command('Notifications: Clear All Notifications');
        await chooseGenerators(ui, 'Varsmith: Generate Vars', ['slow-key']);
        await ui.toast(`1 of 1: slow-key (${MACHINE})`).waitFor();
        await until('the script runs', () => runs(SLEEP));
        await ui.pressInToast('slow-key', 'Cancel');
        await ui.toast('Cancelled. Nothing was changed.').waitFor();
        // The kernel ends what was in the sandbox after the sandbox itself.
        await until('the script ends', () => !runs(SLEEP));
        equal(fs.existsSync(inFleet(`${VARS}/slow-key`)), false);
      },
    ],
    [
      'a failing script shows what it said, without the secret, and where it is',
      async ui => {
        await ui.command('Notifications: Clear All Notifications');
        await chooseGenerators(ui, 'Varsmith: Generate Vars', ['broken-token']);
        const title = `broken-token/token for ${MACHINE}`;
        await ui.answer(title, 'A token that its script chokes on', CANARY, { hidden: true });
        await ui.answer(title, 'enter it again to confirm', CANARY, { hidden: true });
        await ui.toast(`broken-token (${MACHINE}) failed.`).waitFor();
        const page = await ui.webview('.output');
        await page.getByText('checking [secret]').waitFor();
        await page.getByText('no such host').waitFor();
        await ui.picture('generate-failed');
        equal((await page.locator('body').textContent())?.includes(CANARY), false);
        await insist(
          'the link leads to the script',
          timeout => page.getByText('Go to the Script').click({ timeout }),
          ui.page.locator('.tab.active', { hasText: 'added.nix' }),
        );
        for (const place of [ui.profile, folder]) equal(holding(place, CANARY), []);
      },
    ],
    [
      'a generator is tried, and nothing is stored',
      async ui => {
        await ui.command('Notifications: Clear All Notifications');
        await ui.command('Varsmith: Try Generator');
        await ui.listShown('Try which generator?');
        await ui.fill('wireguard');
        await ui.choose('wireguard');
        const page = await ui.webview('table');
        await page.getByText('The script succeeded. Nothing was stored.').waitFor();
        await ui.picture('generate-try');
        equal(git('status', '--porcelain'), '');
      },
    ],
    [
      'Verify Vars lists what is missing',
      async ui => {
        await ui.command('Varsmith: Verify Vars');
        await ui.toast('problems with the vars').waitFor();
        const page = await ui.webview('h2');
        await page.getByText('slow-key: key is missing.').waitFor();
      },
    ],
  ];
}

/** True while a process has this word among its arguments. */
function runs(word) {
  return fs
    .readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .some(pid => {
      try {
        return fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').includes(word);
      } catch {
        return false; // ended in the meantime
      }
    });
}
