/**
 * Answers Varsmith's own request for the access view. Its code, including cryptography, is loaded with the first
 * request.
 */
import { basename } from 'node:path';
import type { CancellationToken } from 'vscode-languageserver';
import type { Analysis } from '../analysis.ts';
import type { AccessRoot } from '../messages.ts';
import { uriOfPath } from '../to-protocol.ts';

export async function onAccess(analysis: Analysis, token: CancellationToken): Promise<AccessRoot[]> {
  await analysis.allAnalysed(token);
  const { accessOf } = await import('./access-data.ts');
  return analysis.folders.all().map(workspace => ({
    name: basename(workspace.root),
    uri: uriOfPath(workspace.root),
    ...accessOf(workspace),
  }));
}
