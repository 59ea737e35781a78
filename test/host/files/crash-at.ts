/**
 * Kills this process (`kill -9`) before its n-th operation on the file system, writes cut off in their middle. To be called
 * before what is to be killed is loaded.
 */
import others from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/** @returns how many operations there have been */
export function crashAt(at: number): () => number {
  let count = 0;
  function tick(): void {
    count++;
    if (count === at) process.kill(process.pid, 'SIGKILL');
  }

  const operations = fs as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  for (const name of ['mkdir', 'rename', 'rm', 'unlink']) {
    const original = operations[name] as (...args: unknown[]) => Promise<unknown>;
    operations[name] = async (...args) => {
      tick();
      return original(...args);
    };
  }

  const immediate = others as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of ['mkdirSync', 'openSync', 'symlinkSync', 'renameSync', 'fsync']) {
    const original = immediate[name] as (...args: unknown[]) => unknown;
    immediate[name] = (...args) => {
      tick();
      return original(...args);
    };
  }

  // A write that is cut off in the middle: the first half arrives.
  const write = others.writeFileSync;
  others.writeFileSync = (file, content, ...more) => {
    const bytes = content as Uint8Array;
    if (typeof file === 'number')
      others.writeSync(file, bytes.subarray(0, bytes.length / 2), 0, undefined, 0);
    tick();
    write(file, content, ...more);
  };

  syncBuiltinESMExports();
  return () => count;
}
