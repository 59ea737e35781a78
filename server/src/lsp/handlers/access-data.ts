/** Who can read what in a workspace, as data for the view. */
import { readerData } from '../../generate/access-change.ts';
import { RunFailure } from '../../generate/failure.ts';
import { StoreFailure } from '../../store/failure.ts';
import { accessIn } from '../../workspace/access.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { AccessRoot } from '../messages.ts';

/** What cannot be told is a note: nobody did anything wrong who looks at the view. */
export function accessOf(workspace: Workspace): Pick<AccessRoot, 'secrets' | 'notes'> {
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
