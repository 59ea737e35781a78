// What the example fleet gives to a user's session, and what its scripts do: bash runs them.

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { varsmith } from '../cli/support.ts';
import { fleetRoot } from './folders.ts';
import {
  at,
  type Entry,
  evaluateMachines,
  inLib,
  type Machine,
  machineNames,
  readMatrix,
  readRegistry,
} from './machines.ts';
import { describeWithNix } from './nix.ts';

const run = promisify(execFile);

type Step = {
  readonly name: string;
  readonly keys: readonly string[];
  readonly parts?: readonly (string | { readonly variable: string })[];
};

describeWithNix('sessions and scripts of the example fleet', () => {
  let registry: Record<string, Entry>;
  let matrix: Record<string, readonly string[]>;
  let machines: Record<string, Machine>;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fleet-'));
    registry = await readRegistry();
    matrix = await readMatrix();
    machines = await evaluateMachines();
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('exports secrets as paths and settings as values', () => {
    expect(at(at(machines, 'lea').users, 'ada').sessionVariables).toEqual({
      CLOUDFLARE_ACCOUNT_ID: '<cloudflare-account/id>',
      DEEPSEEK_API_KEY_FILE: '/run/secrets/vars/deepseek-api-key/key',
      GMAIL_APP_PASSWORD_FILE: '/run/secrets/vars/gmail-app-password/password',
      HINDSIGHT_API_KEY_FILE: '/run/secrets/vars/hindsight-api-key/key',
      ICLOUD_APP_PASSWORD_FILE: '/run/secrets/vars/icloud-app-password/password',
    });
    const server = Object.keys(at(at(machines, 'tove').users, 'ada').sessionVariables);
    expect(server).toContain('RESTIC_PASSWORD_FILE');
    expect(server).toContain('NTFY_TOPIC');
    expect(server.filter(name => /WIREGUARD|LOGIN/.test(name))).toEqual([]);
  });

  it('adds session steps only for keys that the machine has', async () => {
    const spec = (await inLib('session-vars-spec.nix', 'it')) as {
      readonly shared: readonly Step[];
      readonly machines: Record<string, readonly Step[]>;
    };
    for (const name of machineNames) {
      const steps = [...spec.shared, ...(spec.machines[name] ?? [])];
      const exported = at(matrix, name).map(key => at(registry, key).envVar);
      const needed = steps.flatMap(step => [
        ...step.keys.map(key => at(registry, key).envVar),
        ...(step.parts ?? []).flatMap(part => (typeof part === 'string' ? [] : [part.variable])),
      ]);
      expect(needed.filter(variable => !exported.includes(variable))).toEqual([]);
      expect(needed).not.toHaveLength(0);
    }
  });

  it('renders the session steps for nushell', () => {
    const files = at(at(machines, 'lea').users, 'ada').files;
    expect(at(files, '.config/nushell/autoload/session-extras.nu')).toBe(
      [
        String.raw`load-env (try { {HINDSIGHT_API_KEY: (open --raw $env.HINDSIGHT_API_KEY_FILE | decode utf-8 | str trim --right --char "\n")} } catch { {} })`,
        'load-env (try { {CLOUDFLARE_ACCOUNT_URL: (["https://api.cloudflare.com/client/v4/accounts/" $env.CLOUDFLARE_ACCOUNT_ID] | str join)} } catch { {} })',
        String.raw`load-env (try { {DEEPSEEK_API_KEY: (open --raw $env.DEEPSEEK_API_KEY_FILE | decode utf-8 | str trim --right --char "\n")} } catch { {} })`,
        '',
      ].join('\n'),
    );
  });

  it('adds to the variables what `varsmith env` prints after them', async () => {
    for (const name of machineNames) {
      const { files } = at(at(machines, name).users, 'ada');
      for (const [shell, path] of [
        ['bash', '.config/session/extras.sh'],
        ['nushell', '.config/nushell/autoload/session-extras.nu'],
      ] as const) {
        const { stdout } = await varsmith(['env', name, fleetRoot, '--shell', shell]);
        expect(stdout.endsWith(at(files, path)), `${name} ${shell}`).toBe(true);
      }
    }
  });

  it('refuses a session step of an unknown kind', async () => {
    await expect(
      inLib('session-vars-render.nix', '(it [ { kind = "guess"; name = "X"; keys = [ ]; } ]).bash'),
    ).rejects.toThrow('Unknown kind of session variable step: guess');
  });

  it('reads secrets and composes variables when the session starts', async () => {
    const extras = join(folder, 'extras.sh');
    const key = join(folder, 'hindsight-key');
    writeFileSync(extras, at(at(at(machines, 'lea').users, 'ada').files, '.config/session/extras.sh'));
    writeFileSync(key, "it's $HOME\n");
    const print =
      'set -eu; . "$1"; printf "%s\\n" "$HINDSIGHT_API_KEY" "$CLOUDFLARE_ACCOUNT_URL" "$(printenv DEEPSEEK_API_KEY || echo unset)"';
    const { stdout } = await run('bash', ['-c', print, 'bash', extras], {
      env: { PATH: process.env.PATH, HINDSIGHT_API_KEY_FILE: key, CLOUDFLARE_ACCOUNT_ID: 'abc123' },
    });
    expect(stdout.split('\n')).toEqual([
      "it's $HOME",
      'https://api.cloudflare.com/client/v4/accounts/abc123',
      'unset',
      '',
    ]);
  });

  it('copies each prompt into exactly the declared file', async () => {
    const prompted = Object.entries(registry).filter(([, entry]) =>
      entry.script.startsWith('cat "$prompts/'),
    );
    expect(prompted).toHaveLength(12);
    for (const [name, entry] of prompted) {
      const [prompts, out] = ['prompts', 'out'].map(part => join(folder, name, part)) as [string, string];
      for (const made of [prompts, out]) mkdirSync(made, { recursive: true });
      for (const prompt of Object.keys(entry.prompts ?? {}))
        writeFileSync(join(prompts, prompt), `answer to ${name}`);
      await run('bash', ['-euc', entry.script], { env: { PATH: process.env.PATH, prompts, out } });
      expect(readdirSync(out)).toEqual(Object.keys(entry.files));
      expect(readFileSync(join(out, entry.fileAttr), 'utf8')).toBe(`answer to ${name}`);
    }
  });
});
