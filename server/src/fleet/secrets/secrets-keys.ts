/**
 * What an encrypted file shows without being decrypted: the names of its keys, which sops leaves plain, and whom it
 * is encrypted to. Values are dropped as soon as they are read.
 *
 * Source: sops 15e36f97a (formats, metadata), sops-nix 56b2406 (`recurseSecretKey`, `validateSopsFile`).
 */
import type { Place } from '../../nix/places.ts';
import { parseYaml } from './secrets-yaml.ts';
import { type YamlNode, yamlMember } from './secrets-yaml-node.ts';

export interface EncryptedKey {
  readonly name: string;
  readonly at: Place;
  readonly kind: 'value' | 'map' | 'list';
  /** Type before encryption as sops notes it (`str`, `int`, …); null for a value that is not encrypted. */
  readonly type: string | null;
  readonly below: readonly EncryptedKey[];
}

/** What a file is written in, told by its text. */
export type SopsShape = 'yaml' | 'json' | 'dotenv' | 'ini';

export interface EncryptedFile {
  readonly path: string;
  readonly shape: SopsShape;
  /** Empty for formats whose keys do not matter. */
  readonly keys: readonly EncryptedKey[];
  /** It has the metadata of sops. */
  readonly encrypted: boolean;
  /** In the order of the file. */
  readonly recipients: readonly string[];
  /** False where the text is broken or cut short: keys and recipients that are not listed may be there all the same. */
  readonly complete: boolean;
}

/** Formats of which sops-nix hands out the whole file, whatever `key` says. */
const WHOLE = new Set(['binary', 'dotenv', 'ini']);

/** Returns whether a key chooses a part of a file of this format. */
export function hasKeys(format: string): boolean {
  return !WHOLE.has(format);
}

/** What sops writes at the end of `.env` and `.ini` files. */
const IN_LINES = /^sops_(?:mac|version)\s*=|^\[sops\]/m;

/**
 * Reads the keys of a YAML or JSON file; of `.env` and `.ini` files that are encrypted, whom they are encrypted to.
 * @returns null where the text is none of these
 */
export function readEncrypted(path: string, text: string): EncryptedFile | null {
  if (IN_LINES.test(text)) return readLines(path, text);
  const { documents, complete } = parseYaml(text);
  const [root] = documents;
  if (root?.kind !== 'map') return null;
  const metadata = yamlMember(root, 'sops');
  return {
    path,
    shape: /^\s*\{/.test(text) ? 'json' : 'yaml',
    keys: keysOf(root, path).filter(key => key.name !== 'sops'),
    encrypted: metadata?.kind === 'map',
    recipients: metadata === null ? [] : recipientsOf(metadata),
    complete,
  };
}

/** Reads a file of which sops-nix hands out the whole, so that its keys do not matter. */
function readLines(path: string, text: string): EncryptedFile {
  const found = text.matchAll(/^(?:sops_)?(?:age|pgp)__list_\d+__map_(?:recipient|fp)\s*=\s*(\S+)\s*$/gm);
  return {
    path,
    shape: /^\[sops\]/m.test(text) ? 'ini' : 'dotenv',
    keys: [],
    encrypted: true,
    recipients: [...new Set([...found].map(match => match[1] as string))],
    // Key groups are not read.
    complete: !/__map_key_groups|^(?:sops_)?key_groups__list/m.test(text),
  };
}

function keysOf(node: YamlNode, path: string): EncryptedKey[] {
  if (node.kind !== 'map') return [];
  return node.entries.map(({ key, start, end, value }) => ({
    name: key,
    at: { file: path, start, end },
    kind: value.kind === 'scalar' ? 'value' : value.kind,
    type: value.kind === 'scalar' ? (/^ENC\[.*,type:(\w+)\]$/.exec(value.text)?.[1] ?? null) : null,
    below: keysOf(value, path),
  }));
}

function recipientsOf(metadata: YamlNode): string[] {
  const groups = yamlMember(metadata, 'key_groups');
  const found = new Set<string>();
  for (const group of [metadata, ...(groups?.kind === 'list' ? groups.items : [])])
    for (const [kind, field] of [
      ['age', 'recipient'],
      ['pgp', 'fp'],
    ] as const) {
      const list = yamlMember(group, kind);
      for (const entry of list?.kind === 'list' ? list.items : []) {
        const value = yamlMember(entry, field);
        if (value?.kind === 'scalar') found.add(value.text);
      }
    }
  return [...found];
}

/** What looking up a key gives; anything but `found` fails when sops-nix checks the file. */
export interface KeyFinding {
  readonly kind: 'found' | 'missing' | 'not-a-map' | 'not-a-value';
  /** The part of the key up to and with where it ended. */
  readonly upTo: string;
  /** The key found, or the deepest that was. */
  readonly key: EncryptedKey | null;
  /** Names there are where one is missing. */
  readonly names: readonly string[];
}

/** Looks a key up as sops-nix does: a slash goes one map down. */
export function findKey(file: EncryptedFile, key: string): KeyFinding {
  const names = key.split('/');
  let keys = file.keys;
  let deepest: EncryptedKey | null = null;
  for (const [i, name] of names.entries()) {
    const upTo = names.slice(0, i + 1).join('/');
    const next = keys.find(encryptedKey => encryptedKey.name === name);
    if (next === undefined)
      return { kind: 'missing', upTo, key: deepest, names: keys.map(encryptedKey => encryptedKey.name) };
    deepest = next;
    if (i === names.length - 1)
      return { kind: next.kind === 'value' ? 'found' : 'not-a-value', upTo, key: next, names: [] };
    if (next.kind !== 'map') return { kind: 'not-a-map', upTo, key: next, names: [] };
    keys = next.below;
  }
  return { kind: 'missing', upTo: key, key: deepest, names: keys.map(encryptedKey => encryptedKey.name) };
}
