/**
 * Which backend keeps the secrets of a fleet: as its configuration says, or else as what lies on disk tells. Knows
 * which backends can be served here.
 */
import type { Fleet } from '../fleet/model.ts';
import { probableSetting, settingsOf } from '../store/backend.ts';
import { StoreFailure } from '../store/failure.ts';
import type { StoreFiles } from '../store/files.ts';

export type ServedBackend = 'sops' | 'age';

/** @throws StoreFailure `unsupported` where it is another, or not one for all machines */
export function backendOf(fleet: Fleet, files: StoreFiles): ServedBackend {
  const [only, other] = settingsOf(fleet);
  if (only !== undefined && other !== undefined)
    throw new StoreFailure(
      'unsupported',
      `Machines that keep secrets in different stores are not supported yet: ${only} and ${other}.`,
    );
  // Clan's own default is sops.
  const name = only ?? probableSetting(fleet, files) ?? 'sops';
  if (name === 'sops' || name === 'age') return name;
  throw new StoreFailure(
    'unsupported',
    name === 'password-store'
      ? 'The password store is not supported yet: use "clan vars" for it.'
      : `The secret store "${name}" is not supported yet: use "clan vars" for it.`,
  );
}
