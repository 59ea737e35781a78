/** The extension as it ships: one bundled file, loaded from a folder without node_modules. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');
let folder: string;

function node(...args: readonly string[]): string {
  return execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'varsmith-bundle-'));
  node(join(root, 'scripts/build.mjs'), '--outdir', folder, '--only', 'extension');
});

afterAll(() => rmSync(folder, { recursive: true }));

test('activate registers the commands and gives its duration', () => {
  const outcome = JSON.parse(
    node(join(import.meta.dirname, 'load-extension.cjs'), join(folder, 'extension.js')),
  );
  // Some commands are no person's: items of the views and links of results call them.
  const inner = [
    ...['varsmith.open', 'varsmith.generateMissing', 'varsmith.fixAccess'],
    ...['varsmith.openPlace', 'varsmith.showRule', 'varsmith.setAuthor', 'varsmith.trackFiles'],
  ];
  const declared = manifest.contributes.commands.map(({ command }) => command);
  expect(outcome.registered.sort()).toEqual([...declared, ...inner].sort());
  expect(outcome.exported).toEqual({ activationMilliseconds: expect.any(Number) });
});

test('activate does not load the language client library, which touches most of the vscode module', () => {
  const outcome = JSON.parse(
    node(join(import.meta.dirname, 'load-extension.cjs'), join(folder, 'extension.js')),
  );
  expect(outcome.touched).toEqual([
    'Disposable',
    'EventEmitter',
    'LanguageStatusSeverity',
    'TreeItemCollapsibleState',
    'commands',
    'languages',
    'tasks',
    'window',
    'workspace',
  ]);
});
