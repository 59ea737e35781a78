/** The editor's settings go before varsmith.json; its defaults do not. */
import { expect, test, vi } from 'vitest';
import { explicitSettings, settingNames } from '../../client/src/language/settings.ts';
import manifest from '../../package.json' with { type: 'json' };
import { set, workspace } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

test('nothing is sent while nothing is set', () => {
  expect(explicitSettings(undefined)).toEqual({});
});

test('what is set is sent, the narrowest value of it', () => {
  set['varsmith.exclude'] = { globalValue: ['a'], workspaceFolderValue: [] };
  set['varsmith.enable'] = { workspaceValue: false };
  expect(explicitSettings(undefined)).toEqual({ exclude: [], enable: false });
});

test('each folder is asked about for itself', () => {
  const folder = { scheme: 'file' } as never;
  explicitSettings(folder);
  expect(workspace.getConfiguration).toHaveBeenLastCalledWith('varsmith', folder);
});

test('every setting of the manifest that the server reads is sent', () => {
  const declared = Object.keys(manifest.contributes.configuration.properties)
    .map(name => name.replace('varsmith.', ''))
    .filter(
      name =>
        !name.startsWith('trace.') &&
        !name.startsWith('server.') &&
        !['engine', 'commit', 'timeLimit', 'limits', 'nix.ask'].includes(name),
    );
  expect([...settingNames].sort()).toEqual(declared.sort());
});
