/** A value that somebody brings, and what was made from the one before: it is noted, told everywhere, and made anew. */
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findSandbox } from '../../../server/src/host/sandbox/find-sandbox.ts';
import { write } from '../../workspace/support.ts';
import { fleet, type GeneratingFleet } from '../generating-fleet.ts';

const hasSandbox = 'sandbox' in (await findSandbox(process.platform, ['/usr/bin', '/bin']));
const BOX = hasSandbox ? [] : ['--no-sandbox'];

const GENERATORS = `
  root = { share = true; files.key = { }; files.open.secret = false; script = "printf key-1 > $out/key; printf open-1 > $out/open"; };
  leaf = { dependencies = [ "root" ]; files.copy = { }; script = "cat $in/root/key $in/root/open > $out/copy"; };
  two = { dependencies = [ "leaf" ]; files.a = { }; files.b = { }; script = "cp $in/leaf/copy $out/a; cp $in/leaf/copy $out/b"; };
`;

async function generated(made: GeneratingFleet, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await made.run(['generate', ...BOX, '--yes', ...args]);
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  return stdout;
}

const read = async ({ run }: GeneratingFleet, id: string) => (await run(['get', 'm', id])).stdout;

/** What `verify` finds: kind, key and what it was made from. */
async function found({ run }: GeneratingFleet): Promise<readonly unknown[]> {
  const { problems } = JSON.parse((await run(['verify', '--json'])).stdout);
  return problems.map((one: { kind: string; key: string; older: string[] }) => [
    one.kind,
    one.key,
    one.older,
  ]);
}

/** The notes that runs leave for each other, but the lock. */
function notes({ root }: GeneratingFleet): string[] {
  const folder = join(root, '.git/varsmith');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('/stale'));
}

describe('a value that others are made from', () => {
  it('marks those as outdated, says so everywhere, and the next run makes them anew', async () => {
    const made = await fleet({ m: GENERATORS, n: GENERATORS });
    await generated(made);
    const { code, stdout, stderr } = await made.run(['set', 'm', 'root/key'], { input: 'key-2' });
    expect([code, stdout]).toEqual([0, 'Updated secret var root/key for machines: m, n\n']);
    expect(stderr).toBe(
      'varsmith: Made from the older value: per-machine/m/leaf, per-machine/n/leaf. "varsmith generate" generates them again.\n',
    );
    expect((await made.run(['verify'])).stdout).toContain(
      '✗ per-machine/m/leaf was made from an older root/key, which changed since. "varsmith generate" generates it again.\n',
    );
    expect(await found(made)).toEqual([
      ['superseded', 'per-machine/m/leaf', ['root/key']],
      ['superseded', 'per-machine/n/leaf', ['root/key']],
    ]);
    const planned = (await made.run(['plan'])).stdout;
    expect(planned).toContain('per-machine/m/leaf  made from an older root/key; overwrites copy');
    expect(planned).toContain('per-machine/m/two   made from what changes; overwrites a, b');
    expect((await made.run(['list', '-m', 'm'])).stdout).toBe(
      [
        'leaf/copy: ********  made from an older root/key',
        'root/key: ********',
        'root/open: open-1',
        'two/a: ********',
        'two/b: ********\n',
      ].join('\n'),
    );
    await made.run(['set', 'n', 'root/open'], { input: 'open-2' });
    expect((await made.run(['verify', '-m', 'n'])).stdout).toContain(
      'per-machine/n/leaf was made from older root/key, root/open,',
    );

    await generated(made, '-m', 'm');
    expect(await read(made, 'two/b')).toBe('key-2open-2');
    expect(await found(made)).toEqual([['superseded', 'per-machine/n/leaf', ['root/key', 'root/open']]]);
    await generated(made);
    expect(await found(made)).toEqual([]);
    expect(notes(made)).toEqual([]);
  });

  it('leaves alone what is not stored, and what nothing is made from', async () => {
    const made = await fleet({ m: GENERATORS });
    const set = await made.run(['set', 'm', 'root/key', '--json'], { input: 'key-0' });
    expect(JSON.parse(set.stdout)).toMatchObject({ dependents: [], outdated: [] });
    await generated(made);
    expect((await made.run(['set', 'm', 'two/a'], { input: 'brought' })).stderr).toBe('');
    expect(notes(made)).toEqual([]);
  });

  it.each(['root/key', 'root/open'])('that is set to what it was already marks nothing: %s', async id => {
    const made = await fleet({ m: GENERATORS });
    await generated(made);
    expect((await made.run(['set', 'm', id], { input: `${id.slice(5)}-1` })).stderr).toBe('');
    expect([await found(made), notes(made)]).toEqual([[], []]);
  });

  it('takes the mark from a generator whose only file is brought itself', async () => {
    const made = await fleet({ m: GENERATORS });
    await generated(made);
    await made.run(['set', 'm', 'root/key'], { input: 'key-2' });
    await made.run(['set', 'm', 'leaf/copy'], { input: 'brought' });
    expect(await found(made)).toEqual([['superseded', 'per-machine/m/two', ['leaf/copy']]]);
    await made.run(['set', 'm', 'two/a'], { input: 'brought' });
    // Its other file is still of the older value.
    expect(await found(made)).toEqual([['superseded', 'per-machine/m/two', ['leaf/copy']]]);
  });

  it('is marked although it could not be committed, and not where nothing was replaced', async () => {
    const made = await fleet({ m: GENERATORS });
    await generated(made);
    const hook = join(made.root, '.git/hooks/prepare-commit-msg');
    write(made.root, '.git/hooks/prepare-commit-msg', '#!/bin/sh\nexit 1\n');
    chmodSync(hook, 0o755);
    const stored = await made.run(['set', 'm', 'root/key'], { input: 'key-2' });
    expect([stored.code, stored.stderr]).toEqual([1, expect.stringContaining('stored, but not committed')]);
    expect(await found(made)).toContainEqual(['superseded', 'per-machine/m/leaf', ['root/key']]);

    const other = await fleet({ m: GENERATORS });
    await generated(other);
    // Something lies where its folder would have to be made.
    const { rmSync } = await import('node:fs');
    const folder = join(other.root, 'vars/shared/root/open');
    rmSync(folder, { recursive: true });
    write(other.root, 'vars/shared/root/open', 'in the way');
    const refused = await other.run(['set', 'm', 'root/open'], { input: 'open-2' });
    expect(refused.code).toBe(1);
    expect(existsSync(folder) && readFileSync(folder, 'utf8')).toBe('in the way');
    expect(notes(other)).toEqual([]);
  });
});
