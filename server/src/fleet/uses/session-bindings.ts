/**
 * Finds the `let` bindings that a module's session variables are built from, with the paths of generators' files that
 * they read, in the file itself or in functions of other files.
 */

import { quoted } from '../../modules/recognise.ts';
import { stepsOf } from '../../modules/steps.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Lazy, Origin, UnknownValue, Value } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { placeKey, placeOf } from '../../nix/places.ts';
import { uniqueBy } from '../../std.ts';
import type { SessionBinding } from '../model/registries.ts';
import type { Use } from '../model/uses.ts';

/** A binding of a `let`. */
export interface LetBinding {
  readonly name: string;
  readonly at: Place;
  /** The range from the name to the end of the value. */
  readonly range: Place;
  readonly value: Lazy;
}

/** The value of an option for session variables. */
export interface SessionValue {
  readonly range: Place;
  readonly value: Lazy;
}

const SESSION_OPTION =
  /^(.*sessionVariables|.*SessionVars|environment\.variables|environment\.sessionVariables)$/;

/** Matches the ends of these option names. */
const SESSION_END = /(?:ariables|SessionVars)$/;

/** Returns whether an option has session variables, under the names in NixOS, nix-darwin, home-manager and hjem. */
export function isSessionOption(names: readonly string[]): boolean {
  // Called for every binding, few of which match, so the cheap test comes first.
  return SESSION_END.test(names.at(-1) ?? '') && SESSION_OPTION.test(names.slice(-2).join('.'));
}

/** The parts of a file that concern session variables. */
export interface SessionParts {
  readonly lets: readonly LetBinding[];
  readonly values: readonly SessionValue[];
}

/** The functions of the file's reader that are needed here. */
export interface SessionReader {
  /** Returns the uses that have been found so far. */
  readonly uses: () => readonly Use[];
  readonly textOf: (range: Place) => string;
  /** Evaluates a question within its own budget; returns null if that is exceeded. */
  readonly ask: <T>(at: Place, question: () => T) => T | null;
}

/** Returns the bindings that session variables are built from, directly or indirectly, and that read paths. */
export function sessionBindings(
  cx: Evaluation,
  { lets, values }: SessionParts,
  { uses, textOf, ask }: SessionReader,
): SessionBinding[] {
  if (values.length === 0 || lets.length === 0) return [];
  const reached = reachedFrom(lets, values, textOf);
  // Evaluated before the bindings: if the values contain no path, the bindings need not be searched for paths that
  // functions of other files read.
  const holdsPath = values.some(
    ({ range, value }) => (ask(range, () => pathsIn(cx, cx.resolve(value))) ?? []).length > 0,
  );
  const through = new Map(
    reached.map(binding => [
      binding,
      holdsPath ? (ask(binding.at, () => pathsIn(cx, cx.resolve(binding.value))) ?? []) : [],
    ]),
  );
  const reads = uses().filter(use => use.attribute === 'path');
  return reached.flatMap(binding => {
    const { name, at, range } = binding;
    const elsewhere = (through.get(binding) ?? []).filter(read => read.file.path !== at.file);
    const inside = reads.filter(
      ({ at: read, attributeAt }) =>
        range.start <= read.start &&
        read.end <= range.end &&
        // A read that a function of another file makes is listed at its place in that file.
        (attributeAt !== null || elsewhere.length === 0),
    );
    const places = uniqueBy([...inside.map(use => use.at), ...elsewhere.map(placeOf)], placeKey);
    return places.length === 0 ? [] : [{ name, at, reads: places }];
  });
}

/** Returns the bindings whose names occur in the values, directly or through other bindings. */
function reachedFrom(
  lets: readonly LetBinding[],
  values: readonly SessionValue[],
  textOf: (range: Place) => string,
): LetBinding[] {
  const reached = new Set<LetBinding>();
  const texts = values.map(({ range }) => textOf(range));
  for (let text = texts.pop(); text !== undefined; text = texts.pop())
    for (const binding of lets) {
      if (reached.has(binding) || !text.includes(binding.name)) continue;
      if (!new RegExp(`(?<![\\w.'-])${quoted(binding.name)}(?![\\w'-])`).test(text)) continue;
      reached.add(binding);
      texts.push(textOf(binding.range));
    }
  return lets.filter(binding => reached.has(binding));
}

/** Limits for searching values. Session variables are a set of texts. */
const DEPTH = 4;
const WIDTH = 200;

/** Returns the origins of the paths of generators' files in a value. */
function pathsIn(cx: Evaluation, value: Value, depth = DEPTH): Origin[] {
  switch (value.kind) {
    case 'unknown':
      return isPath(value) && value.origin !== null ? [value.origin] : [];
    case 'string':
      return value.pieces.flatMap(piece => ('hole' in piece ? pathsIn(cx, piece.hole) : []));
    case 'list':
      if (depth === 0) return [];
      return value.items
        .slice(0, WIDTH)
        .flatMap(item => (item.kind === 'spread' ? [] : pathsIn(cx, cx.resolve(item), depth - 1)));
    case 'attrs':
      if (depth === 0) return [];
      return [...value.entries.values(), ...value.patterns]
        .slice(0, WIDTH)
        .flatMap(entry => pathsIn(cx, cx.resolve(entry.value), depth - 1));
    default:
      return [];
  }
}

/** Returns whether a value is `….vars.generators.G.files.F.path`. */
function isPath(value: UnknownValue): boolean {
  const names = stepsOf(value).map(step => step.name.text);
  const at = names.length - 5;
  return (
    names.at(-1) === 'path' &&
    names[at + 2] === 'files' &&
    names[at] === 'generators' &&
    names[at - 1] === 'vars'
  );
}
