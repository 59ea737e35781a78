/** Returns who can read which secrets of a workspace, as data for the view. */
import { derivedFromBy } from '../../checks/memory/derived-by.ts';
import { contextOf } from '../../editor/snapshot.ts';
import { readerData } from '../../generate/backends/access-change.ts';
import { type AccessMatrix, accessMatrix } from '../../generate/backends/access-matrix.ts';
import type { KeyedBackend } from '../../generate/backends/served-backend.ts';
import { RunFailure } from '../../generate/run-failure.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import { type AccessPlace, accessPlace } from '../../workspace/access.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { AccessRoot } from '../messages.ts';

type AccessData = Pick<AccessRoot, 'secrets' | 'notes'>;

/** Who can read which secrets of a backend; a fleet may have thousands of them. */
const accessWith = derivedFromBy('access', ({ fleet, sources }, backend): AccessData => {
  try {
    return asData(accessMatrix(fleet, sources, fleet.directory ?? '', backend as KeyedBackend));
  } catch (error) {
    return { secrets: [], notes: [reasonOf(error)] };
  }
});

/** What is shown where it cannot be determined. */
const unknownAccess = derivedFromBy(
  'unknown access',
  (_, reason): AccessData => ({
    secrets: [],
    notes: [reason],
  }),
);

/**
 * Returns who can read which secrets, as the same object while nothing changes. Unknown access becomes a note instead
 * of an error, since it is only displayed.
 */
export function accessOf(workspace: Workspace): AccessData {
  const context = contextOf(workspace.snapshot());
  let place: AccessPlace;
  try {
    place = accessPlace(workspace);
  } catch (error) {
    return unknownAccess(context, reasonOf(error));
  }
  return accessWith(context, place.backend);
}

function asData({ secrets, notes }: AccessMatrix): AccessData {
  const shown = secrets.map(({ readers, ...secret }) => ({
    ...secret,
    readers: readers.map(reader => ({ ...readerData(reader), state: reader.state })),
  }));
  return { secrets: shown, notes };
}

/** Returns why access is unknown; throws any other error again. */
function reasonOf(error: unknown): string {
  if (error instanceof RunFailure || error instanceof StoreFailure) return error.message;
  throw error;
}
