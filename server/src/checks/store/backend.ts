/** Where a machine's secrets are kept, for rules that miss some: only if that is certainly in this repository. */
import type { Fleet } from '../../fleet/model.ts';
import type { StoreContents } from '../../store/read.ts';

/** The backend that keeps the secrets of a machine in the repository; null for others, and where it is not certain. */
export function backendInRepository(
  fleet: Fleet,
  contents: StoreContents,
): (machine: string) => 'sops' | 'age' | null {
  const settings = fleet.storeSettings();
  const isClear = settings.all.every(({ value }) => value === contents.backend);
  return machine => {
    const backend = settings.of(machine) ?? (isClear ? contents.backend : null);
    return backend === 'sops' || backend === 'age' ? backend : null;
  };
}
