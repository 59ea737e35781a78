/**
 * Renames a generator, file, prompt, registry key, machine, or sops-nix or agenix secret everywhere:
 * declarations, dependencies, uses, matrices and script words. All or nothing: a rename that cannot be
 * completed is rejected with the place in question.
 */

import { replaceName } from '../../edits/edits.ts';
import { editAt, type TextEdit } from '../../edits/text-edit.ts';
import type { Place } from '../../nix/places.ts';
import { positionAt } from '../../nix/source.ts';
import { blockedMove, type Move, movesOfFile, movesOfGenerator } from '../../store/vars/moves.ts';
import { type FleetIndex, indexOf } from '../names/fleet-index.ts';
import { nameOf, type Subject, type Target } from '../names/subjects.ts';
import { definition } from '../navigate/definition.ts';
import { isOfSecrets, pointedAt } from '../secrets/places.ts';
import type { Snapshot } from '../snapshot.ts';
import { renameMachine } from './rename-machine.ts';
import { prepareSecret, renameSecret } from './rename-secret.ts';
import type { Refusal, Renaming } from './renaming.ts';

const OF_OPTIONS =
  'Options of the fleet are not renamed: who else reads them is not known. lib.mkRenamedOptionModule keeps the old name working.';

/** Returns the place and name that a rename at an offset would change, or `null`. */
export function prepareRename(
  snapshot: Snapshot,
  file: string,
  offset: number,
): { readonly at: Place; readonly name: string } | Refusal | null {
  const target = pointedAt(snapshot, indexOf(snapshot), file, offset);
  if (!target) return null;
  if (isOfSecrets(target.subject)) return prepareSecret(snapshot, target, target.subject);
  if (target.role === 'field') return null;
  if (target.subject.kind === 'option') return { refused: OF_OPTIONS };
  const name = nameOf(target.subject);
  if (target.inScript || replaceName(snapshot.files, target.at, name, name) !== null)
    return { at: innerPlace(snapshot, target.at, name), name };
  return { refused: computed(snapshot, target.at, name) };
}

/**
 * Renames the subject at an offset.
 *
 * @param to the new name
 */
export function rename(
  snapshot: Snapshot,
  file: string,
  offset: number,
  to: string,
): Renaming | Refusal | null {
  const target = pointedAt(snapshot, indexOf(snapshot), file, offset);
  return target && renameTarget(snapshot, target, to);
}

/**
 * Renames the subject of a target.
 *
 * @param target one of its places
 */
export function renameTarget(snapshot: Snapshot, target: Target, to: string): Renaming | Refusal | null {
  const index = indexOf(snapshot);
  const { subject } = target;
  if (isOfSecrets(subject)) return renameSecret(snapshot, target, subject, to);
  if (target.role === 'field') return null;
  if (subject.kind === 'option') return { refused: OF_OPTIONS };
  const from = nameOf(subject);
  if (from === to) return { edits: [], moves: [] };
  if (subject.kind === 'machine' || subject.kind === 'row') return renameMachine(snapshot, from, to);
  const problem = problemOf(index, subject, to);
  if (problem !== null) return { refused: problem };

  const subjects = subjectsWith(index, subject);
  const targets = subjects.flatMap(candidate =>
    index.occurrencesOf(candidate).filter(({ role }) => role !== 'field'),
  );
  const edits: TextEdit[] = [];
  for (const place of targets) {
    const edit = editOf(snapshot, place, from, to);
    if (edit === null) return { refused: computed(snapshot, place.at, from) };
    edits.push(edit);
  }
  const missed = definitionPlaces(snapshot, target).find(place => !edits.some(edit => covers(edit, place)));
  if (missed !== undefined) return { refused: computed(snapshot, missed, from) };
  const moves = subjects.flatMap(candidate => movesOf(snapshot, candidate, to));
  const taken = blockedMove(snapshot.files, moves);
  return taken === null ? { edits: unique(edits), moves } : { refused: taken };
}

/** Returns the subjects that must have the same name, such as a persisted prompt and its file. */
function subjectsWith(index: FleetIndex, subject: Subject): Subject[] {
  if (subject.kind !== 'prompt' && subject.kind !== 'file') return [subject];
  const { generator } = subject;
  const name = subject.kind === 'file' ? subject.file : subject.prompt;
  const persisted = (index.generators.get(generator) ?? []).some(candidate =>
    candidate.body().files.some(file => file.name === name && file.from === 'prompt'),
  );
  if (!persisted) return [subject];
  return [
    { kind: 'file', generator, file: name },
    { kind: 'prompt', generator, prompt: name },
  ];
}

/** Matches names of generators and files, which are used as folder names and in script paths. */
const STORED_NAME = /^[A-Za-z0-9+._=][A-Za-z0-9+._=-]*$/;

function problemOf(index: FleetIndex, subject: Subject, to: string): string | null {
  if (to === '') return 'A name cannot be empty.';
  if (subject.kind !== 'key' && !STORED_NAME.test(to))
    return `"${to}" cannot be a name here: use letters, digits and + . _ = -, without a dash in front.`;
  if (subject.kind === 'key' && index.key(subject.registry, to) !== null)
    return `There is a key "${to}" already.`;
  if (subject.kind === 'generator' && index.generators.has(to))
    return `There is a generator "${to}" already.`;
  if (subject.kind !== 'file' && subject.kind !== 'prompt') return null;
  const bodies = (index.generators.get(subject.generator) ?? []).map(generator => generator.body());
  const taken = bodies.some(body =>
    [...body.files, ...(subject.kind === 'prompt' ? body.prompts : [])].some(({ name }) => name === to),
  );
  return taken ? `The generator "${subject.generator}" has a "${to}" already.` : null;
}

function editOf({ files }: Snapshot, { at, inScript }: Target, from: string, to: string): TextEdit | null {
  if (!inScript) return replaceName(files, at, from, to) ?? insideString(files, at, from, to);
  return files.text(at.file)?.slice(at.start, at.end) === from ? editAt(at, to) : null;
}

/** Returns the edit of a name that is the whole text of a string; the string's place excludes its quotes. */
function insideString(files: Snapshot['files'], at: Place, from: string, to: string): TextEdit | null {
  const text = files.text(at.file);
  if (text?.slice(at.start, at.end) !== from || !STORED_NAME.test(to)) return null;
  return text.slice(at.start - 2, at.start) === "''" && text.slice(at.end, at.end + 2) === "''"
    ? editAt(at, to)
    : null;
}

function definitionPlaces(snapshot: Snapshot, { at }: Target): readonly Place[] {
  return definition(snapshot, at.file, at.start)?.targets ?? [];
}

function covers(edit: TextEdit, place: Place): boolean {
  return edit.file === place.file && edit.start <= place.end && place.start <= edit.end;
}

/** Removes duplicates. A name found both with and without its quotes is replaced with them. */
function unique(edits: readonly TextEdit[]): TextEdit[] {
  const different = [...new Map(edits.map(edit => [`${edit.file}:${edit.start}`, edit])).values()];
  const byFile = new Map<string, TextEdit[]>();
  for (const edit of different) byFile.set(edit.file, [...(byFile.get(edit.file) ?? []), edit]);
  return different.filter(
    edit =>
      !byFile
        .get(edit.file)
        ?.some(outer => outer !== edit && outer.start <= edit.start && edit.end <= outer.end),
  );
}

/** Returns the place of a name without its quotes. */
function innerPlace({ files }: Snapshot, at: Place, name: string): Place {
  const text = files.text(at.file)?.slice(at.start, at.end) ?? '';
  const before = text.indexOf(name);
  return before === -1 ? at : { ...at, start: at.start + before, end: at.start + before + name.length };
}

function computed({ files }: Snapshot, at: Place, name: string): string {
  const source = files.parse(at.file);
  const line = source ? `:${positionAt(source.lineStarts, at.start).line + 1}` : '';
  return `"${name}" is not written out at ${at.file}${line}: it is put together there, or shared with others. Rename it there by hand.`;
}

/** Returns the moves of values stored under the old name. */
function movesOf({ files, fleet }: Snapshot, subject: Subject, to: string): Move[] {
  const directory = fleet.directory ?? '';
  if (subject.kind === 'generator') return movesOfGenerator(files, directory, subject.name, to);
  if (subject.kind !== 'file') return [];
  return movesOfFile(files, directory, subject.generator, subject.file, to);
}
