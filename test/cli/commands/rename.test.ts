/** `varsmith rename`: names change everywhere, what is stored moves with its links, and git knows the new names. */
import { lstatSync, mkdirSync, readdirSync, readlinkSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fleet, type GeneratingFleet } from '../generating-fleet.ts';
import { OWN_KINDS, outsideFleet } from '../outside-stores.ts';

const CA = `    ca = {
      share = true;
      files.key = { };
      files.crt.secret = false;
      validation = "1";
      script = ''printf hidden > $out/key; printf shown > $out/crt'';
    };
    host = {
      dependencies = [ "ca" ];
      files.key = { };
      script = ''cat $in/ca/key > $out/key'';
    };`;

async function generated(): Promise<GeneratingFleet> {
  const made = await fleet({ lea: CA, noa: CA });
  const { code, stderr } = await made.run(['generate', '--no-sandbox', '--packages', 'host']);
  expect([code, stderr]).toEqual([0, expect.anything()]);
  return made;
}

/** Every link below a folder that leads nowhere. */
function broken(root: string, folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.name === '.git') return [];
    if (entry.isDirectory()) return broken(root, path);
    if (!entry.isSymbolicLink()) return [];
    const target = join(root, dirname(path), readlinkSync(join(root, path)));
    return lstatSync(target, { throwIfNoEntry: false }) === undefined ? [path] : [];
  });
}

const value = async (made: GeneratingFleet, machine: string, id: string) =>
  (await made.run(['get', machine, id])).stdout;

const verified = async (made: GeneratingFleet) => {
  const { code, stdout } = await made.run(['verify']);
  return [code, stdout];
};

describe('a generator', () => {
  it('takes its values, links and the hash of its inputs along; git knows them by the new name', async () => {
    const made = await generated();
    const before = await verified(made);
    expect(before[0]).toBe(0);
    const { code, stdout, stderr } = await made.run(['rename', 'generator', 'ca', 'root-ca']);
    expect([code, stderr]).toEqual([
      0,
      'varsmith: 2 files changed, 1 folder moved, nothing committed: review with "git status".\n',
    ]);
    expect(stdout).toBe(
      'changed machines/lea/configuration.nix\nchanged machines/noa/configuration.nix\nmoved vars/shared/ca to vars/shared/root-ca\n',
    );
    expect(await value(made, 'lea', 'root-ca/key')).toBe('hidden');
    expect(await value(made, 'noa', 'host/key')).toBe('hidden');
    expect(await verified(made)).toEqual(before);
    expect(broken(made.root)).toEqual([]);
    const staged = made.git('diff', '--cached', '--name-status', '-M100%').trim().split('\n');
    expect(staged.filter(line => !line.startsWith('R100\tvars/shared/ca/'))).toEqual([]);
    expect(staged).toContain('R100\tvars/shared/ca/.validation-hash\tvars/shared/root-ca/.validation-hash');
  });

  it('is left as it is by a dry run, and by a name that is taken', async () => {
    const made = await generated();
    const dry = await made.run(['rename', 'generator', 'ca', 'root-ca', '--dry-run']);
    expect(dry.stdout).toContain('would move vars/shared/ca to vars/shared/root-ca');
    expect(dry.stdout).toContain('+    root-ca = {');
    const taken = await made.run(['rename', 'generator', 'ca', 'host']);
    expect([taken.code, taken.stderr]).toEqual([
      1,
      'varsmith: A generator "host" already exists. Nothing was changed.\n',
    ]);
    expect(made.git('status', '--porcelain')).toBe('');
  });

  it('leaves what is stored where that is wanted', async () => {
    const made = await generated();
    const { stderr } = await made.run(['rename', 'generator', 'ca', 'root-ca', '--keep-stored']);
    expect(stderr).toContain('vars/shared/ca stays: the files under the new name are generated again.');
    expect((await made.run(['verify'])).code).toBe(1);
  });
});

describe('a file', () => {
  it('takes its value along', async () => {
    const made = await generated();
    expect((await made.run(['rename', 'file', 'ca/key', 'private'])).code).toBe(0);
    expect(await value(made, 'lea', 'ca/private')).toBe('hidden');
    expect((await verified(made))[0]).toBe(0);
    expect(broken(made.root)).toEqual([]);
  });
});

describe('a machine', () => {
  it('takes its folder, values, keys and every link to it along', async () => {
    const made = await generated();
    const { code } = await made.run(['rename', 'machine', 'lea', 'lena']);
    expect(code).toBe(0);
    expect(await value(made, 'lena', 'host/key')).toBe('hidden');
    expect((await verified(made))[0]).toBe(0);
    expect(broken(made.root)).toEqual([]);
    const links = readdirSync(join(made.root, 'vars/shared/ca/key/machines'));
    expect(links.sort()).toEqual(['lena', 'noa']);
    expect(readlinkSync(join(made.root, 'vars/shared/ca/key/machines/lena'))).toBe(
      '../../../../../sops/machines/lena',
    );
    expect(readdirSync(join(made.root, 'sops/machines')).sort()).toEqual(['lena', 'noa']);
    // All of it is there to be committed, and nothing goes by the old name.
    made.git('add', '-u');
    expect(
      made
        .git('ls-files')
        .split('\n')
        .filter(path => /\blea\b/.test(path)),
    ).toEqual([]);
    expect(made.git('ls-files', '--others')).toBe('');
  });

  it('whose folders were moved by somebody else gets its links and names in git', async () => {
    const made = await generated();
    const moves = ['machines', 'vars/per-machine', 'sops/machines'].map(folder => [
      `${folder}/lea`,
      `${folder}/lena`,
    ]) as [string, string][];
    moves.push(['sops/secrets/lea-age.key', 'sops/secrets/lena-age.key']);
    for (const [from, to] of moves) renameSync(join(made.root, from), join(made.root, to));
    expect(broken(made.root)).not.toEqual([]);
    // One at a time, as an editor tells of them.
    for (const move of moves) {
      const { code, stderr } = await made.run(['rename', 'moved', ...move]);
      expect([code, stderr]).toEqual([0, '']);
    }
    expect(broken(made.root)).toEqual([]);
    expect(await value(made, 'lena', 'host/key')).toBe('hidden');
    expect((await verified(made))[0]).toBe(0);
    expect(made.git('ls-files', '--others')).toBe('');
    const again = await made.run(['rename', 'moved', ...moves.flat()]);
    expect([again.code, again.stdout]).toEqual([0, '']);
  });
});

describe('in a store outside of the repository', () => {
  it('secrets are stored under the new name, and then gone under the old one', async () => {
    const made = await outsideFleet(OWN_KINDS.stub, { lea: CA });
    const run = await made.run(['generate', '--no-sandbox', '--packages', 'host']);
    expect([run.code, run.stderr]).toEqual([0, expect.anything()]);
    expect((await made.run(['rename', 'generator', 'ca', 'root-ca'])).code).toBe(0);
    expect((await made.run(['get', 'lea', 'root-ca/key'])).stdout).toBe('hidden');
    expect((await made.run(['verify'])).code).toBe(0);
    expect((await made.run(['rename', 'machine', 'lea', 'lena'])).code).toBe(0);
    expect((await made.run(['get', 'lena', 'host/key'])).stdout).toBe('hidden');
  });
});

describe('what cannot be', () => {
  it.each([
    [['rename'], 'Rename what?'],
    [['rename', 'thing', 'a', 'b'], '"thing"'],
    [['rename', 'generator', 'ca'], 'takes two names'],
    [['rename', 'file', 'key', 'b'], 'Of which generator?'],
    [['rename', 'generator', 'cb', 'b'], 'There is no generator "cb". Did you mean "ca"?'],
    [['rename', 'machine', 'lee', 'b'], 'There is no machine "lee". Did you mean "lea"?'],
    [['rename', 'file', 'ca/kei', 'b'], 'There is no file "ca/kei". Did you mean "ca/key"?'],
    [['rename', 'moved', 'a'], 'in pairs'],
    [['rename', 'moved', '/a', 'b'], 'is not a path inside the root'],
    [['rename', 'moved', '../a', 'b'], 'is not a path inside the root'],
  ])('%j is told', async (args, message) => {
    const made = await fleet({ lea: CA });
    const { code, stderr } = await made.run(args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('a folder that is in the way is named, and nothing changes', async () => {
    const made = await generated();
    const other = join(made.root, 'vars/shared/root-ca/key');
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, 'secret'), '{}');
    const { code, stderr } = await made.run(['rename', 'generator', 'ca', 'root-ca']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('vars/shared/root-ca already exists')]);
    expect(made.git('status', '--porcelain')).toBe('?? vars/shared/root-ca/\n');
  });
});
