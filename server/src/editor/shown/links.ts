/**
 * Computes links from a file to other files of the repository: paths into the stores, encrypted files of
 * sops-nix and agenix, imported registries and matrices, and stored files of generators, public or encrypted.
 * Pure; links only to existing files and decrypts nothing.
 */

import { storedIndex } from '../../checks/facts/store/stored-index.ts';
import type { SecretSource } from '../../fleet/model/secrets.ts';
import { mentionsSecrets } from '../../fleet/secrets/secrets.ts';
import { folderOf, joinPath } from '../../nix/eval/paths.ts';
import { childrenOf } from '../../nix/expressions.ts';
import type { Place } from '../../nix/places.ts';
import { type Expr, literalText } from '../../nix/syntax.ts';
import { below, STORE_FOLDERS } from '../../store/vars/files.ts';
import type { StoredVar } from '../../store/vars/vars.ts';
import { indexOf } from '../names/fleet-index.ts';
import type { Snapshot } from '../snapshot.ts';

export interface FileLink {
  readonly at: Place;
  /** Relative to the root. */
  readonly target: string;
  readonly tooltip: string;
}

/** Returns the links in text order; only the first of several at one place. */
export function fileLinks(snapshot: Snapshot, file: string): readonly FileLink[] {
  const source = snapshot.files.parse(file);
  if (!source) return [];
  const links = new Map<number, FileLink>();
  const add = (at: Place, target: string, tooltip: string) => {
    if (at.file === file && !links.has(at.start)) links.set(at.start, { at, target, tooltip });
  };
  for (const { at, path } of sourcesIn(snapshot, file))
    if (path !== null && isFile(snapshot, path)) add(at, path, 'Open the encrypted file');
  const pipeline = new Set(
    [...snapshot.fleet.registries, ...snapshot.fleet.matrices].map(registry => registry.file),
  );
  const open: Expr[] = [source.root];
  for (let expr = open.pop(); expr !== undefined; expr = open.pop()) {
    const path = pathOf(expr, file, snapshot);
    if (path !== null && isFile(snapshot, path)) {
      const at = { file, start: expr.start, end: expr.end };
      if (isStored(path, snapshot)) add(at, path, `Open ${path}`);
      else if (pipeline.has(path)) add(at, path, 'Open the file of the registry or the matrix');
    }
    open.push(...childrenOf(expr));
  }
  linkValues(snapshot, file, add);
  return [...links.values()].sort((a, b) => a.at.start - b.at.start);
}

/**
 * Returns whether a path is in a store.
 *
 * @param path relative to the root
 */
function isStored(path: string, { fleet }: Snapshot): boolean {
  const above = below(fleet.directory ?? '', '');
  const [folder = '', ...inside] = path.startsWith(above) ? path.slice(above.length).split('/') : [];
  return inside.length > 0 && STORE_FOLDERS.includes(folder);
}

function isFile({ files }: Snapshot, path: string): boolean {
  return files.kind(path) === 'file';
}

/**
 * Returns the paths that this file passes to sops-nix and agenix: the sources of secrets and templates, and
 * rules of agenix.
 */
function sourcesIn({ fleet, files }: Snapshot, file: string): readonly Pick<SecretSource, 'at' | 'path'>[] {
  if (!mentionsSecrets(files.text(file) ?? '')) return [];
  const facts = fleet.secrets.find(secret => secret.file === file);
  if (facts === undefined) return [];
  const { definitions, defaults, templates, ageRules } = facts;
  const sources = [...definitions, ...defaults, ...templates].map(({ source }) => source);
  return [...sources.filter(source => source !== null), ...(ageRules?.rules ?? [])];
}

/**
 * Returns a literal path relative to the root: `../vars/x`, or a text such as `"/vars/x"` appended to the
 * flake's own path.
 */
function pathOf(expr: Expr, file: string, snapshot: Snapshot): string | null {
  if (expr.kind === 'string') {
    const text = literalText(expr.parts)?.replace(/^\.?\//, '') ?? '';
    return isStored(text, snapshot) && !text.includes('..') ? text : null;
  }
  if (expr.kind !== 'path') return null;
  const text = literalText(expr.parts);
  if (text === null || !text.startsWith('.')) return null;
  return joinPath(folderOf(file), text);
}

/** Links a file's name, and the `value` of its uses, to where it is stored, if that is a single place. */
function linkValues(
  snapshot: Snapshot,
  file: string,
  add: (at: Place, target: string, tooltip: string) => void,
): void {
  const stored = storedIndex(snapshot.stored());
  const storedIn = (generator: string, name: string): StoredVar | null => {
    const [only, ...others] = (stored.generators.get(generator)?.files.get(name)?.all ?? []).filter(
      storedVar => storedVar.current,
    );
    return only === undefined || others.length > 0 ? null : only;
  };
  for (const { at, subject, role, inScript } of indexOf(snapshot).targetsIn(file)) {
    if (subject.kind !== 'file' || inScript || role === 'use') continue;
    if (role === 'field' && snapshot.files.text(file)?.slice(at.start, at.end) !== 'value') continue;
    const storedVar = storedIn(subject.generator, subject.file);
    if (storedVar === null || (storedVar.kind === 'secret' && role === 'field')) continue;
    add(
      at,
      storedVar.path,
      storedVar.kind === 'secret' ? `Open ${storedVar.path}, which is encrypted` : `Open ${storedVar.path}`,
    );
  }
}
