// The scene of the walk through generation: a copy of the example fleet under git, with throw-away keys. Two generators are
// added to the copy: one that takes its time, and one that fails and says what it was given.

import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

export const MACHINE = 'tove';
export const HOST = `modules/hosts/${MACHINE}/default.nix`;
/** An odd time, by which the script's process is found: not that of another walk on the same machine. */
export const SLEEP = `600.0${process.pid}`;

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
  const lacking = ['bwrap', 'git', 'wg', 'openssl'].filter(
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
  // What the example shows first would take the focus from what is typed.
  fs.rmSync(path.join(folder, '.varsmith-example.json'));
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
  // The other machines have their addresses in the mesh: an address of this one stands on them as well.
  varsmith('generate', '-g', 'mesh-network', '-g', 'wireguard');
  run(
    'git',
    'rm',
    '-rq',
    ...['wireguard', 'mesh-address'].map(name => `vars/per-machine/${MACHINE}/${name}`),
  );
  run('git', 'commit', '-qm', `${MACHINE} is new`);

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
