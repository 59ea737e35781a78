/** What package.json promises to VS Code agrees with the code and with the files that ship. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { readShown } from '../../server/src/lsp/shown.ts';
import { DEFAULT_SETTINGS } from '../../server/src/workspace/settings.ts';
import grammar from '../../syntaxes/nix.tmLanguage.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');
const { contributes } = manifest;
const settings: readonly [string, { markdownDescription: string; default: unknown; scope: string }][] =
  Object.entries(contributes.configuration.properties);

test('every command of the palette is declared, in one category', () => {
  expect(contributes.commands.map(({ command }) => command)).toEqual([
    'varsmith.checkWorkspace',
    'varsmith.showGraph',
    'varsmith.generate',
    'varsmith.regenerate',
    'varsmith.tryGenerator',
    'varsmith.verify',
    'varsmith.setValue',
    'varsmith.copyPublicValue',
    'varsmith.restartServer',
    'varsmith.showLog',
    'varsmith.openMachine',
  ]);
  expect(new Set(contributes.commands.map(({ category }) => category))).toEqual(new Set(['Varsmith']));
});

test.each(settings)('the setting %s is ours, described, and has a default', (name, setting) => {
  expect(name).toMatch(/^varsmith\./);
  expect(setting.markdownDescription).toMatch(/\.$/);
  expect(setting).toHaveProperty('default');
  expect(['resource', 'window']).toContain(setting.scope);
});

test('the server reads the same settings, with the same defaults', () => {
  const promised = Object.fromEntries(
    settings.map(([name, setting]) => [name.replace('varsmith.', ''), setting.default]),
  );
  // These two are the extension's own.
  const { 'trace.server': _trace, engine: _engine, ...shared } = promised;
  // It names a program, which belongs to the repository and not to an editor.
  const { store: _store, ...read } = DEFAULT_SETTINGS;
  expect(shared).toEqual({ ...read, ...readShown(null) });
});

test('there are fewer than twenty settings', () => {
  expect(settings.length).toBeLessThan(20);
});

test('the language is contributed under the id and extension the other Nix extensions use', () => {
  expect(contributes.languages).toMatchObject([{ id: 'nix', extensions: ['.nix'] }]);
  const [nix, ...injections] = contributes.grammars;
  expect(nix).toMatchObject({ language: 'nix', scopeName: grammar.scopeName });
  expect(injections.filter(each => 'language' in each || each.injectTo?.join() !== 'source.nix')).toEqual([]);
});

test('the files the manifest names exist', () => {
  const named = [
    manifest.icon,
    contributes.viewsContainers.activitybar[0]?.icon,
    contributes.languages[0]?.configuration,
    ...contributes.grammars.map(({ path }) => path),
  ];
  for (const file of named) expect(existsSync(join(root, file ?? 'not named')), file).toBe(true);
});

test('an untrusted workspace is analysed, and the manifest says that nothing is run there', () => {
  expect(manifest.capabilities.untrustedWorkspaces.supported).toBe('limited');
  expect(manifest.capabilities.virtualWorkspaces.supported).toBe(false);
});
