/**
 * Renames a machine: its declaration, roles and tags, matrix rows and their readers, its configuration folder,
 * and its stored values. Because a machine's name can be written in many ways, every text is searched, and a
 * single mention of unknown form rejects the rename.
 */

import { replaceName } from '../../edits/edits.ts';
import type { TextEdit } from '../../edits/text-edit.ts';
import { sessionSpecOf } from '../../fleet/registry/session-spec.ts';
import { childrenOf } from '../../nix/expressions.ts';
import { positionAt, type SourceFile } from '../../nix/source.ts';
import type { Expr, Range } from '../../nix/syntax.ts';
import { below, STORE_FOLDERS } from '../../store/vars/files.ts';
import { blockedMove, type Move, movesOfMachine } from '../../store/vars/moves.ts';
import { readSessionSpec } from '../environment/session-steps.ts';
import { indexOf } from '../names/fleet-index.ts';
import { machineNameProblem } from '../names/machine-name.ts';
import { filesWithTargets } from '../names/targets.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Refusal, Renaming } from './renaming.ts';

export function renameMachine(snapshot: Snapshot, from: string, to: string): Renaming | Refusal {
  const index = indexOf(snapshot);
  const problem = machineNameProblem(to);
  if (problem !== null) return { refused: problem };
  if (index.machines.has(to)) return { refused: `A machine "${to}" already exists.` };
  const moves = movesOfMachine(snapshot.files, snapshot.fleet.directory ?? '', from, to);
  const taken = blockedMove(snapshot.files, moves);
  if (taken !== null) return { refused: taken };
  const edits = new Map<string, TextEdit>();
  const add = (edit: TextEdit) => edits.set(`${edit.file}:${edit.start}`, edit);
  for (const file of filesWithTargets(snapshot.fleet))
    for (const { at, subject, role } of index.targetsIn(file)) {
      if ((subject.kind !== 'machine' && subject.kind !== 'row') || subject.machine !== from) continue;
      const edit = role === 'field' ? null : replaceName(snapshot.files, at, from, to);
      if (edit !== null) add(edit);
    }
  for (const registry of snapshot.fleet.registries) {
    const at = readSessionSpec(snapshot.files, sessionSpecOf(registry.file))?.places.get(from);
    const edit = at === undefined ? null : replaceName(snapshot.files, at, from, to);
    if (edit !== null) add(edit);
  }
  const isMoved = moves.some(move => move.required === true);
  for (const file of nixFiles(snapshot)) {
    const mentions = mentionsIn(snapshot, file, { from, to, isMoved }, [...edits.values()]);
    if ('refused' in mentions) return mentions;
    mentions.edits.forEach(add);
  }
  const isStoredNamed = [...edits.values()].some(({ file, start }) => {
    return STORED.test(snapshot.files.text(file)?.slice(Math.max(0, start - 20), start) ?? '');
  });
  // Code that refers to the new path needs the value there.
  const isNamed = ({ from: path }: Move) => isStoredNamed && path.includes('per-machine/');
  return {
    edits: [...edits.values()],
    moves: moves.map(move => (isNamed(move) ? { ...move, required: true } : move)),
  };
}

/**
 * Moves what is stored of a machine that has its new name in the declarations already. Null if nothing is stored under the
 * old name, or there is no machine of the new name.
 */
export function moveStoredMachine(snapshot: Snapshot, from: string, to: string): Renaming | Refusal | null {
  if (!indexOf(snapshot).machines.has(to)) return null;
  const all = movesOfMachine(snapshot.files, snapshot.fleet.directory ?? '', from, to);
  const moves = all.filter(move => move.required !== true);
  if (moves.length === 0) return null;
  const taken = blockedMove(snapshot.files, moves);
  return taken === null ? { edits: [], moves } : { refused: taken };
}

/**
 * Renames the machine whose folder below `machines` is moved. Null if it is not such a folder, or the machine
 * already has the new name. Leaves out the move of the folder itself.
 *
 * @param from path of the folder, relative to the root, like `to`
 */
export function renameMachineFolder(snapshot: Snapshot, from: string, to: string): Renaming | Refusal | null {
  const folder = below(snapshot.fleet.directory ?? '', 'machines');
  const [old, fresh] = [nameIn(folder, from), nameIn(folder, to)];
  if (old === null || fresh === null || old === fresh) return null;
  const { machines } = indexOf(snapshot);
  if (!machines.has(old) || machines.has(fresh)) return null;
  const renaming = renameMachine(snapshot, old, fresh);
  if ('refused' in renaming) return renaming;
  return { ...renaming, moves: renaming.moves.filter(move => move.from !== from) };
}

function nameIn(folder: string, path: string): string | null {
  const name = path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : '';
  return name === '' || name.includes('/') ? null : name;
}

/** Matches the text before a machine's name in the path of a stored value. */
const STORED = /\bper-machine\/$/;

/** Folders without Nix files of the fleet. */
const LEFT_OUT = ['node_modules', 'result'];

/** Returns the Nix files of the fleet, without those of its stores. */
export function nixFiles(snapshot: Snapshot): string[] {
  const stores = STORE_FOLDERS.map(name => below(snapshot.fleet.directory ?? '', name));
  return nixFilesBelow(snapshot, '', new Set([...LEFT_OUT, ...stores]));
}

function nixFilesBelow(snapshot: Snapshot, folder: string, leftOut: ReadonlySet<string>): string[] {
  return (snapshot.files.list(folder) ?? []).flatMap(({ name, kind }) => {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (kind === 'directory')
      return name.startsWith('.') || leftOut.has(path) ? [] : nixFilesBelow(snapshot, path, leftOut);
    return name.endsWith('.nix') ? [path] : [];
  });
}

/** Returns the other edits in a file, or the first mention of the name of unknown form. */
function mentionsIn(
  { files }: Snapshot,
  file: string,
  { from, to, isMoved }: { readonly from: string; readonly to: string; readonly isMoved: boolean },
  edits: readonly TextEdit[],
): { readonly edits: TextEdit[] } | Refusal {
  const textEdits: TextEdit[] = [];
  const text = files.text(file);
  if (text?.includes(from) !== true) return { edits: textEdits };
  const source = files.parse(file);
  if (source === null) return { edits: textEdits };
  const fileEdits = edits.filter(edit => edit.file === file);
  // Computed lazily: only a mention without another explanation requires the whole tree.
  let paths: readonly Range[] | null = null;
  const word = new RegExp(`(?<![\\w-])${from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`, 'g');
  for (const match of text.matchAll(word)) {
    const at: Range = { start: match.index, end: match.index + from.length };
    if (fileEdits.some(edit => edit.start <= at.start && at.end <= edit.end) || isIn(source.comments, at))
      continue;
    const before = text.slice(Math.max(0, at.start - 40), at.start);
    // Stored values go by the machine's name, both in the repository and on the machine.
    if (STORED.test(before)) {
      textEdits.push({ file, ...at, text: to });
      continue;
    }
    paths ??= pathsIn(source);
    if (isIn(paths, at)) {
      if (before.endsWith('machines/') && isMoved) textEdits.push({ file, ...at, text: to });
      continue;
    }
    const isHostName = /\bhostName\s*=\s*"$/.test(before);
    if (isHostName && text[at.end] === '"') textEdits.push({ file, ...at, text: to });
    else return { refused: mentioned(source, at, from) };
  }
  return { edits: textEdits };
}

function isIn(ranges: readonly Range[], { start, end }: Range): boolean {
  return ranges.some(range => range.start <= start && end <= range.end);
}

/** Returns path literals such as `./machines/lea`. */
function pathsIn(source: SourceFile): Range[] {
  const paths: Range[] = [];
  const open: Expr[] = [source.root];
  for (let expr = open.pop(); expr !== undefined; expr = open.pop()) {
    if (expr.kind === 'path') paths.push(expr);
    open.push(...childrenOf(expr));
  }
  return paths;
}

function mentioned(source: SourceFile, { start }: Range, name: string): string {
  const { line } = positionAt(source.lineStarts, start);
  return `"${name}" also appears at ${source.path}:${line + 1}, which may or may not be the machine. Rename it there by hand, or rename the machine where it is declared.`;
}
