// Writes server/src/host/sandbox/seccomp-data.ts: the filter of lib/seccomp.mjs as bytes. A test holds them current.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './lib/root.mjs';
import { FILTERED, filterBytes } from './lib/seccomp.mjs';

const lines = Object.keys(FILTERED).map(
  arch => `  [\n    '${arch}',\n${wrapped(filterBytes(arch).toString('base64'))},\n  ],\n`,
);

function wrapped(text) {
  return text
    .match(/.{1,96}/g)
    .map((part, i) => `${i === 0 ? '    ' : '      '}'${part}'`)
    .join(' +\n');
}

writeFileSync(
  join(ROOT, 'server/src/host/sandbox/seccomp-data.ts'),
  `/** Made by scripts/seccomp.mjs, which says what the filter refuses: programs for seccomp by \`process.arch\`, in base64. */
export const FILTERS: ReadonlyMap<string, string> = new Map([
${lines.join('')}]);
`,
);
