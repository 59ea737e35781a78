/** Our own request for the view of who can read what. */
import { basename } from 'node:path';
import type { CancellationToken } from 'vscode-languageserver';
import { readerData } from '../../generate/access-change.ts';
import { RunFailure } from '../../generate/failure.ts';
import { StoreFailure } from '../../store/failure.ts';
import { accessIn } from '../../workspace/access.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { Analysis } from '../analysis.ts';
import { uriOfPath } from '../convert.ts';
import type { AccessRoot } from '../messages.ts';

export async function onAccess(analysis: Analysis, token: CancellationToken): Promise<AccessRoot[]> {
  await analysis.settled(token);
  return analysis.folders.all().map(workspace => ({
    name: basename(workspace.root),
    uri: uriOfPath(workspace.root),
    ...accessOf(workspace),
  }));
}

/** What cannot be told is a note: nobody did anything wrong who looks at the view. */
function accessOf(workspace: Workspace): Pick<AccessRoot, 'secrets' | 'notes'> {
  try {
    const { secrets, notes } = accessIn(workspace);
    const asData = secrets.map(({ readers, ...secret }) => ({
      ...secret,
      readers: readers.map(reader => ({ ...readerData(reader), state: reader.state })),
    }));
    return { secrets: asData, notes };
  } catch (error) {
    if (!(error instanceof RunFailure || error instanceof StoreFailure)) throw error;
    return { secrets: [], notes: [error.message] };
  }
}
