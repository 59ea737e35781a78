// Writes docs/rules.md from the metadata of the rules. A test holds the page current.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './lib/root.mjs';

const { outputFiles } = await build({
  stdin: {
    contents: [
      "import { rulesPage } from './server/src/checks/documentation.ts';",
      "import { rules } from './server/src/checks/index.ts';",
      'export default rulesPage(rules);',
    ].join('\n'),
    resolveDir: ROOT,
    loader: 'ts',
  },
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
});
const code = Buffer.from(outputFiles[0].contents).toString('base64');
const { default: page } = await import(`data:text/javascript;base64,${code}`);
writeFileSync(join(ROOT, 'docs', 'rules.md'), page);
