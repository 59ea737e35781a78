/**
 * Finds the names of generators and their files in texts: in paths below `vars/`, where the repository stores them, and
 * below `/run`, where machines have them. Knows the old and new layouts of clan-core, and nothing about the code around
 * a text.
 *
 * Source: clan-core d7c35d912, and for the old layout of deployed secrets the version before 2026-08-03.
 */

import type { NameKind } from '../../modules/read.ts';
import type { StringPiece, TextSource } from '../../nix/eval/value.ts';
import { type Place, placeBeside } from '../../nix/places.ts';
import { sourceOffset } from '../../nix/syntax.ts';

/** A piece of a text, with a place for pieces that have no place of their own in the file. */
export interface PlacedPiece {
  readonly piece: StringPiece;
  readonly at: Place;
}

export interface StoredName {
  readonly name: string;
  readonly kind: NameKind;
  readonly at: Place;
}

/** A file of a generator whose path occurs in a text. */
export interface StoredFile {
  readonly at: Place;
  readonly generator: StoredName;
  readonly file: StoredName;
  /** `value` below `vars/` of the repository, `path` on a machine; null for an encrypted file below `vars/`. */
  readonly attribute: 'value' | 'path' | null;
}

/** Represents a hole in the searched text. A Nix string cannot contain this character. */
const HOLE = '\0';
const NAME = `[\\w.@+=~${HOLE}-]+`;
const OWNER = `(?:per-machine/[^/\\s"'$*]+|shared)`;
const END = `(?![\\w${HOLE}/*$-])`;

/** Matches `vars/shared/<generator>/<file>/value`. */
const KEPT = `(?<![\\w.-])vars/${OWNER}/(?<g1>${NAME})/(?<f1>${NAME})/(?<stored>value|secret)${END}`;

/** Matches `/run/secrets/vars/shared/<generator>/<file>`. In the old layout, the generator's name followed `vars`. */
const DEPLOYED = `/run/secrets(?:-for-users)?/vars/(?:${OWNER}/)?(?<g2>${NAME})/(?<f2>${NAME})${END}`;

/** Matches the same for the other backends, and for secrets that are needed during installation. */
const DEPLOYED_ELSEWHERE = `/run/(?:user-|partitioning-)?secrets/${OWNER}/(?<g3>${NAME})/(?<f3>${NAME})${END}`;

const IN_TEXT = new RegExp([KEPT, DEPLOYED, DEPLOYED_ELSEWHERE].join('|'), 'dg');

/** Matches the name of a secret that clan-core declares for sops-nix. */
const OF_SOPS = new RegExp(`^vars/(?:${OWNER}/)?(?<g1>${NAME})/(?<f1>${NAME})$`, 'd');

/** Matches texts that may contain such a name. */
export const STORED_NAMES =
  /\bvars\/(?:per-machine|shared)\b|\/run\/(?:user-|partitioning-)?secrets\b|"vars\//;

export function mentionsStoredNames(text: string): boolean {
  return STORED_NAMES.test(text);
}

/** Returns the files of generators whose paths occur in a text. */
export function storedFilesIn(pieces: readonly PlacedPiece[]): StoredFile[] {
  const text = flatten(pieces);
  if (!mentionsStoredNames(text.flat)) return [];
  return [...text.flat.matchAll(IN_TEXT)].flatMap(match => storedFile(text, match));
}

/** Returns the generator's file that a secret of sops-nix has, by the secret's name. */
export function storedFileOf(pieces: readonly PlacedPiece[]): StoredFile | null {
  const text = flatten(pieces);
  const match = OF_SOPS.exec(text.flat);
  return match === null ? null : (storedFile(text, match)[0] ?? null);
}

const PLACEMENTS = new Set(['per-machine', 'shared', 'per-export']);

function storedFile(text: FlatText, match: RegExpExecArray | RegExpMatchArray): StoredFile[] {
  const { indices } = match;
  const range = (...names: string[]) => {
    for (const name of names) if (indices?.groups?.[name]) return indices.groups[name];
    return null;
  };
  const generator = range('g1', 'g2', 'g3');
  const file = range('f1', 'f2', 'f3');
  if (indices === undefined || generator === null || file === null) return [];
  const stored = match.groups?.stored;
  const storedName = nameIn(text, generator);
  if (PLACEMENTS.has(storedName.name)) return [];
  return [
    {
      at: rangeIn(text, indices[0] as [number, number]),
      generator: storedName,
      file: nameIn(text, withoutFullStop(text, file)),
      attribute: stored === undefined ? 'path' : stored === 'value' ? 'value' : null,
    },
  ];
}

/** Removes the full stop of a sentence from the end of a range. */
function withoutFullStop({ flat }: FlatText, [start, end]: [number, number]): [number, number] {
  return flat[end - 1] === '.' ? [start, end - 1] : [start, end];
}

interface FlatText {
  /** The text with a `HOLE` for each hole. */
  readonly flat: string;
  readonly pieces: readonly (PlacedPiece & { readonly from: number })[];
}

function flatten(pieces: readonly PlacedPiece[]): FlatText {
  let flat = '';
  const placed = pieces.map(piece => {
    const from = flat.length;
    flat += 'hole' in piece.piece ? HOLE : piece.piece.text;
    return { ...piece, from };
  });
  return { flat, pieces: placed };
}

function pieceAt({ pieces }: FlatText, offset: number): PlacedPiece & { readonly from: number } {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((pieces[middle]?.from ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return pieces[low] as PlacedPiece & { readonly from: number };
}

function nameIn(text: FlatText, [start, end]: [number, number]): StoredName {
  let name = '';
  let isComplete = true;
  for (let offset = start; offset < end; offset++) {
    const { piece } = pieceAt(text, offset);
    if ('hole' in piece) {
      isComplete = false;
      name += `\${${piece.source}}`;
    } else name += text.flat[offset];
  }
  const at = rangeIn(text, [start, end]);
  const first = pieceAt(text, start);
  const literal = isComplete && first === pieceAt(text, end - 1) && ownSource(first) !== null;
  return { name, kind: isComplete ? (literal ? 'literal' : 'resolved') : 'pattern', at };
}

function rangeIn(text: FlatText, [start, end]: [number, number]): Place {
  const first = pieceAt(text, start);
  const last = pieceAt(text, end - 1);
  const from = ownSource(first);
  const to = ownSource(last);
  return placeBeside(first.at, {
    start: from === null ? first.at.start : offsetIn(from, start - first.from),
    end: to === null ? last.at.end : offsetIn(to, end - 1 - last.from) + 1,
  });
}

/** Returns the source of a piece if it is written in the text itself. */
function ownSource({ piece, at }: PlacedPiece): TextSource | null {
  if ('hole' in piece || piece.source === null) return null;
  const { origin } = piece.source;
  return origin.file.path === at.file && origin.start <= at.start && at.end <= origin.end
    ? piece.source
    : null;
}

function offsetIn({ map, start, origin }: TextSource, offset: number): number {
  return sourceOffset({ kind: 'text', value: '', map, start: origin.start, end: origin.end }, start + offset);
}
