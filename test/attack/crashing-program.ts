/**
 * Loaded in front of a program (`node --import`): it is killed (`kill -9`) before the operation on the file system, or
 * right behind the start of a program of others, that `CRASH_AT` counts to; where it counts to none, `CRASH_COUNT` names
 * the file that is told how many there were.
 */
import childProcess from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { crashAt } from '../host/files/crash-at.ts';

const at = Number(process.env.CRASH_AT);
const { CRASH_COUNT } = process.env;
const write = writeFileSync;
let started = 0;
const operations = crashAt(at > 0 ? at : Number.POSITIVE_INFINITY);

// Starts have a count of their own, negative: what is started goes on when its parent is gone.
const programs = childProcess as unknown as Record<string, (...args: unknown[]) => unknown>;
for (const name of ['spawn', 'execFile', 'spawnSync', 'execFileSync']) {
  const original = programs[name] as (...args: unknown[]) => unknown;
  programs[name] = (...args) => {
    const child = original(...args);
    started++;
    if (started === -at) process.kill(process.pid, 'SIGKILL');
    return child;
  };
}
syncBuiltinESMExports();

if (CRASH_COUNT !== undefined)
  process.on('exit', () => write(CRASH_COUNT, JSON.stringify({ operations: operations(), started })));
