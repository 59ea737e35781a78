/**
 * Applies a transaction and is killed (`kill -9`) before its n-th operation on the file system. Run by the tests, as
 * a process of its own: arguments are the root, the journal and n.
 */
import others from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const [root = '', journal = '', at = '0'] = process.argv.slice(2);
let count = 0;

function tick(): void {
  count++;
  if (count === Number(at)) process.kill(process.pid, 'SIGKILL');
}

const operations = fs as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
for (const name of ['mkdir', 'rename', 'rm', 'symlink', 'unlink', 'open']) {
  const original = operations[name] as (...args: unknown[]) => Promise<unknown>;
  operations[name] = async (...args) => {
    tick();
    const result = await original(...args);
    if (name !== 'open') return result;
    const handle = result as fs.FileHandle;
    // A write that is cut off in the middle: the first half arrives.
    const write = handle.writeFile.bind(handle);
    handle.writeFile = async content => {
      const bytes = content as Uint8Array;
      await handle.write(bytes.subarray(0, bytes.length / 2), 0, undefined, 0);
      tick();
      await write(bytes);
    };
    const sync = handle.sync.bind(handle);
    handle.sync = async () => {
      tick();
      await sync();
    };
    return handle;
  };
}

const immediate = others as unknown as Record<string, (...args: unknown[]) => unknown>;
for (const name of ['mkdirSync', 'fsync']) {
  const original = immediate[name] as (...args: unknown[]) => unknown;
  immediate[name] = (...args) => {
    tick();
    return original(...args);
  };
}

syncBuiltinESMExports();

const { applyChanges } = await import('../../server/src/host/transaction.ts');
const { changes } = await import('./crash-scenario.ts');
await applyChanges(root, changes, { journal });
await fs.writeFile(`${root}/done`, String(count));
