/** Who can read what in a workspace, as data for the view. */
import { readerData } from '../../generate/backends/access-change.ts';
import { RunFailure } from '../../generate/run-failure.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import { accessIn } from '../../workspace/access.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { AccessRoot } from '../messages.ts';

type AccessData = Pick<AccessRoot, 'secrets' | 'notes'>;

/** What the answer was made of: of a fleet with thousands of secrets it is not made again until one of these is another. */
interface Kept {
  readonly fleet: object;
  readonly stored: object;
  readonly data: AccessData;
}

const kept = new WeakMap<Workspace, Kept>();

/** What cannot be told is a note: nobody did anything wrong who looks at the view. The same object while nothing changes. */
export function accessOf(workspace: Workspace): AccessData {
  const looked = workspace.looked();
  const [fleet, stored] = [looked.fleet, looked.stored()];
  const cached = kept.get(workspace);
  if (cached?.fleet === fleet && cached.stored === stored) return cached.data;
  const data = accessData(workspace);
  kept.set(workspace, { fleet, stored, data });
  return data;
}

function accessData(workspace: Workspace): AccessData {
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
