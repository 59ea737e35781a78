import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeScratch, makeWithin, sweepScratch } from '../../server/src/host/scratch.ts';
import { testFolder } from './folders.ts';

// What a killed process leaves is in test/cli/generate-process.test.ts, with a process that is killed.

describe('a scratch folder on a disk', () => {
  it('is for its owner alone, and overwritten before it goes', async () => {
    const place = testFolder();
    const scratch = await makeScratch([place]);
    expect([scratch.inMemory, statSync(scratch.path).mode & 0o777]).toEqual([false, 0o700]);
    mkdirSync(join(scratch.path, 'box'));
    writeFileSync(join(scratch.path, 'box/key'), 'canary');
    // A second name of the same bytes shows what becomes of them.
    linkSync(join(scratch.path, 'box/key'), join(place, 'kept'));
    await scratch.wipe();
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
    await part.wipe();
    rmSync(scratch.path, { recursive: true });
    await scratch.wipe();
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
      await scratch.wipe();
    }
    expect(existsSync(scratch.path)).toBe(false);
  });

  it('finds what a process of this system has left that is gone', async () => {
    const place = testFolder();
    const scratch = await makeScratch([]);
    await scratch.wipe();
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
