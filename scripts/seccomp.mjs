// Writes server/src/host/sandbox/data/seccomp.json: the filter of lib/seccomp.mjs as bytes. A test holds it current.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './lib/root.mjs';
import { FILTERED, filterBytes } from './lib/seccomp.mjs';

const filters = Object.keys(FILTERED).map(arch => [arch, filterBytes(arch).toString('base64')]);
const table = { $schema: './seccomp.schema.json', ...Object.fromEntries(filters) };
writeFileSync(join(ROOT, 'server/src/host/sandbox/data/seccomp.json'), `${JSON.stringify(table, null, 2)}\n`);
