import { execFileSync } from 'node:child_process';
import fs, {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { leftBehind, makeScratch, makeWithin, sweepScratch } from '../../../server/src/host/files/scratch.ts';
import { testFolder } from '../folders.ts';

// What a killed process leaves is in test/cli/generate/process.test.ts, with a process that is killed.

describe('a scratch folder on a disk', () => {
  it('is for its owner alone, and overwritten before it goes', async () => {
    const place = testFolder();
    const scratch = await makeScratch([place]);
    expect([scratch.inMemory, statSync(scratch.path).mode & 0o777]).toEqual([false, 0o700]);
    mkdirSync(join(scratch.path, 'box'));
    writeFileSync(join(scratch.path, 'box/key'), 'canary');
    // A second name of the same bytes shows what becomes of them.
    linkSync(join(scratch.path, 'box/key'), join(place, 'kept'));
    scratch.wipe();
    expect(existsSync(scratch.path)).toBe(false);
    expect(readFileSync(join(place, 'kept'))).toEqual(Buffer.alloc(6));
  });
});

describe('a scratch folder that somebody else has removed', () => {
  it.each([
    ['in memory, where there is any', () => undefined],
    ['on a disk', () => [testFolder()]],
  ])('%s, is wiped', async (_, places) => {
    const scratch = await makeScratch(places());
    const part = makeWithin(scratch, join(scratch.path, 'part'));
    rmSync(part.path, { recursive: true });
    part.wipe();
    rmSync(scratch.path, { recursive: true });
    scratch.wipe();
    expect(existsSync(scratch.path)).toBe(false);
  });
});

describe('a sweep', () => {
  it('leaves the folders of living processes alone, and whatever only looks like one', async () => {
    const place = testFolder();
    const scratch = await makeScratch([place]);
    try {
      // No file system in memory: it lies where temporary files do.
      writeFileSync(join(scratch.path, 'file'), 'mine');
      for (const name of ['varsmith-test-abc', 'varsmith-1.zz.0-abc', 'varsmith-999999999.0.0-abc'])
        mkdirSync(join(place, name));
      expect(await sweepScratch([place])).toBe(0);
      await sweepScratch();
      expect(existsSync(join(scratch.path, 'file'))).toBe(true);
      expect(existsSync(join(place, 'varsmith-999999999.0.0-abc'))).toBe(true);
    } finally {
      scratch.wipe();
    }
    expect(existsSync(scratch.path)).toBe(false);
  });

  it('finds what a process of this system has left that is gone', async () => {
    const place = testFolder();
    const scratch = await makeScratch([]);
    scratch.wipe();
    const name = scratch.path.slice(scratch.path.lastIndexOf('/') + 1);
    // The same mark with an id that no process can have.
    const gone = join(place, name.replace(/^varsmith-\d+/, 'varsmith-999999999'));
    mkdirSync(join(gone, 'box/out'), { recursive: true, mode: 0o700 });
    writeFileSync(join(gone, 'box/out/key'), 'canary', { mode: 0o400 });
    // And one whose id is used again by somebody else.
    const reused = join(place, name.replace(/\.[0-9a-f]+\./, '.0123456789ab.'));
    mkdirSync(reused);
    expect(await sweepScratch([place])).toBe(2);
    expect([existsSync(gone), existsSync(reused)]).toEqual([false, false]);
  });
});

describe('a scratch folder in which a script has left a tangle', () => {
  const places: readonly [string, () => string[] | undefined][] = [
    ['in memory, where there is any', () => undefined],
    ['on a disk', () => [testFolder()]],
  ];

  it.each(places)('%s, goes however deep it is', async (_, places) => {
    const scratch = await makeScratch(places());
    // Longer than any path may be: made as a script makes it, a folder at a time.
    const deep =
      'for i in {1..300}; do mkdir ddddddddddddddddddd e; cd -P ddddddddddddddddddd; done; echo leak > f';
    execFileSync('/bin/bash', ['-c', deep], { cwd: scratch.path });
    scratch.wipe();
    expect([existsSync(scratch.path), leftBehind()]).toEqual([false, []]);
  });

  it.each(places)(
    '%s, goes however wide it is, with closed folders, links and names that are no text',
    async (_, places) => {
      const scratch = await makeScratch(places());
      const kept = testFolder({ 'kept/file': 'kept' });
      const wide = String.raw`mkdir -p w/{1..2000}/x; mkdir c $'n\\xff'; echo leak > c/leak; echo leak > $'n\\xff/l\\xfe\\n'
      ln -s "$1/kept" link; ln -s .. c/up; mkfifo c/fifo; chmod 0 c/leak c w/7/x w/7 w .`;
      execFileSync('/bin/bash', ['-c', wide, 'bash', kept], { cwd: scratch.path });
      scratch.wipe();
      expect([existsSync(scratch.path), leftBehind()]).toEqual([false, []]);
      expect(readFileSync(join(kept, 'kept/file'), 'utf8')).toBe('kept');
    },
  );
});

describe('what cannot be removed', () => {
  it('is told, ends nothing, and everything beside it goes', async () => {
    const place = testFolder();
    const scratch = await makeScratch([place]);
    mkdirSync(join(scratch.path, 'box/out'), { recursive: true });
    writeFileSync(join(scratch.path, 'box/out/key'), 'canary');
    // In place of what only the system could do: a folder that cannot go.
    const broken = vi.spyOn(fs, 'rmdirSync').mockImplementation(() => {
      throw Object.assign(new Error('busy'), { code: 'EBUSY' });
    });
    syncBuiltinESMExports();
    scratch.wipe();
    broken.mockRestore();
    syncBuiltinESMExports();
    expect(leftBehind()).toEqual([`${scratch.path} (EBUSY)`]);
    expect(
      readdirSync(scratch.path, { recursive: true, withFileTypes: true }).filter(one => one.isFile()),
    ).toEqual([]);
    scratch.wipe();
    expect(leftBehind()).toEqual([]);
  });
});
