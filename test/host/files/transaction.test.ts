import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { applyChanges, recoverChanges } from '../../../server/src/host/files/transaction.ts';
import { contentsOf, fill, testFolder } from '../folders.ts';
import { after, before, changes } from './crash-scenario.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('changes that belong together', () => {
  it('are all there, with nothing left beside them', async () => {
    const root = testFolder(before);
    const state = testFolder();
    await applyChanges(root, changes, { journal: join(state, 'journal') });
    expect(contentsOf(root)).toEqual(after);
    expect(contentsOf(state)).toEqual({});
  });

  it('are not there at all where one of them cannot be written', async () => {
    const root = testFolder({ ...before, 'vars/shared/blocked': 'a file' });
    const wrong = { kind: 'write', path: 'vars/shared/blocked/f/value', bytes: Buffer.from('x') } as const;
    const state = testFolder();
    await expect(
      applyChanges(root, [...changes, wrong], { journal: join(state, 'journal') }),
    ).rejects.toThrow(
      'Cannot write vars/shared/blocked/f/value: there is a file where a folder is needed, or the other way round.',
    );
    expect(contentsOf(root)).toEqual({ ...before, 'vars/shared/blocked': 'a file' });
    expect(contentsOf(state)).toEqual({});
  });

  it('are not there where somebody else has written in the meantime', async () => {
    const root = testFolder(before);
    const path = 'vars/other/value';
    const run = (expected: string | null) =>
      applyChanges(root, changes, {
        journal: join(testFolder(), 'journal'),
        unchanged: [{ path, sha256: expected }],
      });
    await expect(run(sha256('something else'))).rejects.toThrow(`${path} was changed in the meantime`);
    await expect(run(null)).rejects.toThrow('changed in the meantime');
    expect(contentsOf(root)).toEqual(before);
    await run(sha256('untouched'));
    expect(contentsOf(root)).toEqual(after);
  });

  it('never lead out of the repository, neither by name nor through a link', async () => {
    const root = testFolder({ 'in/x': '' });
    const outside = testFolder();
    symlinkSync(outside, join(root, 'door'));
    for (const path of [
      '../x',
      '/etc/x',
      'in/../../x',
      'door/x',
      'door/new/x',
      '.git/hooks/x',
      '.GIT/config',
      '',
      '.',
      'in/.',
      'in//x',
    ])
      await expect(
        applyChanges(root, [{ kind: 'write', path, bytes: Buffer.from('x') }], {
          journal: join(testFolder(), 'j'),
        }),
      ).rejects.toThrow('would lead out of the repository');
    expect(contentsOf(outside)).toEqual({});
  });

  it('a folder gives way to a file of its name, and a removal never takes what was written', async () => {
    const root = testFolder({ 'a/b/c': 'x' });
    const journal = join(testFolder(), 'journal');
    await applyChanges(root, [{ kind: 'write', path: 'a/b', bytes: Buffer.from('file') }], { journal });
    expect(contentsOf(root)).toEqual({ 'a/b': 'file' });
    const both = [
      { kind: 'remove', path: 'a' },
      { kind: 'write', path: 'a/b', bytes: Buffer.from('y') },
    ] as const;
    await expect(applyChanges(root, both, { journal })).rejects.toThrow(
      'Cannot both write a/b and remove a.',
    );
  });

  it('what was only begun leaves no folder behind, and keeps those that were there', async () => {
    const root = testFolder();
    mkdirSync(join(root, 'empty'));
    const change = (path: string) => ({ kind: 'write', path, bytes: Buffer.from('x') }) as const;
    const wrong = { path: 'a', sha256: 'none' };
    await expect(
      applyChanges(root, [change('empty/x'), change('machines/lea/key.json')], {
        journal: join(testFolder(), 'journal'),
        unchanged: [wrong],
      }),
    ).rejects.toThrow('was changed in the meantime');
    expect(readdirSync(root)).toEqual(['empty']);
  });

  const empty = { version: 1, state: 'moving', moves: [], removals: [] };
  it.each([
    '{',
    'null',
    '[]',
    ...[
      { ...empty, version: 2 },
      { ...empty, state: 'done' },
      { ...empty, moves: [null] },
      { ...empty, moves: [{ staged: 1, path: 'a' }] },
      { ...empty, removals: [{}] },
      { ...empty, folders: 'in' },
      ...['.', '', 'in/.', '..', '/', '.git', 'in/../..'].flatMap(path => [
        { ...empty, removals: [path] },
        { ...empty, folders: [path] },
        { ...empty, moves: [{ staged: path, path: 'x' }] },
        { ...empty, moves: [{ staged: 'x', path }] },
      ]),
    ].map(journal => JSON.stringify(journal)),
  ])('the journal %s, which is not ours, is named and left alone', async text => {
    const root = testFolder({ ...before, '.git/config': '' });
    const journal = join(testFolder({ journal: text }), 'journal');
    await expect(recoverChanges(root, journal)).rejects.toThrow(
      `The journal ${journal} was not written by Varsmith. Check "git status", then delete it.`,
    );
    expect(contentsOf(root)).toEqual({ ...before, '.git/config': '' });
    expect(readFileSync(journal, 'utf8')).toBe(text);
  });
});

describe('a process that is killed in the middle', () => {
  let child = '';
  // A process a crash takes its time; VARSMITH_EVERY_CRASH=1 leaves no operation out.
  const stride = process.env.VARSMITH_EVERY_CRASH === undefined ? 4 : 1;

  beforeAll(async () => {
    const built = await build({
      entryPoints: [join(__dirname, 'crashing-child.ts')],
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
    });
    child = built.outputFiles[0]?.text ?? '';
  });

  it('leaves all or nothing, at one operation after the other, and the next run goes on', async () => {
    const script = join(testFolder(), 'child.mjs');
    writeFileSync(script, child);
    let [undone, finished] = [0, 0];
    for (let at = 1; ; at += stride) {
      const root = testFolder(before);
      const journal = join(testFolder(), 'journal');
      const { signal } = spawnSync(process.execPath, [script, root, journal, String(at)]);
      if (existsSync(join(root, 'done'))) {
        rmSync(join(root, 'done'));
        expect(contentsOf(root)).toEqual(after);
        break;
      }
      expect(signal).toBe('SIGKILL');
      // What readers see even before anything is recovered: each file old or new, never half.
      const seen = contentsOf(root);
      for (const [path, text] of Object.entries(seen))
        if (!path.includes('.varsmith-')) expect([before[path], after[path]]).toContain(text);

      const outcome = await recoverChanges(root, journal);
      if (outcome === 'finished') finished++;
      else undone++;
      const whole = contentsOf(root);
      expect([before, after]).toContainEqual(whole);
      // Whatever it was, the same changes can be made now.
      if (whole['vars/shared/key/.validation-hash'] === 'old') await applyChanges(root, changes, { journal });
      expect(contentsOf(root)).toEqual(after);
    }
    expect(undone).toBeGreaterThan(2);
    expect(finished).toBeGreaterThan(2);
  });

  it('can be killed while it recovers, too', async () => {
    const root = testFolder(before);
    const journal = join(testFolder(), 'journal');
    // As a crash leaves it that came after the first of two moves.
    fill(root, { 'vars/.b.varsmith-1': 'new b', 'vars/a': 'new a', 'vars/b': 'old b' });
    const moves = [
      { staged: 'vars/.a.varsmith-1', path: 'vars/a' },
      { staged: 'vars/.b.varsmith-1', path: 'vars/b' },
    ];
    writeFileSync(journal, JSON.stringify({ version: 1, state: 'moving', moves, removals: ['vars/other'] }));
    expect(await recoverChanges(root, journal)).toBe('finished');
    expect(await recoverChanges(root, journal)).toBeNull();
    const { 'vars/a': a, 'vars/b': b, 'vars/other/value': other } = contentsOf(root);
    expect([a, b, other]).toEqual(['new a', 'new b', undefined]);
  });
});
