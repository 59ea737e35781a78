/**
 * Names of generators and files in texts: below `vars/` as the repository keeps them, and below `/run` as machines
 * have them. Knows the layouts of clan-core, old and new, and nothing of where a text stands.
 *
 * Source: clan-core d7c35d912, and for the old layout of deployed secrets what it was before 2026-08-03.
 */

import type { NameKind } from '../../modules/read.ts';
import type { StringPiece, TextSource } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { sourceOffset } from '../../nix/syntax.ts';

/** A piece of a text, and the place that stands for it where it has none of its own in the file. */
export interface PlacedPiece {
  readonly piece: StringPiece;
  readonly at: Place;
}

export interface StoredName {
  readonly name: string;
  readonly kind: NameKind;
  readonly at: Place;
}

/** A file of a generator that a text names. */
export interface StoredFile {
  readonly at: Place;
  readonly generator: StoredName;
  readonly file: StoredName;
  /** `value` below `vars/` of the repository, `path` on a machine; null where neither is named. */
  readonly attribute: 'value' | 'path' | null;
}

/** Stands for a hole in the text that is searched. No Nix string can hold it. */
const HOLE = '\0';
const NAME = `[\\w.@+=~${HOLE}-]+`;
const OWNER = `(?:per-machine/[^/\\s"'$*]+|shared)`;
const END = `(?![\\w${HOLE}/*$-])`;

/** `vars/shared/<generator>/<file>/value` */
const KEPT = `(?<![\\w.-])vars/${OWNER}/(?<g1>${NAME})/(?<f1>${NAME})/(?<stored>value|secret)${END}`;

/** `/run/secrets/vars/shared/<generator>/<file>`; before, the generator's name followed `vars`. */
const DEPLOYED = `/run/secrets(?:-for-users)?/vars/(?:${OWNER}/)?(?<g2>${NAME})/(?<f2>${NAME})${END}`;

/** The same of the other backends, and of secrets that an installation needs. */
const DEPLOYED_ELSEWHERE = `/run/(?:user-|partitioning-)?secrets/${OWNER}/(?<g3>${NAME})/(?<f3>${NAME})${END}`;

const IN_TEXT = new RegExp([KEPT, DEPLOYED, DEPLOYED_ELSEWHERE].join('|'), 'dg');

/** The name of a secret that clan-core makes for sops-nix. */
const OF_SOPS = new RegExp(`^vars/(?:${OWNER}/)?(?<g1>${NAME})/(?<f1>${NAME})$`, 'd');

/** Text that is worth a closer look. */
export const STORED_NAMES =
  /\bvars\/(?:per-machine|shared)\b|\/run\/(?:user-|partitioning-)?secrets\b|"vars\//;

export function mentionsStoredNames(text: string): boolean {
  return STORED_NAMES.test(text);
}

/** Returns the files of generators that a text names by path. */
export function storedFilesIn(pieces: readonly PlacedPiece[]): StoredFile[] {
  const text = flatten(pieces);
  if (!mentionsStoredNames(text.flat)) return [];
  return [...text.flat.matchAll(IN_TEXT)].flatMap(match => storedFile(text, match));
}

/** Returns the file of a generator that the name of a secret of sops-nix stands for. */
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
      at: placeIn(text, indices[0] as [number, number]),
      generator: storedName,
      file: nameIn(text, withoutFullStop(text, file)),
      attribute: stored === undefined ? 'path' : stored === 'value' ? 'value' : null,
    },
  ];
}

/** At the end of a sentence. */
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
  let known = true;
  for (let offset = start; offset < end; offset++) {
    const { piece } = pieceAt(text, offset);
    if ('hole' in piece) {
      known = false;
      name += `\${${piece.source}}`;
    } else name += text.flat[offset];
  }
  const at = placeIn(text, [start, end]);
  const first = pieceAt(text, start);
  const literal = known && first === pieceAt(text, end - 1) && ownSource(first) !== null;
  return { name, kind: known ? (literal ? 'literal' : 'resolved') : 'pattern', at };
}

function placeIn(text: FlatText, [start, end]: [number, number]): Place {
  const first = pieceAt(text, start);
  const last = pieceAt(text, end - 1);
  const { file } = first.at;
  const from = ownSource(first);
  const to = ownSource(last);
  return {
    file,
    start: from === null ? first.at.start : offsetIn(from, start - first.from),
    end: to === null ? last.at.end : offsetIn(to, end - 1 - last.from) + 1,
  };
}

/** Returns where a piece is written, if it is written in the text itself. */
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
