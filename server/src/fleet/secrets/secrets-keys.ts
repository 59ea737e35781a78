/**
 * Reads the parts of an encrypted file that are not encrypted: the names of its keys, which sops leaves in plain text,
 * and its recipients. Values are dropped immediately.
 *
 * Source: sops 15e36f97a (formats, metadata), sops-nix 56b2406 (`recurseSecretKey`, `validateSopsFile`).
 */
import { mergeMark } from '../../nix/merge-marks.ts';
import type { Place } from '../../nix/places.ts';
import { parseYaml } from './secrets-yaml.ts';
import { type TextFlaw, type YamlNode, yamlMember } from './secrets-yaml-node.ts';

export interface EncryptedKey {
  readonly name: string;
  readonly at: Place;
  readonly kind: 'value' | 'map' | 'list';
  /** The type before encryption as sops notes it (`str`, `int`, …); null for a value that is not encrypted. */
  readonly type: string | null;
  readonly below: readonly EncryptedKey[];
}

/** The format of a file, as detected from its text. */
export type SopsShape = 'yaml' | 'json' | 'dotenv' | 'ini';

export interface EncryptedFile {
  readonly path: string;
  readonly shape: SopsShape;
  /** The keys; empty for formats without them. */
  readonly keys: readonly EncryptedKey[];
  /** True if the file has the metadata of sops. */
  readonly encrypted: boolean;
  /** The recipients in the order of the file. */
  readonly recipients: readonly string[];
  /** False for an encrypted file that is cut off before the code that authenticates it. */
  readonly authenticated: boolean;
  /** False if the text is broken or cut short, so that keys and recipients may be missing here. */
  readonly complete: boolean;
}

/** Formats of which sops-nix returns the whole file and ignores `key`. */
const WHOLE = new Set(['binary', 'dotenv', 'ini']);

/** Returns whether a key selects a part of a file in this format. */
export function hasKeys(format: string): boolean {
  return !WHOLE.has(format);
}

/** Matches the metadata that sops writes into `.env` and `.ini` files. */
const IN_LINES = /^sops_(?:mac|version|lastmodified|age__list\w*)\s*=|^\[sops\]/m;

const MAC_IN_LINES = /^(?:sops_)?mac\s*=/m;

/**
 * Returns the reason why sops cannot read a file that it has encrypted, or `null`. Without the code that authenticates a
 * file (`mac`), which stands behind its recipients, sops decrypts nothing of it and changes nothing in it.
 */
export function flawOf(text: string): TextFlaw | null {
  const mark = mergeMark(text);
  if (mark !== null) return { ...mark, reason: 'a merge in it is not finished' };
  const end = text.trimEnd().length;
  const cutOff: TextFlaw = { start: end, end, reason: 'it is cut off: the metadata of sops has no `mac`' };
  if (IN_LINES.test(text)) return MAC_IN_LINES.test(text) ? null : cutOff;
  const { documents, flaw, complete } = parseYaml(text);
  if (flaw !== null) return flaw;
  const metadata = yamlMember(documents[0], 'sops');
  return complete && metadata?.kind === 'map' && yamlMember(metadata, 'mac') === null ? cutOff : null;
}

/**
 * Reads the keys of a YAML or JSON file, or the recipients of an encrypted `.env` or `.ini` file. Returns null for
 * other texts.
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
    authenticated: yamlMember(metadata, 'mac') !== null,
    complete,
  };
}

/** Reads an encrypted `.env` or `.ini` file, whose keys do not matter since sops-nix returns the whole file. */
function readLines(path: string, text: string): EncryptedFile {
  const matches = text.matchAll(/^(?:sops_)?(?:age|pgp)__list_\d+__map_(?:recipient|fp)\s*=\s*(\S+)\s*$/gm);
  return {
    path,
    shape: /^\[sops\]/m.test(text) ? 'ini' : 'dotenv',
    keys: [],
    encrypted: true,
    recipients: [...new Set([...matches].map(match => match[1] as string))],
    authenticated: MAC_IN_LINES.test(text),
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
  const recipients = new Set<string>();
  for (const group of [metadata, ...(groups?.kind === 'list' ? groups.items : [])])
    for (const [kind, field] of [
      ['age', 'recipient'],
      ['pgp', 'fp'],
    ] as const) {
      const list = yamlMember(group, kind);
      for (const entry of list?.kind === 'list' ? list.items : []) {
        const value = yamlMember(entry, field);
        if (value?.kind === 'scalar') recipients.add(value.text);
      }
    }
  return [...recipients];
}

/** The result of looking up a key. sops-nix rejects the file for every kind except `found`. */
export interface KeyFinding {
  readonly kind: 'found' | 'missing' | 'not-a-map' | 'not-a-value';
  /** The part of the key up to and including the name at which the lookup ended. */
  readonly upTo: string;
  /** The key that was found, or the last one on the way. */
  readonly key: EncryptedKey | null;
  /** The names at the level of a missing one. */
  readonly names: readonly string[];
}

/** Looks up a key as sops-nix does, where a slash descends into a map. */
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
