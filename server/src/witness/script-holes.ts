/** Compares a script with holes with the text that Nix has for it, and fills the holes. */

import type { ScriptSegment, ScriptSource } from '../fleet/model/generators.ts';
import type { Hole } from '../shell/syntax.ts';

/** Returns whether a hole, as written, is a path of a package, which is as good as known. */
export function isPackage(hole: string): boolean {
  return /^\$\{\s*(?:lib\.getExe'?\s*\(?\s*)?\(?pkgs\./.test(hole);
}

/** Returns whether a text with holes can be the text that Nix has. */
export function canBe({ text, holes }: Pick<ScriptSource, 'text' | 'holes'>, nix: string): boolean {
  return fillings({ text, holes }, nix) !== null;
}

/**
 * Returns the source with holes filled from Nix's text, or null if the texts do not match. Packages stay as written, which says
 * more than a store path.
 */
export function filledHoles(source: ScriptSource, nix: string): ScriptSource | null {
  const found = fillings(source, nix);
  if (found === null) return null;
  const text: string[] = [];
  const holes: Hole[] = [];
  const segments: ScriptSegment[] = [];
  let at = 0;
  for (const segment of source.segments) {
    const index = source.holes.findIndex(hole => hole.start === segment.start && hole.end === segment.end);
    const filling = found[index];
    const written = source.text.slice(segment.start, segment.end);
    const isOpen = index >= 0 && (filling === undefined || isPackage(written));
    const piece = index >= 0 && !isOpen ? (filling as string) : written;
    const start = at;
    at += piece.length;
    text.push(piece);
    if (isOpen) holes.push({ start, end: at });
    // The filled text has the place of its hole.
    if (piece.length > 0) segments.push({ ...segment, start, end: at });
  }
  return { text: text.join(''), holes, segments };
}

/** Returns the text of each hole, the shortest if several fit; null if the texts do not match. */
function fillings(
  { text, holes }: Pick<ScriptSource, 'text' | 'holes'>,
  nix: string,
): readonly string[] | null {
  const found: string[] = [];
  const [first] = holes;
  if (first === undefined) return text === nix ? [] : null;
  if (!nix.startsWith(text.slice(0, first.start))) return null;
  let at = first.start;
  for (const [index, hole] of holes.entries()) {
    const next = holes[index + 1];
    const literal = text.slice(hole.end, next?.start ?? text.length);
    const end = next === undefined ? endOf(nix, literal, at) : literal === '' ? at : nix.indexOf(literal, at);
    if (end < 0) return null;
    found.push(nix.slice(at, end));
    at = end + literal.length;
  }
  return found;
}

/** Returns the start of the last known text, which must end the script; -1 if it does not. */
function endOf(nix: string, literal: string, from: number): number {
  const end = nix.length - literal.length;
  return end >= from && nix.endsWith(literal) ? end : -1;
}
