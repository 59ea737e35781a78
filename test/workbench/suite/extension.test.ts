// The extension as VS Code sees it: it activates, answers hovers, and its commands do what their titles say.

import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  findingsUntil,
  insert,
  open,
  positionOf,
  revertAll,
  scene,
  unknownKeyFinding,
  uriOf,
  varsmith,
} from './support.ts';

/** The text of the hovers at a position. */
async function hoverText(uri: vscode.Uri, position: vscode.Position): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    uri,
    position,
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .map(content => (typeof content === 'string' ? content : content.value))
    .join('\n');
}

suite('extension', () => {
  const { unknownKey, selectedKey } = scene;
  teardown(revertAll);

  test('activates for a fleet and says how long that took', async () => {
    await open(unknownKey);
    const { isActive, exports } = varsmith();
    assert.ok(isActive);
    assert.ok(Number.isFinite(exports.activationMilliseconds) && exports.activationMilliseconds >= 0);
    console.log(`activate() took ${exports.activationMilliseconds.toFixed(1)} ms`);
  });

  test('a hover on a key names its generator', async () => {
    const { document } = await open(selectedKey.selection);
    await unknownKeyFinding();
    const inside = positionOf(selectedKey.selection).translate(0, 1);
    assert.match(await hoverText(document.uri, inside), new RegExp(selectedKey.generator));
  });

  test('a completion tells what it names when it is looked at', async () => {
    const { document } = await open(selectedKey.selection);
    await unknownKeyFinding();
    const inside = positionOf(selectedKey.selection).translate(0, 1);
    const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      inside,
      undefined,
      50,
    );
    const item = items.find(({ label }) => label === selectedKey.key);
    const text = item?.documentation;
    assert.match(typeof text === 'string' ? text : (text?.value ?? ''), new RegExp(selectedKey.generator));
  });

  test('Check Workspace runs and leaves the findings standing', async () => {
    await open(unknownKey);
    await vscode.commands.executeCommand('varsmith.checkWorkspace');
    await unknownKeyFinding();
  });

  test('after Restart Server findings follow the typing again', async () => {
    await open(unknownKey);
    await unknownKeyFinding();
    await vscode.commands.executeCommand('varsmith.restartServer');
    await insert(selectedKey.entry, 'renamed-');
    const message = `Unknown registry key "${selectedKey.key}"`;
    await findingsUntil(uriOf(selectedKey.selection), message, findings =>
      findings.find(finding => finding.message.startsWith(message)),
    );
  });
});
