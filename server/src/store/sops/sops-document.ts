/**
 * Reads and verifies sops' JSON and YAML stores: files with several values, some of them encrypted, as sops-nix uses
 * them. Clan keeps no vars in them. `sops-edit.ts` writes them.
 * Source: getsops/sops 15e36f97a, sops.go, stores/json and stores/yaml.
 */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseAllDocuments,
  Scalar as YamlScalar,
} from 'yaml';
import type { Keyring } from '../age/crypt.ts';
import { StoreFailure } from '../store-failure.ts';
import {
  macHash,
  openDataKey,
  type SopsMetadata,
  type SopsRule,
  sopsMetadata,
  verifyMac,
} from './sops-metadata.ts';
import { plainScalar, type ScalarType, stringScalar } from './sops-scalars.ts';
import { looksSealed, openValue, parseSealed } from './sops-value.ts';

/** A decrypted value of the file. */
export interface SopsLeaf {
  /** Names in maps and 0-based positions in lists that lead to the value. */
  readonly path: readonly (string | number)[];
  readonly type: ScalarType | 'bytes';
  /** The bytes that sops hashes: numbers in decimal, `True` and `False`; `null` for null. */
  readonly bytes: Buffer | null;
  readonly encrypted: boolean;
}

export type DocumentFormat = 'json' | 'yaml';

/** A file whose values have all been verified, with everything needed to change it. */
export interface OpenedDocument {
  /** All values in the order of the file. */
  readonly leaves: readonly SopsLeaf[];
  readonly metadata: SopsMetadata;
  /** The data key. */
  readonly key: Uint8Array;
}

/**
 * Decrypts the file and verifies all of it.
 * @throws StoreFailure
 */
export async function openDocument(
  text: string,
  format: DocumentFormat,
  keyring: Keyring,
): Promise<OpenedDocument> {
  const roots = parseDocument(text, format);
  const metadata = metadataIn(roots, format);
  const key = await openDataKey(metadata, keyring);
  const leaves = leavesIn(roots, { metadata, key, format });
  verifyMac(metadata, key, digestOf(leaves, metadata));
  return { leaves, metadata, key };
}

/**
 * Returns the file's `sops` block.
 * @throws StoreFailure if it is missing or broken
 */
export function metadataIn(roots: readonly (readonly Pair[])[], format: DocumentFormat): SopsMetadata {
  const block = roots[0]?.find(({ key }) => key === 'sops');
  return sopsMetadata(block === undefined ? null : plainObject(block.value, format));
}

/**
 * Decrypts every value, in the order of the file. Missing or added values are not detected yet.
 * @throws StoreFailure
 */
export function leavesIn(
  roots: readonly (readonly Pair[])[],
  open: Omit<Walk, 'leaves'>,
): readonly SopsLeaf[] {
  const leaves: SopsLeaf[] = [];
  for (const root of roots) {
    const values = root.filter(pair => pair.key !== 'sops');
    walk({ ...open, leaves }, values, [], []);
  }
  return leaves;
}

/** Returns the hash of a file's values from which its MAC is computed. */
export function digestOf(
  leaves: readonly SopsLeaf[],
  { macOnlyEncrypted }: Pick<SopsMetadata, 'macOnlyEncrypted'>,
): Buffer {
  const hash = macHash(macOnlyEncrypted);
  for (const { bytes, encrypted } of leaves)
    if (bytes !== null && (encrypted || !macOnlyEncrypted)) hash.update(bytes);
  return hash.digest();
}

/** A name in a map, with its value. */
export interface Pair {
  readonly key: string;
  readonly at: YamlScalar;
  readonly value: Node | null;
}

/**
 * Returns the top-level pairs of each document in a text.
 * @throws StoreFailure
 */
export function parseDocument(text: string, format: DocumentFormat): Pair[][] {
  // Without a schema every scalar is read as text, since sops itself decides what is a number.
  const documents = parseAllDocuments(text, { schema: 'failsafe', strict: true, uniqueKeys: true });
  const all: readonly Document.Parsed[] = 'empty' in documents ? [] : documents;
  const broken = all.find(document => document.errors.length > 0)?.errors[0];
  if (broken !== undefined)
    throw new StoreFailure(
      'malformed',
      `Not ${format.toUpperCase()}, or cut off, at line ${broken.linePos?.[0].line ?? 1}.`,
    );
  if (all.length === 0) throw new StoreFailure('malformed', 'The file is empty.');
  return all.map(document => pairsOf(document.contents));
}

/**
 * Returns the pairs of a map.
 * @throws StoreFailure if the node is not a map, or has names that are not strings
 */
export function pairsOf(node: unknown): Pair[] {
  if (!isMap(node)) throw new StoreFailure('malformed', 'Not a sops file: it has no names at the top.');
  return node.items.map(({ key, value }) => {
    if (!isScalar(key) || typeof key.value !== 'string')
      throw new StoreFailure('unsupported', 'A name in the file is not a string.');
    return { key: key.value, at: key, value: value as Node | null };
  });
}

interface Walk {
  readonly metadata: SopsMetadata;
  readonly key: Uint8Array;
  readonly format: DocumentFormat;
  readonly leaves: SopsLeaf[];
}

/**
 * Visits the values of a map.
 * @param names only the names of the maps, since lists do not contribute to the place that sops binds a value to
 */
function walk(
  at: Walk,
  pairs: readonly Pair[],
  path: readonly (string | number)[],
  names: readonly string[],
): void {
  for (const { key, value } of pairs) visit(at, value, [...path, key], [...names, key]);
}

function visit(
  at: Walk,
  node: Node | null,
  path: readonly (string | number)[],
  names: readonly string[],
): void {
  if (isMap(node)) walk(at, pairsOf(node), path, names);
  else if (isSeq(node))
    for (const [index, item] of node.items.entries()) visit(at, item as Node | null, [...path, index], names);
  else if (isAlias(node))
    throw new StoreFailure('unsupported', 'The file has a YAML alias, and sops never writes one.');
  else {
    const leaf = leafOf(at, node, path, names);
    if (leaf !== null) at.leaves.push(leaf);
  }
}

/** Returns `null` for a comment in a list, which sops stores like a value. */
function leafOf(
  { metadata, key, format }: Walk,
  node: Node | null,
  path: readonly (string | number)[],
  names: readonly string[],
): SopsLeaf | null {
  const scalar = scalarOf(node, format);
  const text = scalar.bytes?.toString('utf8') ?? '';
  const rule = mustBeEncrypted(metadata.rule, names);
  const sealed = scalar.type === 'str' && looksSealed(text) && rule !== false;
  if (!sealed) {
    if (rule === true && scalar.type !== 'null' && text !== '')
      throw new StoreFailure(
        'malformed',
        `"${names.join('.')}" should be encrypted but is not: the file was edited by hand.`,
      );
    return { path, type: scalar.type, bytes: scalar.bytes, encrypted: rule === true };
  }
  const parsed = parseSealed(text);
  if (parsed === null)
    throw new StoreFailure('malformed', `The encrypted value of "${names.join('.')}" is damaged.`);
  const bytes = openValue(key, parsed, names.map(name => `${name}:`).join(''));
  if (bytes === null)
    throw new StoreFailure(
      'authentication-error',
      `The value of "${names.join('.')}" was changed after it was encrypted, or belongs to another place.`,
    );
  if (parsed.type === 'comment') return null;
  return { path, type: parsed.type as SopsLeaf['type'], bytes, encrypted: true };
}

function scalarOf(node: Node | null, format: DocumentFormat) {
  if (node === null) return plainScalar('', format);
  if (!isScalar(node))
    throw new StoreFailure(
      'unsupported',
      'The file has a value that is neither a text nor a list nor a map.',
    );
  if (node.tag !== undefined && node.tag !== 'tag:yaml.org,2002:str')
    throw new StoreFailure('unsupported', `The file has a value with the YAML tag ${node.tag}.`);
  const text = typeof node.value === 'string' ? node.value : '';
  return node.type === YamlScalar.PLAIN && node.tag === undefined
    ? plainScalar(text, format)
    : stringScalar(text);
}

/**
 * Returns whether the rule encrypts a value with these names, or `null` if the names do not decide it. Then values
 * that look encrypted are, which the MAC confirms.
 */
export function mustBeEncrypted({ name, value }: SopsRule, names: readonly string[]): boolean | null {
  const hit = (test: (name: string) => boolean) => names.some(test);
  switch (name) {
    case 'unencrypted_suffix':
      return !hit(name => name.endsWith(value));
    case 'encrypted_suffix':
      return hit(name => name.endsWith(value));
    case 'unencrypted_regex':
    case 'encrypted_regex': {
      const regex = sharedRegex(value);
      if (regex === null) return null;
      return hit(name => regex.test(name)) === (name === 'encrypted_regex');
    }
    case 'unencrypted_comment_regex':
    case 'encrypted_comment_regex':
      return null;
  }
}

/** Returns the expression if Go and JavaScript interpret it in the same way, or `null` otherwise. */
function sharedRegex(source: string): RegExp | null {
  if (/\(\?|\\[^\w\s]?[AzQEpPCk]|\[\[:/.test(source)) return null;
  try {
    return new RegExp(source, 'u');
  } catch {
    // Go may accept it nevertheless.
    return null;
  }
}

/** Returns the `sops` block as plain values. */
function plainObject(node: Node | null, format: DocumentFormat): unknown {
  if (isMap(node))
    return Object.fromEntries(pairsOf(node).map(({ key, value }) => [key, plainObject(value, format)]));
  if (isSeq(node)) return node.items.map(item => plainObject(item as Node | null, format));
  const { type, bytes } = scalarOf(node, format);
  if (type === 'null') return null;
  // An unquoted time is kept as written.
  const written = isScalar(node) && typeof node.value === 'string' ? node.value : '';
  return type === 'bool' ? bytes?.toString('latin1') === 'True' : written;
}
