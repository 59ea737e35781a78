// Writes docs/rules.md and docs/schemas/varsmith.schema.json from the metadata of the rules, and docs/exit-codes.md. Tests
// hold all of them current.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './lib/root.mjs';

const { outputFiles } = await build({
  stdin: {
    contents: [
      "import { rulesPage } from './server/src/checks/documentation.ts';",
      "import { rules } from './server/src/checks/index.ts';",
      "import { settingsSchemaText } from './server/src/workspace/settings-schema.ts';",
      "export { exitCodesPage } from './server/src/cli/exit-codes.ts';",
      'export const page = rulesPage(rules);',
      'export const schema = settingsSchemaText(rules);',
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
const { exitCodesPage, page, schema } = await import(`data:text/javascript;base64,${code}`);
writeFileSync(join(ROOT, 'docs', 'rules.md'), page);
writeFileSync(join(ROOT, 'docs', 'schemas', 'varsmith.schema.json'), schema);
writeFileSync(join(ROOT, 'docs', 'exit-codes.md'), exitCodesPage());
