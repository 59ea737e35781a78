/**
 * Keeps secrets outside of the repository, in a program that decides who can read them. Contains the part
 * common to all such programs; each provides an `OutsideStore`.
 */
import { StoreFailure } from '../../store/store-failure.ts';
import type { SecretBackend, SecretPlace, StoredPlace } from './secret-backend.ts';

/**
 * A store with entries `<placement>/<generator>/<file>`, such as `per-machine/web/ssh/id_ed25519`. Nothing is
 * cached.
 */
export interface OutsideStore {
  /**
   * Lists all entries. Decrypts nothing.
   *
   * @throws StoreFailure, HostFailure if they cannot be listed
   */
  list(): Promise<Iterable<string>>;
  exists(entry: string): Promise<boolean>;
  /**
   * Checks that values can be stored.
   *
   * @throws StoreFailure if not
   */
  mustBeReady(): Promise<void>;
  /** Returns the bytes of an entry, or null if it does not exist. */
  read(entry: string): Promise<Buffer | null>;
  write(entry: string, value: Uint8Array, place: SecretPlace): Promise<void>;
  /** Removes an existing entry. */
  remove(entry: string): Promise<void>;
}

/** Up to this number of entries, querying each is faster than listing all. */
const FEW = 4;

export function outsideBackend(store: OutsideStore): SecretBackend {
  const opened = new Map<string, Promise<Buffer | null>>();
  let listed: Promise<Set<string>> | null = null;

  async function present(entries: readonly string[]): Promise<readonly string[]> {
    if (listed === null && entries.length <= FEW) {
      const there: string[] = [];
      for (const entry of entries) if (await store.exists(entry)) there.push(entry);
      return there;
    }
    listed ??= store.list().then(all => new Set(all));
    const all = await listed;
    return entries.filter(entry => all.has(entry));
  }

  return {
    open(place) {
      const entry = entryOf(place);
      // Each read starts a program and may need a touch of a hardware key, so a value used by many is read
      // once.
      const value = opened.get(entry) ?? store.read(entry);
      opened.set(entry, value);
      return value;
    },
    async prepare() {
      await store.mustBeReady();
      return [];
    },
    async seal(place, value) {
      const entry = entryOf(place);
      const run = async () => {
        opened.delete(entry);
        await store.write(entry, value, place);
        (await listed)?.add(entry);
      };
      return [{ kind: 'outside', does: 'store', run }];
    },
    paths: () => [],
    removal(places) {
      if (places.length === 0) return [];
      const run = async () => {
        for (const entry of await present(places.map(entryOf))) {
          opened.delete(entry);
          await store.remove(entry);
          (await listed)?.delete(entry);
        }
      };
      return [{ kind: 'outside', does: 'remove', run }];
    },
    // The other program decides who can read an entry.
    drift: () => null,
    change: () => null,
    reseal: async () => [],
    forget() {
      opened.clear();
      listed = null;
    },
  };
}

/**
 * Returns the entry of a secret.
 *
 * @throws StoreFailure for a name that is no path below the store, or that cannot be listed on one line
 */
function entryOf({ key, file }: StoredPlace): string {
  const entry = `${key}/${file}`;
  const isPath = entry.split('/').every(name => name !== '' && name !== '.' && name !== '..');
  if (isPath && !/[\0\r\n]/.test(entry)) return entry;
  throw new StoreFailure('unsupported', `${JSON.stringify(entry)} cannot be the name of a stored secret.`);
}
