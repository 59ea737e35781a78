// Writes docs/rules/ and docs/schemas/varsmith.schema.json from the metadata of the rules, and docs/exit-codes.md. Tests
// hold all of them current.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { ROOT } from './lib/root.mjs';

const DOCS = join(ROOT, 'docs');

const { outputFiles } = await build({
  stdin: {
    contents: [
      "import { rulePages } from './server/src/checks/pages/documentation.ts';",
      "import { rules } from './server/src/checks/rules/index.ts';",
      "import { settingsSchemaText } from './server/src/workspace/settings/settings-schema.ts';",
      "import { shownFixes } from './test/checks/shown-fixes.ts';",
      "export { exitCodesPage } from './server/src/cli/exit-codes.ts';",
      'export const pages = rulePages(rules, shownFixes);',
      'export const schema = settingsSchemaText(rules);',
    ].join('\n'),
    resolveDir: ROOT,
    loader: 'ts',
  },
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  // Packages in the older format ask for Node's own modules by `require`.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  // The parsers look for their grammars from the folder of their own source.
  define: { __dirname: JSON.stringify(join(ROOT, 'server', 'src', 'nix', 'parse')) },
});
// A file, since the parser's runtime asks for the place of its module.
const folder = mkdtempSync(join(tmpdir(), 'varsmith-docs-'));
const program = join(folder, 'pages.mjs');
writeFileSync(program, outputFiles[0].contents);
const { exitCodesPage, pages, schema } = await import(pathToFileURL(program).href);
rmSync(folder, { recursive: true });

rmSync(join(DOCS, 'rules'), { recursive: true, force: true });
for (const [path, text] of pages) {
  mkdirSync(dirname(join(DOCS, path)), { recursive: true });
  writeFileSync(join(DOCS, path), text);
}
writeFileSync(join(DOCS, 'schemas', 'varsmith.schema.json'), schema);
writeFileSync(join(DOCS, 'exit-codes.md'), exitCodesPage());
