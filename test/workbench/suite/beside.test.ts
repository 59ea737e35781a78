// Varsmith beside another extension that contributes the language nix: both have their say, neither takes anything from
// the other. Registered where that extension is there (run-electron.mjs --beside).

import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { open, revertAll, scene, unknownKeyFinding } from './support.ts';

const other = vscode.extensions.getExtension('varsmith-test.other-nix');

if (other)
  suite('beside another Nix extension', () => {
    teardown(revertAll);

    test('there is one language nix, and documents are of it', async () => {
      const { document } = await open(scene.unknownKey);
      assert.equal(document.languageId, 'nix');
      const ids = (await vscode.languages.getLanguages()).filter(id => id.includes('nix'));
      assert.deepEqual(ids, ['nix']);
    });

    test('findings come, and hovers come from both', async () => {
      await other.activate();
      const { document } = await open(scene.selectedKey.selection);
      await unknownKeyFinding();
      const { line, column } = scene.selectedKey.selection;
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        new vscode.Position(line - 1, column),
      );
      const text = hovers
        .flatMap(({ contents }) => contents)
        .map(content => (typeof content === 'string' ? content : content.value))
        .join('\n');
      assert.match(text, /the other extension/);
      assert.match(text, new RegExp(scene.selectedKey.generator));
    });

    test('what the other sets for Nix stays', async () => {
      const { document } = await open(scene.unknownKey);
      const settings = vscode.workspace.getConfiguration('editor', document);
      assert.equal(settings.get('tabSize'), 3);
    });
  });
