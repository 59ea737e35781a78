// A person opens the broken fleet: findings stand where the mistakes are, follow the typing, and quick fixes mend them.

import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  findingsUntil,
  insert,
  noFinding,
  open,
  positionOf,
  revertAll,
  ruleOf,
  scene,
  unknownKeyFinding,
  uriOf,
} from './support.ts';

/** The quick fixes offered at a range, with their edits filled in. */
function quickFixes(uri: vscode.Uri, range: vscode.Range): Thenable<vscode.CodeAction[]> {
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    uri,
    range,
    vscode.CodeActionKind.QuickFix.value,
    20,
  );
}

suite('findings', () => {
  const { unknownKey, selectedKey } = scene;
  teardown(revertAll);

  test('an unknown registry key is an error of varsmith on the key itself', async () => {
    await open(unknownKey);
    const finding = await unknownKeyFinding();
    assert.equal(finding.source, 'varsmith');
    assert.equal(ruleOf(finding), 'registry/unknown-key');
    assert.equal(finding.severity, vscode.DiagnosticSeverity.Error);
    assert.deepEqual(finding.range.start, positionOf(unknownKey));
  });

  test('the quick fix replaces the key, and the finding is gone', async () => {
    const { document } = await open(unknownKey);
    const finding = await unknownKeyFinding();
    const title = `Replace with "${unknownKey.replacement}"`;
    const offered = await quickFixes(document.uri, finding.range);
    const fix = offered.find(action => action.title.startsWith(title));
    assert.ok(fix?.edit, `${title} is not among: ${offered.map(action => action.title).join(', ')}`);
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    await noFinding(document.uri, unknownKey.message);
    assert.ok(document.lineAt(unknownKey.line - 1).text.includes(unknownKey.replacement));
  });

  test('an edit in the registry changes the findings of the matrix, and undoing it takes them back', async () => {
    const { document: matrix } = await open(selectedKey.selection);
    await unknownKeyFinding();
    const message = `Unknown registry key "${selectedKey.key}"`;
    await noFinding(matrix.uri, message);

    await insert(selectedKey.entry, 'renamed-');
    await findingsUntil(matrix.uri, message, findings =>
      findings.find(finding => finding.message.startsWith(message)),
    );

    await vscode.window.showTextDocument(uriOf(selectedKey.entry));
    await vscode.commands.executeCommand('undo');
    await noFinding(matrix.uri, message);
  });
});
