import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { HostFailure } from '../../../server/src/host/host-failure.ts';
import { runProcess } from '../../../server/src/host/programs/process.ts';
import { testFolder } from '../folders.ts';

const limits = { env: { PATH: '/usr/bin:/bin' }, timeLimitMs: 60_000, outputLimitBytes: 1000 };
const bash = (text: string, more: object = {}) =>
  runProcess('/bin/bash', ['--norc', '-c', text], { ...limits, ...more });

/** A process that has ended, though perhaps nobody has asked for its code yet. */
function isGone(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/\(.*\)/, ''));
  } catch {
    return true;
  }
}

describe('another program', () => {
  it('gets its input and environment and no more, and gives its output and code', async () => {
    const result = await bash('cat; echo "$A-${HOME-unset}" >&2; exit 3', {
      input: Buffer.from('in'),
      env: { ...limits.env, A: 'a' },
    });
    expect(result).toMatchObject({ end: 'exit', code: 3, signal: null, truncated: false });
    expect([result.stdout.toString(), result.stderr.toString()]).toEqual(['in', 'a-unset\n']);
  });

  it('may end without reading its input', async () => {
    expect((await bash('exit 0', { input: Buffer.alloc(1_000_000) })).code).toBe(0);
  });

  it('is started by its absolute path alone', async () => {
    const folder = testFolder();
    writeFileSync(join(folder, 'tool'), '#!/bin/sh\necho ran > ran\n', { mode: 0o755 });
    for (const name of ['tool', './tool'])
      await expect(
        runProcess(name, [], { ...limits, cwd: folder, env: { PATH: `.:${folder}` } }),
      ).rejects.toThrow(`The command "${name}" is not named by its absolute path.`);
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });

  it('is named where it does not exist', async () => {
    await expect(runProcess('/nowhere/no-such-command', [], limits)).rejects.toThrow(
      'The command "/nowhere/no-such-command" was not found.',
    );
  });

  it('that cannot be started is a failure in words, without its arguments', async () => {
    const arguments_ = Array.from({ length: 400 }, () => 'x'.repeat(100_000));
    await expect(runProcess('/bin/true', arguments_, limits)).rejects.toThrow(
      new HostFailure('other', 'The command "/bin/true" cannot be started: E2BIG.'),
    );
  });

  it('that dies of a signal says which', async () => {
    expect(await bash('kill -TERM $$')).toMatchObject({ end: 'signal', code: null, signal: 'SIGTERM' });
  });

  it.skipIf(!existsSync('/proc/self/stat'))('is cancelled with everything it has started', async () => {
    const marker = join(testFolder(), 'pids');
    const cancel = new AbortController();
    const running = bash(`sleep 600 & echo "$$ $!" > ${marker}.new; mv ${marker}.new ${marker}; wait`, {
      signal: cancel.signal,
    });
    await vi.waitUntil(() => existsSync(marker), { timeout: 240_000 });
    cancel.abort();
    expect((await running).end).toBe('cancelled');
    const pids = readFileSync(marker, 'utf8').trim().split(' ').map(Number);
    expect(pids).toHaveLength(2);
    await vi.waitUntil(() => pids.every(isGone), { timeout: 240_000 });
  });

  it('is not even started where it was cancelled before', async () => {
    expect((await bash('exit 0', { signal: AbortSignal.abort() })).end).toBe('cancelled');
  });
});
