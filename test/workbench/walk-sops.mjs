// The walk through a fleet with sops-nix: what is wrong with its secrets, what a secret says of itself, the view of secrets.

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { insist } from './ui-wait.mjs';

const HOST = 'hosts/server/default.nix';
const MISTAKES = 'hosts/server/mistakes.nix';

/**
 * A copy of the seed document's fleet, which is removed when this process exits.
 * @param {string} root the project's root
 */
export function makeSopsScene(root) {
  const parent = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'varsmith-sops-'));
  process.once('exit', () => fs.rmSync(parent, { recursive: true, force: true }));
  const folder = path.join(parent, 'nix-los');
  fs.cpSync(path.join(root, 'test/seeds/fleets/sops'), folder, { recursive: true });
  /** The place behind a text, 1-based. */
  const behind = (file, text) => {
    const lines = fs.readFileSync(path.join(folder, file), 'utf8').split('\n');
    const line = lines.findIndex(each => each.includes(text));
    return [file, line + 1, lines[line].indexOf(text) + text.length + 1];
  };
  return { folder, openFile: path.join(folder, MISTAKES), behind };
}

/** @param {ReturnType<typeof makeSopsScene>} scene */
export function sopsSteps({ behind }) {
  return [
    [
      'what is wrong with secrets of sops-nix is found while they are written',
      async ui => {
        await ui.squiggle('error').first().waitFor();
        await ui.showProblems('mistakes.nix');
        await ui.problem('Did you mean "restartUnits"?').first().waitFor();
        await ui.problem('Did you mean "path"?').first().waitFor();
        await ui.picture('sops-problems');
      },
    ],
    [
      'a hover tells where a secret of sops-nix is encrypted and deployed',
      async ui => {
        await ui.open(...behind(MISTAKES, 'readFile config.sops.secrets."api/tok'));
        await ui.hovered('secrets/secrets.yaml');
        await ui.picture('sops-hover');
        await ui.page.keyboard.press('Escape');
      },
    ],
    [
      'the quick fix mends an option that sops-nix does not have',
      async ui => {
        await ui.open(...behind(MISTAKES, 'restartUni'));
        const replace = 'Replace with "restartUnits"';
        await ui.actionOffered(replace);
        await ui.chooseAction(replace);
        await ui.problem('Did you mean "restartUnits"?').first().waitFor({ state: 'detached' });
        await ui.page.keyboard.press('Control+Z');
        await ui.problem('Did you mean "restartUnits"?').first().waitFor();
      },
    ],
    [
      'an option that the fleet declares explains itself',
      async ui => {
        await ui.open(...behind(HOST, 'custom.feature.enab'));
        await ui.hovered('nixos/modules/feature.nix');
        await ui.picture('own-option-hover');
        await ui.page.keyboard.press('Escape');
      },
    ],
    [
      'the view of secrets lists machines, their secrets and encrypted files',
      async ui => {
        await ui.command('Varsmith: Focus on Fleet View');
        const header = ui.page.locator('.sidebar .pane-header', { hasText: 'Other Secrets' }).first();
        await insist(
          'the view of secrets is opened',
          async patience => {
            if ((await header.getAttribute('aria-expanded', { timeout: patience })) !== 'true')
              await header.click({ timeout: patience });
          },
          ui.page
            .locator('.sidebar .pane-header[aria-expanded="true"]', { hasText: 'Other Secrets' })
            .first(),
        );
        // The fleet's view above has machines of the same names.
        await ui.expand('6 secrets', 'api/token');
        await ui.command('View: Hide Panel');
        await ui.picture('sops-view');
      },
    ],
  ];
}
