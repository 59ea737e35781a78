// Writes docs/commands.md from the table of commands. A test holds it current.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { commandsPage } from './lib/commands-page.mjs';
import { ROOT } from './lib/root.mjs';

const { outputFiles } = await build({
  entryPoints: [join(ROOT, 'server', 'src', 'cli', 'table', 'command-table.ts')],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
});
const code = Buffer.from(outputFiles[0].contents).toString('base64');
const { COMMAND_GROUPS } = await import(`data:text/javascript;base64,${code}`);
writeFileSync(join(ROOT, 'docs', 'commands.md'), commandsPage(COMMAND_GROUPS));
