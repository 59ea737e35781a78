/**
 * Renames a sops-nix or agenix secret or a template: its declarations, uses, and literal paths. The key in the
 * encrypted file keeps its name, because values are authenticated together with it; the declaration gets `key =
 * "old";` instead.
 */

import { addOption, insertBeside, namedAt } from '../../edits/edit-bindings.ts';
import { attributeText, replaceName, stringText } from '../../edits/edits.ts';
import { editAt, type TextEdit } from '../../edits/text-edit.ts';
import type { SecretDefinition, SecretKeeper } from '../../fleet/model/secrets.ts';
import { textOr } from '../../fleet/secrets/secrets-files.ts';
import { hasKeys } from '../../fleet/secrets/secrets-keys.ts';
import type { Place } from '../../nix/places.ts';
import { positionAt } from '../../nix/source.ts';
import type { Range } from '../../nix/syntax.ts';
import { indexOf } from '../names/fleet-index.ts';
import { nameOf, type Target } from '../names/subjects.ts';
import {
  isAnyName,
  machinesOfFile,
  secretNamed,
  secretsIn,
  sideAt,
  templatesNamed,
} from '../secrets/joined.ts';
import { type SecretSubject, secretOccurrences } from '../secrets/places.ts';
import type { Snapshot } from '../snapshot.ts';
import { nixFiles } from './rename-machine.ts';
import type { Refusal, Renaming } from './renaming.ts';

/** Returns the name that would be renamed, or `null` if the secret has no name of its own. */
export function prepareSecret(
  snapshot: Snapshot,
  { at, role }: Target,
  subject: SecretSubject,
): { readonly at: Place; readonly name: string } | Refusal | null {
  const name = nameOf(subject);
  if (subject.kind === 'encrypted-file') return null;
  if (subject.kind === 'encrypted-key') return { refused: sealed(subject.path) };
  if (role === 'field') return isKey(snapshot, at) ? { refused: sealed(fileOfKey(snapshot, at)) } : null;
  if (subject.kind === 'secret') {
    const refused = undeclared(snapshot, subject.keeper, name);
    if (refused !== null) return { refused };
  }
  if (replaceName(snapshot.files, at, name, name) === null) return { refused: computed(snapshot, at, name) };
  const written = snapshot.files.text(at.file)?.slice(at.start, at.end) ?? '';
  const start = at.start + Math.max(0, written.indexOf(name));
  return { at: { file: at.file, start, end: start + name.length }, name };
}

/**
 * Renames a secret or template.
 *
 * @param to the new name
 */
export function renameSecret(
  snapshot: Snapshot,
  target: Target,
  subject: SecretSubject,
  to: string,
): Renaming | Refusal | null {
  const prepared = prepareSecret(snapshot, target, subject);
  if (prepared === null || 'refused' in prepared) return prepared;
  const from = nameOf(subject);
  if (from === to) return { edits: [], moves: [] };
  const problem = problemOf(snapshot, subject, to);
  if (problem !== null) return { refused: problem };

  if (subject.kind === 'secret' && isOfBoth(snapshot, subject.keeper, from))
    return {
      refused: `Machines and users each have a secret "${from}", and it cannot be told which of them is meant everywhere. Rename it by hand.`,
    };
  const edits: TextEdit[] = [];
  for (const { at, role } of secretOccurrences(snapshot, indexOf(snapshot), subject)) {
    if (role === 'field' || !at.file.endsWith('.nix')) continue;
    const edit = replaceName(snapshot.files, at, from, to);
    if (edit === null) return { refused: computed(snapshot, at, from) };
    edits.push(edit);
  }
  if (subject.kind === 'secret') {
    const { definitions } = secretNamed(snapshot, subject.keeper, from) ?? { definitions: [] };
    const keys = keyEdits(snapshot, definitions, from, to);
    if ('refused' in keys) return keys;
    edits.push(...keys.edits);
  }
  const written = mentions(snapshot, subject, from, to, edits);
  if ('refused' in written) return written;
  return { edits: joined([...edits, ...written.edits]), moves: [] };
}

/** Merges an insertion at a renamed place into the edit of the name. */
function joined(edits: readonly TextEdit[]): TextEdit[] {
  const editsByPlace = new Map<string, TextEdit>();
  for (const edit of edits) {
    const id = `${edit.file}:${edit.start}`;
    const before = editsByPlace.get(id);
    if (before === undefined || (before.end === edit.end && before.text === edit.text))
      editsByPlace.set(id, edit);
    else if (before.end === before.start) editsByPlace.set(id, { ...edit, text: before.text + edit.text });
    else editsByPlace.set(id, { ...before, text: edit.text + before.text });
  }
  return [...editsByPlace.values()];
}

/** Returns whether both a module of a machine and a module of a user declare the secret. */
function isOfBoth(snapshot: Snapshot, keeper: SecretKeeper, name: string): boolean {
  const definitions = secretNamed(snapshot, keeper, name)?.definitions ?? [];
  const sides = new Set(definitions.map(definition => sideAt(snapshot.fleet, definition)));
  return sides.has('home') && sides.size > 1;
}

function problemOf(snapshot: Snapshot, subject: SecretSubject, to: string): string | null {
  if (to === '') return 'A name cannot be empty.';
  if (/[\n\r]|^\/|\/$|\/\/|\$\{/.test(to) || to.split('/').includes('..'))
    return `"${to}" cannot be a name here: it becomes a path below the folder of secrets.`;
  if (subject.kind === 'secret' && secretNamed(snapshot, subject.keeper, to)?.name === to)
    return `There is a secret "${to}" already.`;
  if (subject.kind === 'template' && templatesNamed(snapshot, to).some(({ name }) => name === to))
    return `There is a template "${to}" already.`;
  return null;
}

/** Returns why a secret that is not, or not only, declared in Nix cannot be renamed, or null. */
function undeclared(snapshot: Snapshot, keeper: SecretKeeper, name: string): string | null {
  const secret = secretNamed(snapshot, keeper, name);
  if (secret !== null && secret.implicitOn.length > 0)
    return `Clan declares "${name}" for sops/secrets/${name}: rename it there.`;
  if (secret !== null) return null;
  return name.startsWith('vars/')
    ? `"${name}" is a file of a generator: rename that.`
    : `Nothing in this repository declares "${name}".`;
}

/** Returns the edits that set the key of each definition whose key was derived from its name. */
function keyEdits(
  snapshot: Snapshot,
  definitions: readonly SecretDefinition[],
  from: string,
  to: string,
): { readonly edits: TextEdit[] } | Refusal {
  const edits: TextEdit[] = [];
  const keyed = definitions.filter(({ definedOptions }) => definedOptions.includes('key'));
  for (const definition of definitions) {
    const { keeper, at, complete } = definition;
    if (
      keeper !== 'sops' ||
      keyed.some(secretDefinition => areMerged(snapshot, secretDefinition, definition))
    )
      continue;
    const { defaults } = secretsIn(snapshot);
    const format = textOr(definition, 'format', defaults, 'yaml');
    if (format !== null && !hasKeys(format)) continue;
    // A default key for all secrets is not derived from the name.
    if (defaults.some(({ option }) => option === 'key')) continue;
    if (!complete) return { refused: computed(snapshot, at, from) };
    const edit = keyEdit(snapshot, at, from, to);
    if (edit === null) return { refused: unkeyed(snapshot, at, from) };
    edits.push(edit);
  }
  return { edits };
}

/** Returns whether two definitions may apply to one machine, so that options of one affect the other. */
function areMerged({ fleet }: Snapshot, definition: SecretDefinition, other: SecretDefinition): boolean {
  const [left, right] = [definition, other].map(({ at }) => machinesOfFile(fleet, at.file));
  if (definition === other || left?.length === 0 || right?.length === 0) return true;
  return left?.some(machine => right?.includes(machine)) === true;
}

/** Returns the edit that adds `key = "old";` to the set of the secret, or next to its only option. */
function keyEdit({ files }: Snapshot, at: Place, from: string, to: string): TextEdit | null {
  const named = namedAt(files, at);
  if (named === null) return null;
  const key = `key = ${stringText(from)};`;
  const below = named.binding.path.length - 1 - named.index;
  if (below === 0) return addOption(files, at, key);
  const name = named.binding.path[named.index];
  if (below !== 1 || name === undefined || name.start > at.start || at.end > name.end) return null;
  return insertBeside(files, at, `${attributeText(to)}.${key}`);
}

/**
 * Returns the edits of literal paths on the machine, or a refusal if something reads the name in an unknown
 * form.
 */
function mentions(
  snapshot: Snapshot,
  subject: SecretSubject,
  from: string,
  to: string,
  edits: readonly TextEdit[],
): { readonly edits: TextEdit[] } | Refusal {
  const textEdits: TextEdit[] = [];
  const name = from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const set = subject.kind === 'template' ? 'templates' : '(?:secrets|placeholder)';
  const keeper = subject.kind === 'secret' ? subject.keeper : 'sops';
  const asked = new RegExp(`\\b${keeper}\\.${set}\\s*(?:\\.|\\?)\\s*"?(${name})(?![\\w'/-])`, 'g');
  const folder =
    subject.kind === 'template'
      ? '/run/secrets/rendered/'
      : keeper === 'age'
        ? '/run/agenix/'
        : '/run/secrets(?:-for-users)?/';
  const path = new RegExp(`${folder}(${name})(?![\\w./-]*[\\w/-])`, 'g');
  // If some use may read any name, a literal mention elsewhere may be that name.
  const isOpen = secretsIn(snapshot).uses.some(use => use.keeper === keeper && isAnyName(use.name));
  const written = new RegExp(isOpen ? `"(${name})"` : '(?!)', 'g');
  for (const file of nixFiles(snapshot)) {
    const text = snapshot.files.text(file);
    if (text?.includes(from) !== true) continue;
    for (const [regex, rewritten] of [
      [asked, false],
      [path, true],
      [written, false],
    ] as const)
      for (const match of text.matchAll(regex)) {
        const start = match.index + match[0].lastIndexOf(from);
        const at: Place = { file, start, end: start + from.length };
        if (isIn(snapshot.files.parse(file)?.comments ?? [], at)) continue;
        if (edits.some(edit => edit.file === file && edit.start <= at.start && at.end <= edit.end)) continue;
        if (!rewritten) return { refused: computed(snapshot, at, from) };
        textEdits.push(editAt(at, to));
      }
  }
  return { edits: textEdits };
}

function isIn(ranges: readonly Range[], { start, end }: Range): boolean {
  return ranges.some(range => range.start <= start && end <= range.end);
}

function isKey(snapshot: Snapshot, at: Place): boolean {
  return keyAt(snapshot, at) !== null;
}

function keyAt(snapshot: Snapshot, at: Place): SecretDefinition | null {
  const all = secretsIn(snapshot).secrets.flatMap(({ definitions }) => definitions);
  return all.find(({ key }) => key?.at.file === at.file && key.at.start === at.start) ?? null;
}

function fileOfKey(snapshot: Snapshot, at: Place): string {
  const definition = keyAt(snapshot, at);
  const [file] = definition === null ? [] : secretsIn(snapshot).filesOf(definition).files;
  return file?.path ?? 'the encrypted file';
}

function sealed(file: string): string {
  return `The name of a key is sealed together with its value, so it cannot be changed without a key that decrypts it. Rename it with \`sops edit ${file}\`, then the \`key\` here.`;
}

function lineOf({ files }: Snapshot, { file, start }: Place): string {
  const source = files.parse(file);
  return source === null ? file : `${file}:${positionAt(source.lineStarts, start).line + 1}`;
}

function computed(snapshot: Snapshot, at: Place, name: string): string {
  return `"${name}" is not written out at ${lineOf(snapshot, at)}: it is put together there, or shared with others. Rename it there by hand.`;
}

function unkeyed(snapshot: Snapshot, at: Place, name: string): string {
  return `"${name}" is also its key in the encrypted file, and there is no place for \`key = ${stringText(name)};\` at ${lineOf(snapshot, at)}. Write that into its declaration first.`;
}
