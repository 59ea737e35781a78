/**
 * Applies a transaction and is killed before its n-th operation on the file system. Run by the tests, as a process of its
 * own: arguments are the root, the journal and n.
 */
import fs from 'node:fs/promises';
import { crashAt } from './crash-at.ts';

const [root = '', journal = '', at = '0'] = process.argv.slice(2);
const count = crashAt(Number(at));

const { applyChanges } = await import('../../../server/src/host/files/transaction.ts');
const { changes } = await import('./crash-scenario.ts');
await applyChanges(root, changes, { journal });
await fs.writeFile(`${root}/done`, String(count()));
