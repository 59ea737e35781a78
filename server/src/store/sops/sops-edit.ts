/**
 * Writes sops' JSON and YAML stores: adds values to a file, removes them, and creates files. The rest of a file is
 * preserved; its MAC and date are renewed. The result is read back and verified before it is returned.
 * Source: getsops/sops 15e36f97a, sops.go, stores/json and stores/yaml; written as release 3.13.2 writes.
 */
import { randomBytes } from 'node:crypto';
import { byText } from '../../std.ts';
import type { Keyring } from '../age/crypt.ts';
import { StoreFailure } from '../store-failure.ts';
import {
  type DocumentFormat,
  digestOf,
  leavesIn,
  metadataIn,
  mustBeEncrypted,
  type OpenedDocument,
  openDocument,
  parseDocument,
  type SopsLeaf,
} from './sops-document.ts';
import { SOPS_VERSION, type SopsRule, sealDataKey, sealMac, sopsTime, verifyMac } from './sops-metadata.ts';
import { goJson, type SealOptions } from './sops-secret.ts';
import { withFields, withoutValue, withValue, yamlMetadata } from './sops-text.ts';
import { sealString } from './sops-value.ts';

/** A value, and the names of the maps that lead to it from the top. */
export interface NamedValue {
  readonly names: readonly string[];
  /** UTF-8. */
  readonly value: Uint8Array;
}

/**
 * Returns the text of a file with an additional value.
 * @throws StoreFailure if the file cannot be decrypted, already has a value in that place, or would keep the new one
 * unencrypted
 */
export async function addValue(
  text: string,
  format: DocumentFormat,
  keyring: Keyring,
  { names, value }: NamedValue,
  now: Date,
): Promise<string> {
  mustBeText(value);
  const opened = await openDocument(text, format, keyring);
  mustEncrypt(opened.metadata.rule, names);
  const sealed = value.length === 0 ? '' : sealString(opened.key, value, placeOf(names));
  const edited = withValue({ text, format, roots: parseDocument(text, format) }, names, sealed);
  const leaf: SopsLeaf = { path: names, type: 'str', bytes: Buffer.from(value), encrypted: true };
  return withNewMac(edited, format, opened, now, [...opened.leaves, leaf]);
}

/**
 * Returns the text of a file without some of its values, or `null` if none is left.
 * @param paths names of the maps, from the top
 * @throws StoreFailure
 */
export async function removeValues(
  text: string,
  format: DocumentFormat,
  keyring: Keyring,
  paths: readonly (readonly string[])[],
  now: Date,
): Promise<string | null> {
  const opened = await openDocument(text, format, keyring);
  mustGoByNames(opened.metadata.rule);
  let edited = text;
  for (const names of paths) {
    const without = withoutValue({ text: edited, format, roots: parseDocument(edited, format) }, names);
    if (without === null) return null;
    edited = without;
  }
  const isGone = ({ path }: SopsLeaf) => paths.some(names => names.every((name, i) => path[i] === name));
  const left = opened.leaves.filter(leaf => !isGone(leaf));
  return withNewMac(edited, format, opened, now, left);
}

export interface NewDocumentOptions extends SealOptions {
  /** The rule that selects the values to encrypt; `null` for all values. */
  readonly rule: SopsRule | null;
  readonly macOnlyEncrypted: boolean;
}

/**
 * Returns the text of a new file with a single value.
 * @throws StoreFailure
 */
export async function newDocument(
  format: DocumentFormat,
  { names, value }: NamedValue,
  { recipients, now, command, rule: creationRule, macOnlyEncrypted }: NewDocumentOptions,
): Promise<string> {
  mustBeText(value);
  const rule = creationRule ?? { name: 'unencrypted_suffix', value: '_unencrypted' };
  mustEncrypt(rule, names);
  const key = randomBytes(32);
  const lastmodified = sopsTime(now);
  const leaf: SopsLeaf = { path: names, type: 'str', bytes: Buffer.from(value), encrypted: true };
  const age = await sealDataKey(key, recipients, command);
  const mac = sealMac(key, digestOf([leaf], { macOnlyEncrypted }), lastmodified);
  const sealed = value.length === 0 ? '' : sealString(key, value, placeOf(names));
  const fields = {
    ...{ lastmodified, mac, version: SOPS_VERSION, [rule.name]: rule.value },
    ...(macOnlyEncrypted ? { mac_only_encrypted: true } : {}),
  };
  const sorted = Object.fromEntries(Object.entries(fields).sort(byText(([name]) => name)));
  const empty = format === 'json' ? goJson({ sops: { age, ...sorted } }) : yamlMetadata(sorted, age);
  const text = withValue({ text: empty, format, roots: parseDocument(empty, format) }, names, sealed);
  mustHold(text, format, key, [leaf]);
  return text;
}

/** Throws if the value cannot be a string of JSON or YAML, as sops itself would print it differently. */
function mustBeText(value: Uint8Array): void {
  if (Buffer.from(Buffer.from(value).toString('utf8'), 'utf8').equals(Buffer.from(value))) return;
  throw new StoreFailure(
    'unsupported',
    'The value is not text. Store it in a separate file, without the extension of another format.',
  );
}

/**
 * Checks that the rule of a file encrypts a value.
 * @throws StoreFailure if the rule leaves it unencrypted, or does not decide it
 */
function mustEncrypt(rule: SopsRule, names: readonly string[]): void {
  mustGoByNames(rule);
  const encrypts = mustBeEncrypted(rule, names);
  if (encrypts === true) return;
  const shown = `"${names.join('/')}"`;
  throw new StoreFailure(
    'unsupported',
    encrypts === false
      ? `${rule.name} = "${rule.value}" would leave ${shown} in plaintext. Give it another name, or use another file.`
      : `It is unclear whether ${rule.name} = "${rule.value}" encrypts ${shown}. Use "sops edit".`,
  );
}

function mustGoByNames({ name }: SopsRule): void {
  if (name.endsWith('comment_regex'))
    throw new StoreFailure(
      'unsupported',
      `Comments control what is encrypted in this file (${name}), so Varsmith cannot edit it. Use "sops edit".`,
    );
}

/**
 * Returns an edited text with a new MAC and date.
 * @param expected its values, in any order
 */
function withNewMac(
  text: string,
  format: DocumentFormat,
  { metadata, key }: OpenedDocument,
  now: Date,
  expected: readonly SopsLeaf[],
): string {
  const leaves = leavesIn(parseDocument(text, format), { metadata, key, format });
  const lastmodified = sopsTime(now);
  const mac = sealMac(key, digestOf(leaves, metadata), lastmodified);
  const done = withFields({ text, format, roots: parseDocument(text, format) }, { lastmodified, mac });
  mustHold(done, format, key, expected);
  return done;
}

/**
 * Checks that the written text contains exactly the intended values, so that a faulty edit fails here and not on a
 * machine.
 */
function mustHold(
  text: string,
  format: DocumentFormat,
  key: Uint8Array,
  expected: readonly SopsLeaf[],
): void {
  const roots = parseDocument(text, format);
  const metadata = metadataIn(roots, format);
  const leaves = leavesIn(roots, { metadata, key, format });
  verifyMac(metadata, key, digestOf(leaves, metadata));
  const shape = (all: readonly SopsLeaf[]) =>
    all
      .map(({ path, type, bytes }) => JSON.stringify([path, type, bytes?.toString('base64') ?? null]))
      .sort()
      .join('\n');
  if (shape(leaves) !== shape(expected))
    throw new StoreFailure('unsupported', 'Varsmith cannot edit a file with this layout. Use "sops edit".');
}

function placeOf(names: readonly string[]): string {
  return names.map(name => `${name}:`).join('');
}
