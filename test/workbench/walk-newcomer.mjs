// The walk of a new person: from the address that `npm start` prints to a mistake that is seen and fixed, then in a clean
// example to vars that are generated and verified, with the key made on the way. No step is outside of the editor.

import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { until } from './expect.mjs';

/** Seconds from the start of `npm start`, with VS Code installed, in which a new person is to have come so far. */
const LIMITS = { seen: 60, fixed: 90, generated: 240 };
const MISTAKE = 'anthropc';
/** What is there for all prompts; they are asked one after another. */
const ANSWER = 'a-value-of-a-walk';
/** Of the box that is shown, hidden answers or not. */
const INPUT = '.quick-input-widget:visible input:is([type=text], [type=password])';

/**
 * Starts Varsmith as a person does who has just cloned it. Its folders are removed when this process exits.
 * @param {string} root the project's root
 */
export function makeNewcomerScene(root) {
  const parent = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'varsmith-newcomer-'));
  process.once('exit', () => fs.rmSync(parent, { recursive: true, force: true }));
  const target = path.join(parent, 'fleets');
  fs.mkdirSync(path.join(target, 'older'), { recursive: true });
  const scene = { target, began: 0 };
  return {
    scene,
    start: () => {
      scene.began = performance.now();
      return npmStart(root);
    },
  };
}

/** As `npm start` does where there is no desktop, and for somebody without a key. Resolves with the address it prints. */
async function npmStart(root) {
  const { CI, DISPLAY, WAYLAND_DISPLAY, SOPS_AGE_KEY, SOPS_AGE_KEY_FILE, ...env } = process.env;
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', chunk => {
    text += chunk;
  });
  const ended = new Promise(resolve => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGINT');
    await ended;
  };
  const address = () => /^\s+(http:\/\/127\.0\.0\.1:\S+)$/m.exec(text)?.[1];
  try {
    await until('npm start prints an address', () => {
      if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}\n${text}`);
      return address() !== undefined;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: new URL(address()).origin, address: address(), home: '', output: () => text, stop };
}

/**
 * @param {ReturnType<typeof makeNewcomerScene>['scene']} scene
 * @param {string | undefined} theme the colours to walk in
 */
export function newcomerSteps(scene, theme) {
  const { target } = scene;
  const fleet = path.join(target, 'varsmith-fleet');
  /** @param {keyof typeof LIMITS} name */
  const within = name => {
    const seconds = (performance.now() - scene.began) / 1000;
    console.log(`  ${name} after ${seconds.toFixed(1)} s; the limit is ${LIMITS[name]} s`);
    if (seconds > LIMITS[name]) throw new Error(`${name} only after ${seconds.toFixed(1)} s`);
  };
  const mistake = ui => ui.page.locator('.markers-panel .monaco-list-row', { hasText: MISTAKE }).first();
  const chosen = theme === undefined ? [] : [['the colours are chosen', ui => ui.theme(theme)]];
  return [
    ...chosen,
    [
      'a mistake is in view, with the problems below',
      async ui => {
        await ui.squiggle('error').first().waitFor();
        await mistake(ui).waitFor();
        within('seen');
        await ui.picture('newcomer-1-finding');
      },
    ],
    [
      'its fix is one key away',
      async ui => {
        await ui.actionOffered('Replace with "anthropic"');
        await ui.chooseAction('Replace with "anthropic"');
        await mistake(ui).waitFor({ state: 'detached' });
        within('fixed');
        await ui.picture('newcomer-2-fixed');
      },
    ],
    [
      'the clean example is copied and opened',
      async ui => {
        await ui.ask('Varsmith: Open Example Fleet', 'Example fleet');
        await ui.picture('newcomer-3-examples');
        await ui.choose('A clean fleet');
        await ui.chooseFolder(target, 'older');
        await ui.opens(fleet);
        // What the example shows first takes the focus, and ends with the editor.
        await ui.page.locator('.getting-started-step').first().waitFor();
        await ui.editing('secret-registry.nix');
        await ui.picture('newcomer-4-clean');
      },
    ],
    [
      'Generate Vars has what is missing chosen, and says that there is no key',
      async ui => {
        await ui.command('Varsmith: Generate Vars');
        await ui.listShown('Which machines?');
        await ui.picture('newcomer-5-machines');
        await ui.accept();
        await ui.listShown('Generators of');
        await ui.picture('newcomer-6-generators');
        await ui.accept();
        await ui.toast('You have no key yet').waitFor();
        await ui.picture('newcomer-7-no-key');
      },
    ],
    [
      'a key is made, and the run goes on',
      async ui => {
        await ui.pressInToast('You have no key yet', 'Create Key…');
        await ui.asked('Create Key', 'Secrets are encrypted to you under this name');
        await ui.picture('newcomer-8-key');
        await ui.answer('Create Key', 'Secrets are encrypted to you under this name', 'ada');
        await ui.toast('Your new key is in').waitFor();
        await until('a prompt is asked', async () => (await questionOf(ui)) !== '');
        await ui.picture('newcomer-9-prompt');
      },
    ],
    [
      'all prompts are answered, and everything is stored',
      async ui => {
        const stored = ui.toast('generators stored.');
        let answered = '';
        await until(
          'the run ends',
          async () => {
            if (await stored.isVisible()) return true;
            // Each question is answered once: the next one has another title, or another message.
            for (
              let asked = await questionOf(ui);
              asked !== '' && asked !== answered;
              asked = await questionOf(ui)
            ) {
              answered = asked;
              const input = ui.page.locator(INPUT);
              await input.fill(ANSWER);
              await input.press('Enter');
            }
            return false;
          },
          LIMITS.generated * 1000,
        );
        await ui.picture('newcomer-10-stored');
      },
    ],
    [
      'Verify Vars says that all is there, and the tree shows it',
      async ui => {
        await ui.command('Varsmith: Verify Vars');
        await ui.toast('All vars are present and valid.').waitFor();
        await ui.command('Varsmith: Focus on Fleet View');
        for (const machine of ['emily', 'lea', 'noa', 'tove'])
          await ui.sideRow(machine).filter({ hasText: 'all generated' }).waitFor();
        within('generated');
        await ui.picture('newcomer-11-verified');
        await ui.pressInToast('All vars are present and valid.', 'Show Result');
        const page = await ui.webview('table');
        await page.getByText('host-certificate', { exact: true }).first().waitFor();
        await ui.picture('newcomer-12-result');
      },
    ],
  ];
}

/** What the box that is shown asks, its title and its message; empty where none is shown. */
async function questionOf({ page }) {
  const box = page.locator('.quick-input-widget:visible');
  const texts = await box.locator('.quick-input-title, .quick-input-message').allTextContents();
  return (await page.locator(INPUT).count()) === 0 ? '' : texts.join('\n');
}
