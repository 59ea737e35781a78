/**
 * Decrypts values kept by sops-nix and agenix with the user's keys, each file once. Values stay in memory;
 * messages name files and keys, never values.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readIfThere } from '../../host/files/atomic.ts';
import { openAgeSecret } from '../../store/age/age-writes.ts';
import type { SopsLeaf } from '../../store/sops/sops-document.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import type { Keys } from '../backends/keys.ts';
import { opening, valueIn, valuesIn } from '../backends/sops-files.ts';
import type { RunEnvironment } from '../run-environment.ts';
import type { Unchanged } from './session.ts';

/** The place of a value: `names` is its path in a YAML or JSON file; any other file is the value itself. */
export interface KeptPlace {
  /** Relative to the root. */
  readonly path: string;
  readonly format: 'yaml' | 'json' | 'binary' | 'age';
  readonly names: readonly string[];
}

export interface KeptValues {
  /**
   * Returns the value, or a clause following the secret's name that says why it cannot become the answer of a
   * prompt.
   *
   * @throws StoreFailure, HostFailure if its file cannot be decrypted
   */
  open(place: KeptPlace): Promise<Buffer | string>;
  /** Returns the files that were read, as they were at that time. */
  read(): readonly Unchanged[];
}

export function keptValues({ root }: RunEnvironment, keys: Keys): KeptValues {
  const documents = new Map<string, Promise<readonly SopsLeaf[]>>();
  const read = new Map<string, Unchanged>();

  async function bytesOf(path: string): Promise<Buffer> {
    const bytes = await readIfThere(join(root, path));
    if (bytes === null) throw new StoreFailure('malformed', `${path} is not there.`);
    read.set(path, { path, sha256: createHash('sha256').update(bytes).digest('hex') });
    return bytes;
  }

  async function decrypted({ path, format, names }: KeptPlace): Promise<Buffer | string> {
    if (format === 'age') {
      const bytes = await bytesOf(path);
      const isArmored = bytes.subarray(0, 10).toString('latin1') === '-----BEGIN';
      const file = isArmored ? bytes.toString('latin1') : bytes;
      return opening(path, keys, () => openAgeSecret(file, keys.keyring));
    }
    if (format === 'binary') return valueIn({ path, format }, (await bytesOf(path)).toString('utf8'), keys);
    const leaves =
      documents.get(path) ??
      bytesOf(path).then(bytes => valuesIn({ path, format }, bytes.toString('utf8'), keys));
    documents.set(path, leaves);
    const ownLeaf = (await leaves).find(
      leaf => leaf.path.length === names.length && names.every((name, i) => leaf.path[i] === name),
    );
    if (ownLeaf?.bytes == null) return `has no value in ${path}`;
    // sops-nix itself provides no other types.
    return ownLeaf.type === 'str'
      ? ownLeaf.bytes
      : `is stored in ${path} as ${ownLeaf.type}, not as a string`;
  }

  return {
    read: () => [...read.values()],
    async open(place) {
      const value = await decrypted(place);
      if (typeof value === 'string') return value;
      if (value.length === 0) return `is empty in ${place.path}`;
      if (!Buffer.from(value.toString('utf8'), 'utf8').equals(value))
        return `is not text in ${place.path}, so it cannot be typed into a prompt`;
      return value;
    },
  };
}
