import { spawnSync } from 'node:child_process';
import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sweepClaims, takeLock } from '../../../server/src/host/files/lock.ts';
import { contentsOf, fill, testFolder } from '../folders.ts';

describe('the lock of a repository', () => {
  it('has one holder, and is free again when released', async () => {
    const path = join(testFolder(), 'state/lock');
    const lock = await takeLock(path);
    await expect(takeLock(path)).rejects.toThrow(`Varsmith is already running here (process ${process.pid})`);
    await lock.release();
    await (await takeLock(path)).release();
  });

  it('goes to one of many who come at once', async () => {
    const path = join(testFolder(), 'lock');
    const taken = await Promise.allSettled(Array.from({ length: 20 }, () => takeLock(path)));
    expect(taken.filter(one => one.status === 'fulfilled')).toHaveLength(1);
  });

  it('of a process that is gone is taken over', async () => {
    const root = testFolder();
    const gone = spawnSync('true').pid;
    writeFileSync(
      join(root, 'lock'),
      JSON.stringify({ pid: gone, started: 'x', host: hostname(), token: 't' }),
    );
    const lock = await takeLock(join(root, 'lock'));
    expect(JSON.parse(readFileSync(join(root, 'lock'), 'utf8')).pid).toBe(process.pid);
    await lock.release();
    expect(contentsOf(root)).toEqual({});
  });

  it('of an earlier process with the same id is taken over', async () => {
    const path = join(testFolder(), 'lock');
    const holder = { pid: process.pid, started: 'another boot/1', host: hostname(), token: 't' };
    writeFileSync(path, JSON.stringify(holder));
    await (await takeLock(path)).release();
  });

  it('of another computer, or of another program, is never taken over', async () => {
    const path = join(testFolder(), 'lock');
    writeFileSync(path, JSON.stringify({ pid: 1, started: null, host: 'elsewhere', token: 't' }));
    await expect(takeLock(path)).rejects.toThrow('on elsewhere');
    writeFileSync(path, '1234\n');
    await expect(takeLock(path)).rejects.toThrow('it is not a lock of Varsmith');
  });

  it('what processes that are gone have left beside it is swept, and nothing else', async () => {
    const root = testFolder();
    const holder = (pid: number, started: string) =>
      JSON.stringify({ pid, started, host: hostname(), token: 't' });
    const kept = {
      'lock.0123456789abcdef': JSON.stringify({ pid: 1, started: null, host: 'elsewhere', token: 't' }),
      // About to be written.
      'lock.1123456789abcdef': '',
      'lock.theirs': holder(process.pid, 'another boot/1'),
      'locket.2123456789abcdef': holder(process.pid, 'another boot/1'),
    };
    const left = {
      'lock.3123456789abcdef': holder(process.pid, 'another boot/1'),
      'lock.4123456789abcdef.stale': holder(process.pid, 'another boot/1'),
      'lock.5123456789abcdef': '{"pid":',
    };
    fill(root, { ...kept, ...left });
    utimesSync(join(root, 'lock.5123456789abcdef'), 1, 1);
    await sweepClaims(join(root, 'lock'));
    expect(contentsOf(root)).toEqual(kept);
  });

  it('is not released by who lost it', async () => {
    const path = join(testFolder(), 'lock');
    const lock = await takeLock(path);
    writeFileSync(path, JSON.stringify({ pid: 1, started: null, host: 'elsewhere', token: 'theirs' }));
    await lock.release();
    expect(JSON.parse(readFileSync(path, 'utf8')).token).toBe('theirs');
  });
});
