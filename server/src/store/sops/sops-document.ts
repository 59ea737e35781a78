/**
 * Reads and verifies the JSON and YAML stores of sops: files with many values, some of them encrypted. Clan keeps no
 * vars in them, sops-nix does. `sops-edit.ts` writes them.
 *
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

/** One value of the file, in plain. */
export interface SopsLeaf {
  /** Names of the maps and positions (from 0) in the lists that it lies in. */
  readonly path: readonly (string | number)[];
  readonly type: ScalarType | 'bytes';
  /** As sops hashes it: numbers in decimal, `True` and `False`. Null for null. */
  readonly bytes: Buffer | null;
  readonly encrypted: boolean;
}

export type DocumentFormat = 'json' | 'yaml';

/** A file whose values have all been verified, with what it takes to change it. */
export interface OpenedDocument {
  /** Every value, in the order of the file. */
  readonly leaves: readonly SopsLeaf[];
  readonly metadata: SopsMetadata;
  /** The data key. */
  readonly key: Uint8Array;
}

/**
 * Opens the file and verifies everything in it.
 *
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

/** @throws StoreFailure where there is none, or it is broken */
export function metadataIn(roots: readonly (readonly Pair[])[], format: DocumentFormat): SopsMetadata {
  const block = roots[0]?.find(({ key }) => key === 'sops');
  return sopsMetadata(block === undefined ? null : plainObject(block.value, format));
}

/**
 * Decrypts every value, in the order of the file. Nothing vouches yet for those that are missing or added.
 *
 * @throws StoreFailure
 */
export function leavesIn(
  roots: readonly (readonly Pair[])[],
  open: Omit<Walk, 'found'>,
): readonly SopsLeaf[] {
  const leaves: SopsLeaf[] = [];
  for (const root of roots) {
    const values = root.filter(pair => pair.key !== 'sops');
    walk({ ...open, found: leaves }, values, [], []);
  }
  return leaves;
}

/** Returns the hash that the code over a file's values is made of. */
export function digestOf(
  leaves: readonly SopsLeaf[],
  { macOnlyEncrypted }: Pick<SopsMetadata, 'macOnlyEncrypted'>,
): Buffer {
  const hash = macHash(macOnlyEncrypted);
  for (const { bytes, encrypted } of leaves)
    if (bytes !== null && (encrypted || !macOnlyEncrypted)) hash.update(bytes);
  return hash.digest();
}

/** A name of a map with its value. */
export interface Pair {
  readonly key: string;
  readonly at: YamlScalar;
  readonly value: Node | null;
}

/**
 * Returns the pairs at the top of each document of a text.
 *
 * @throws StoreFailure
 */
export function parseDocument(text: string, format: DocumentFormat): Pair[][] {
  // Without a schema every scalar is its text: what a number is, is for sops to say.
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

/** @throws StoreFailure where it is no map, or has names that are no strings */
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
  readonly found: SopsLeaf[];
}

/** @param names the maps' names alone: lists add nothing to where sops binds a value */
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
    if (leaf !== null) at.found.push(leaf);
  }
}

/** Returns null for a comment of a list, which is a value in form only. */
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
        `"${names.join('.')}" must be encrypted and is not: the file was edited by hand.`,
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

/** Returns null where the rule cannot be told from names: then what looks encrypted is, and the code vouches for it. */
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

/** Returns an expression that Go and JavaScript read alike; null for others. */
function sharedRegex(source: string): RegExp | null {
  if (/\(\?|\\[^\w\s]?[AzQEpPCk]|\[\[:/.test(source)) return null;
  try {
    return new RegExp(source, 'u');
  } catch {
    // Go may read it all the same.
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
  // A time without quotes is the time as it is written.
  const written = isScalar(node) && typeof node.value === 'string' ? node.value : '';
  return type === 'bool' ? bytes?.toString('latin1') === 'True' : written;
}
