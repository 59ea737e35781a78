/** Returns who can read which secrets of a workspace, as data for the view. */
import { readerData } from '../../generate/backends/access-change.ts';
import { RunFailure } from '../../generate/run-failure.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import { accessIn } from '../../workspace/access.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { AccessRoot } from '../messages.ts';

type AccessData = Pick<AccessRoot, 'secrets' | 'notes'>;

/** The inputs of an answer, which is reused while they are unchanged, as a fleet may have thousands of secrets. */
interface Kept {
  readonly fleet: object;
  readonly stored: object;
  readonly data: AccessData;
}

const kept = new WeakMap<Workspace, Kept>();

/**
 * Returns who can read which secrets, as the same object while nothing changes. Unknown access becomes a note instead
 * of an error, since it is only displayed.
 */
export function accessOf(workspace: Workspace): AccessData {
  const looked = workspace.storedStateInputs();
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
