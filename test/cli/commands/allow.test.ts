// The command that a repository names as its store is started only after the person has allowed it.
import { appendFileSync, existsSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { write } from '../../workspace/support.ts';
import { fleet, type GeneratingFleet } from '../generating-fleet.ts';

const GENERATOR = 'own = { files.key = { }; script = "echo key > $out/key"; };';
const STARTING = [['plan'], ['list'], ['verify'], ['generate', '--no-sandbox'], ['get', 'm', 'own/key']];

let made: GeneratingFleet;
let ran: string;

const STORE = '#!/bin/sh\ntouch "$1"\ncase $2 in exists | get) exit 1 ;; esac\n';

/** Whether something has started the store since it was last asked. */
function hasRun(): boolean {
  const found = existsSync(ran);
  rmSync(ran, { force: true });
  return found;
}

async function startsIt(command: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { stderr } = await made.run(command, { env });
  return { ran: hasRun(), stderr };
}

beforeEach(async () => {
  made = await fleet({ m: GENERATOR }, { user: null });
  ran = join(made.home, 'ran');
  write(made.root, 'tools/store', STORE);
  write(made.root, 'varsmith.json', JSON.stringify({ store: { command: ['sh', './tools/store', ran] } }));
});

describe('the command of a store', () => {
  it('is started by nothing before it is allowed, and what says so says how', async () => {
    for (const command of [...STARTING, ['set', 'm', 'own/key'], ['fix'], ['deploy', 'm', '--dry-run']])
      expect((await startsIt(command)).ran).toBe(false);
    const { code, stderr } = await made.run(['plan']);
    expect([code, stderr]).toEqual([
      1,
      `varsmith: varsmith.json names a command of its own as the store of secrets: "sh ./tools/store ${ran}". It runs with all of your permissions, so it is not started until you allow it: review it, then run \`varsmith allow ${made.root}\`.\n`,
    ]);
  });

  it('is started once it is allowed, and the repository holds nothing of that', async () => {
    const { code, stdout } = await made.run(['allow']);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(
        /^.*fleet\n {2}sh \.\/tools\/store .*\n {4}tools\/store \([0-9a-f]{60}\)\nIt may be started/,
      ),
    ]);
    for (const command of STARTING) expect((await startsIt(command)).ran).toBe(true);
    expect(made.git('status', '--porcelain')).not.toContain('allowed');
    const notes = join(made.home, '.local/state/varsmith/allowed');
    expect(readdirSync(notes)).toHaveLength(1);
    expect(statSync(join(notes, readdirSync(notes)[0] as string)).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['its file changes', () => appendFileSync(join(made.root, 'tools/store'), '# more\n')],
    [
      'it has another argument',
      () =>
        write(
          made.root,
          'varsmith.json',
          JSON.stringify({ store: { command: ['sh', './tools/store', ran, 'x'] } }),
        ),
    ],
    [
      'a link takes the place of its file',
      () => {
        write(made.home, 'other', STORE);
        rmSync(join(made.root, 'tools/store'));
        symlinkSync(join(made.home, 'other'), join(made.root, 'tools/store'));
      },
    ],
  ])('has to be allowed anew when %s', async (_, change) => {
    await made.run(['allow']);
    change();
    const { ran: started, stderr } = await startsIt(['plan']);
    expect(started).toBe(false);
    expect(stderr).toContain('has changed since you allowed it for this folder');
    await made.run(['allow']);
    expect((await startsIt(['plan'])).ran).toBe(true);
  });

  it('is not allowed for another folder with the same content', async () => {
    await made.run(['allow']);
    const [first, state] = [made, join(made.home, '.local/state')];
    made = await fleet({ m: GENERATOR }, { user: null });
    write(made.root, 'tools/store', STORE);
    write(made.root, 'varsmith.json', JSON.stringify({ store: { command: ['sh', './tools/store', ran] } }));
    expect((await startsIt(['plan'], { XDG_STATE_HOME: state })).ran).toBe(false);
    made = first;
    expect((await startsIt(['plan'], { XDG_STATE_HOME: state })).ran).toBe(true);
  });

  it('is listed, and taken back', async () => {
    await made.run(['allow']);
    const listed = JSON.parse((await made.run(['allow', '--list', '--json'])).stdout);
    expect(listed.allowed).toMatchObject([
      { command: ['sh', './tools/store', ran], files: [{ path: 'tools/store' }] },
    ]);
    expect((await made.run(['allow', '--revoke'])).stdout).toContain('No command is started for');
    expect((await made.run(['allow', '--list'])).stdout).toBe('Nothing is allowed.\n');
    expect((await startsIt(['plan'])).ran).toBe(false);
    expect((await made.run(['allow', '--revoke'])).stdout).toContain('Nothing was allowed for');
  });

  it('may be started for a folder that an editor trusts, and for no other', async () => {
    const trusted = (folder: string) => startsIt(['plan'], { VARSMITH_TRUSTED_FOLDER: folder });
    expect((await trusted(made.root)).ran).toBe(true);
    for (const folder of ['', '.', 'fleet', made.home, `${made.root}x`])
      expect((await trusted(folder)).ran).toBe(false);
  });

  it('has to be named: there is nothing to allow elsewhere', async () => {
    write(made.root, 'varsmith.json', '{}');
    expect((await made.run(['allow'])).stderr).toContain('there is nothing to allow');
    write(made.root, 'varsmith.json', '{ "store": { "command": ["./nothing"] } }');
    expect((await made.run(['allow'])).stderr).toContain('"./nothing" (varsmith.json) cannot be started');
  });
});
