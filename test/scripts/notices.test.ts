// The notices of everything bundled: made by the build, named package by package, and packed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { noticesOf, packageFolders } from '../../scripts/lib/notices.mjs';

const ROOT = join(__dirname, '../..');

it('name every package that is bundled, with its licence', async () => {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['client/src/extension.ts', 'server/src/server.ts', 'server/src/cli.ts'],
    outdir: 'unused',
    write: false,
    bundle: true,
    metafile: true,
    platform: 'node',
    external: ['vscode'],
    logLevel: 'silent',
  });
  const files = Object.keys(metafile.inputs);
  const text = noticesOf(files);
  const names = packageFolders(files).map(folder => folder.split('node_modules/').at(-1) as string);
  expect(names).toEqual(expect.arrayContaining(['age-encryption', 'yaml', 'valibot', 'web-tree-sitter']));
  for (const name of [...names, 'tree-sitter-nix'])
    expect(text).toMatch(new RegExp(`^${name.replaceAll('/', '\\/')} .*\\(.+\\)$`, 'm'));
  expect(text).toContain('Charles Strahan');
});

it('are packed with the extension', () => {
  const packed = readFileSync(join(ROOT, '.vscodeignore'), 'utf8').split('\n');
  expect(packed).toContain('!dist/THIRD-PARTY-NOTICES.txt');
  expect(packed).toContain('!server/grammar/LICENSE.tree-sitter-nix');
});
