// The walk through generation: a copy of the example fleet under git, with throw-away keys, is generated from the editor.
// Two generators are added to the copy: one that takes its time, and one that fails and says what it was given.

import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { equal, holding, until } from './expect.mjs';

export const MACHINE = 'tove';
const HOST = `modules/hosts/${MACHINE}/default.nix`;
export const VARS = `vars/per-machine/${MACHINE}`;
const PASSWORD = 'correct horse battery';
const CANARY = 'canary-4d7e';
/** An odd time, by which the script's process is found. */
const SLEEP = '600.0625';

const ADDED = `{
  letter = {
    prompts.greeting = {
      description = "Greeting of the mail server";
      type = "multiline";
    };
    prompts.pem = {
      description = "Private key of the mail server";
      type = "multiline-hidden";
    };
    files.greeting.secret = false;
    files.pem = { };
    script = ''
      cp "$prompts/greeting" "$out/greeting"
      cp "$prompts/pem" "$out/pem"
    '';
  };

  slow-key = {
    files.key = { };
    script = ''
      sleep ${SLEEP}
      echo > "$out/key"
    '';
  };

  broken-token = {
    prompts.token = {
      description = "A token that its script chokes on";
      type = "hidden";
    };
    files.key = { };
    script = ''
      echo "checking $(cat "$prompts/token")"
      echo "no such host" >&2
      exit 3
    '';
  };
}
`;

/** Why there can be no such walk here; null where there can. */
export function generationProblem() {
  if (process.platform !== 'linux') return 'the sandbox needs Linux';
  const lacking = ['bwrap', 'git', 'wg', 'mkpasswd'].filter(
    name => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0,
  );
  if (lacking.length > 0) return `needs ${lacking.join(', ')}`;
  const box = spawnSync('bwrap', ['--unshare-all', '--ro-bind', '/', '/', 'true'], { encoding: 'utf8' });
  return box.status === 0 ? null : `bubblewrap does not work here (${box.stderr.trim()})`;
}

/**
 * Copies the fleet to a temporary folder, which is removed when this process exits.
 * @param {string} root the project's root
 */
export function makeGenerationScene(root) {
  const parent = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'varsmith-fleet-'));
  process.once('exit', () => fs.rmSync(parent, { recursive: true, force: true }));
  const folder = path.join(parent, 'fleet');
  const home = path.join(parent, 'home');
  fs.cpSync(path.join(root, 'examples/fleet'), folder, { recursive: true });
  const host = path.join(folder, HOST);
  const text = fs.readFileSync(host, 'utf8');
  const assignment = 'clan.core.vars.generators = varsGenerators';
  if (!text.includes(assignment)) throw new Error(`${HOST} assigns its generators in another way`);
  fs.writeFileSync(host, text.replace(assignment, `${assignment} // import ./added.nix`));
  fs.writeFileSync(path.join(path.dirname(host), 'added.nix'), ADDED);

  // What runs a machine's update is only looked at: it says where and how it was called.
  const bin = path.join(parent, 'bin');
  const called = path.join(parent, 'clan-called');
  fs.mkdirSync(bin);
  fs.writeFileSync(path.join(bin, 'clan'), `#!/bin/sh\necho "$PWD: $*" >> '${called}'\necho updated\n`, {
    mode: 0o755,
  });
  // The editor asks a login shell for the PATH, and the system's profile may set another.
  fs.writeFileSync(path.join(bin, 'bash'), '#!/bin/sh\nexec /bin/bash --noprofile --norc "$@"\n', {
    mode: 0o755,
  });
  // With clan on the PATH, it would generate, too.
  fs.mkdirSync(path.join(folder, '.vscode'));
  fs.writeFileSync(path.join(folder, '.vscode/settings.json'), '{ "varsmith.engine": "embedded" }\n');

  fs.mkdirSync(home);
  const gitConfig = path.join(home, '.gitconfig');
  fs.writeFileSync(gitConfig, '[user]\n\tname = Ada\n\temail = ada@example.org\n');
  const env = {
    ...process.env,
    HOME: home,
    XDG_CONFIG_HOME: path.join(home, '.config'),
    GIT_CONFIG_GLOBAL: gitConfig,
  };
  const run = (program, ...args) =>
    execFileSync(program, args, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const varsmith = (...args) => run(process.execPath, path.join(root, 'dist/cli.js'), ...args);
  run('git', 'init', '-q');
  run('git', 'add', '-A');
  run('git', 'commit', '-qm', 'Begin');
  varsmith('keygen', '--user', 'ada');
  // Once something is generated, what is not is worth a finding.
  fs.writeFileSync(path.join(home, 'id'), '0123456789abcdef');
  varsmith(
    'generate',
    '-g',
    'per-machine/lea/cloudflare-account',
    '--prompt',
    `cloudflare-account/id=@${home}/id`,
  );

  return {
    folder,
    openFile: host,
    env: {
      SOPS_AGE_KEY_FILE: path.join(home, '.config/sops/age/keys.txt'),
      GIT_CONFIG_GLOBAL: gitConfig,
      PATH: `${bin}${path.delimiter}${process.env.PATH}`,
      SHELL: path.join(bin, 'bash'),
    },
    called: () => (fs.existsSync(called) ? fs.readFileSync(called, 'utf8') : ''),
    git: (...args) => run('git', ...args),
    get: name => varsmith('get', MACHINE, name),
  };
}

/** Runs a command that is about generators of the machine, and chooses these. */
export async function chooseGenerators(ui, title, generators) {
  await ui.command(title);
  await ui.listShown('Vars of which machines?');
  await ui.pick([MACHINE]);
  await ui.listShown(`Generators of ${MACHINE}`);
  await ui.pick(generators);
}

/** @param {ReturnType<typeof makeGenerationScene>} scene */
export function generationSteps({ folder, git, get }) {
  const inFleet = file => path.join(folder, file);
  const topic = `${VARS}/ntfy/topic/value`;
  let missingBefore = 0;
  /** How many files of the machine are not generated, as the view has it. */
  const missingShown = async ui => {
    const row = ui.sideRow(`${MACHINE}`).filter({ hasText: 'not generated' });
    await row.waitFor();
    return Number(/(\d+) not generated/.exec((await row.textContent()) ?? '')?.[1]);
  };
  return [
    [
      'what is not generated is found and listed',
      async ui => {
        await ui.showProblems(path.basename(HOST));
        await ui.problem('has not been generated').first().waitFor();
        await ui.command('Varsmith: Focus on Fleet View');
        missingBefore = await missingShown(ui);
      },
    ],
    [
      'Generate Vars asks for machines, generators and prompts',
      async ui => {
        await ui.command('Varsmith: Generate Vars');
        await ui.listShown('Vars of which machines?');
        await ui.pick([MACHINE]);
        await ui.listShown(`Generators of ${MACHINE}`);
        await ui.picture('generate-choose');
        await ui.pick(['login-password', 'ntfy', 'wireguard']);
        const login = `login-password/password for ${MACHINE}`;
        await ui.asked(login, 'Password of ada on this machine');
        await ui.picture('generate-prompt');
        await ui.answer(login, 'Password of ada on this machine', PASSWORD, { hidden: true });
        await ui.answer(login, 'once more, to be sure', `${PASSWORD}!`, { hidden: true });
        await ui.page.getByText('The two do not match.').first().waitFor();
        await ui.answer(login, 'Password of ada on this machine', PASSWORD, { hidden: true });
        await ui.answer(login, 'once more, to be sure', PASSWORD, { hidden: true });
        await ui.answer(`ntfy/topic for ${MACHINE}`, 'ntfy topic', 'backups-of-tove');
        await ui.toast('4 files of 3 generators stored.').waitFor();
      },
    ],
    [
      'the values are stored, encrypted and committed',
      async () => {
        equal(fs.readFileSync(inFleet(topic), 'utf8'), 'backups-of-tove');
        const hash = get('login-password/password-hash').trim();
        const settings = hash.slice(0, hash.lastIndexOf('$'));
        const again = execFileSync('mkpasswd', ['--method=yescrypt', '--stdin', `--salt=${settings}`], {
          input: PASSWORD,
          encoding: 'utf8',
        });
        equal(again.trim(), hash);
        const publicKey = execFileSync('wg', ['pubkey'], {
          input: get('wireguard/private'),
          encoding: 'utf8',
        });
        equal(publicKey, fs.readFileSync(inFleet(`${VARS}/wireguard/public/value`), 'utf8'));
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
              row => row.textContent?.includes(name) && row.textContent.includes(`${count} not generated`),
            ),
          [MACHINE, missingBefore - 4],
        );
      },
    ],
    [
      'the page of results links to the files',
      async ui => {
        await ui.pressInToast('stored.', 'Show Result');
        const page = await ui.webview('a');
        await ui.picture('generate-result');
        await page.getByText('topic', { exact: true }).click();
        await ui.page.locator('.tab.active', { hasText: 'value' }).waitFor();
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
        await ui.answer(title, 'once more, to be sure', CANARY, { hidden: true });
        await ui.toast(`broken-token (${MACHINE}) failed.`).waitFor();
        const page = await ui.webview('.output');
        await page.getByText('checking [secret]').waitFor();
        await page.getByText('no such host').waitFor();
        await ui.picture('generate-failed');
        equal((await page.locator('body').textContent())?.includes(CANARY), false);
        await page.getByText('Go to the Script').click();
        await ui.page.locator('.tab.active', { hasText: 'added.nix' }).waitFor();
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
        await page.getByText('The script ended well. Nothing was stored.').waitFor();
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
