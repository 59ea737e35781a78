/**
 * Finds uses of generators' files by the names of stored or deployed files: `"${self}/vars/shared/G/F/value"`,
 * `/run/secrets/vars/…`, and the secrets that clan-core declares for sops-nix under such names.
 */

import type { Step } from '../../modules/steps.ts';
import { originOf } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Selection } from '../../nix/eval/selection.ts';
import { interpolate } from '../../nix/eval/strings.ts';
import type { Origin, Scope, StringPiece, StringValue } from '../../nix/eval/value.ts';
import { outermostIn, placeIn, placeOf } from '../../nix/places.ts';
import type { PathExpr, StringExpr } from '../../nix/syntax.ts';
import type { Use } from '../model/uses.ts';
import {
  mentionsStoredNames,
  type PlacedPiece,
  type StoredFile,
  type StoredName,
  storedFileOf,
  storedFilesIn,
} from './stored-names.ts';

/** The number of parts a text may have in which `vars/` is behind a hole. Such a path is short, unlike a script. */
const MOST_PARTS = 9;

/** Returns uses of the generators' files whose names occur in a string or path of the file. */
export function usesInText(cx: Evaluation, expr: StringExpr | PathExpr, scope: Scope): Use[] {
  if (!isOfInterest(expr, scope)) return [];
  const pieces = expr.parts.flatMap((part): PlacedPiece[] => {
    const at = placeIn(scope.file, part);
    const text = interpolate(cx, [part], scope, originOf(part, scope));
    return text.kind === 'string' ? text.pieces.map(piece => ({ piece, at })) : [];
  });
  // A function that builds such names from its arguments is no use; its callers are.
  return storedFilesIn(pieces)
    .filter(stored => !isAllHole(stored))
    .map(useOf);
}

function isOfInterest(expr: StringExpr | PathExpr, scope: Scope): boolean {
  const { parts } = expr;
  const text = scope.file.text.slice(expr.start, expr.end);
  if (mentionsStoredNames(text)) return true;
  const [first, second] = parts;
  if (first?.kind !== 'hole' || second?.kind !== 'text' || !second.value.startsWith('/')) return false;
  return parts.length <= MOST_PARTS && mentionsStoredNames(scope.file.text);
}

function isAllHole({ generator, file }: StoredFile): boolean {
  return isHole(generator) && isHole(file);
}

function isHole({ name, kind }: StoredName): boolean {
  return kind === 'pattern' && /^\$\{[^{}]*\}$/.test(name);
}

function useOf({ at, generator, file, attribute }: StoredFile): Use {
  return {
    by: 'name',
    at,
    generator: generator.name,
    generatorKind: generator.kind,
    generatorAt: generator.at,
    fileName: file.name,
    fileKind: file.kind,
    fileAt: file.at,
    attribute,
    attributeAt: null,
    guarded: false,
    assumesGenerator: false,
    reached: 'surely',
    key: null,
    machine: null,
  };
}

/**
 * Returns the use in `config.sops.placeholder."vars/…"` or `config.sops.secrets."vars/…".path`; null for other
 * selections.
 */
export function useOfSopsName(event: Selection, before: readonly Step[], file: string): Use | null {
  if (event.result === null) return null;
  const steps: readonly Step[] = [...before, { name: event.name, at: event.at }];
  const isPlaceholder = isNamed(steps, -3, 'sops', 'placeholder');
  const name = isPlaceholder
    ? steps.at(-1)
    : isNamed(steps, -4, 'sops', 'secrets')
      ? steps.at(-2)
      : undefined;
  const at = outermostIn(event.at, file);
  if (name === undefined || at === null) return null;
  const written = (name.at === null ? null : outermostIn(name.at, file)) ?? at;
  const place = placeOf(written);
  const stored = storedFileOf(piecesOf(name.name, written).map(piece => ({ piece, at: place })));
  if (stored === null) return null;
  const whole =
    at === event.at && event.expr !== null
      ? placeIn(at.file, { start: event.expr.start, end: at.end })
      : placeOf(at);
  const attribute = isPlaceholder ? 'placeholder' : event.name.text;
  return { ...useOf(stored), at: whole, attribute };
}

/** Returns the pieces of a name. A name that is written literally without escapes gets a place for each character. */
function piecesOf({ text, pieces }: StringValue, at: Origin): readonly StringPiece[] {
  if (text === null || at.file.text.slice(at.start, at.end) !== `"${text}"`) return pieces;
  return [{ text, source: { origin: at, map: [0, at.start + 1], start: 0 } }];
}

function isNamed(steps: readonly Step[], from: number, first: string, second: string): boolean {
  return steps.at(from)?.name.text === first && steps.at(from + 1)?.name.text === second;
}
