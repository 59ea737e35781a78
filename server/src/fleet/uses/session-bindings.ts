/**
 * What `let` binds for the session variables of a module, and which paths of generators are read for it: where it is
 * written, or in functions of other files that make it.
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
  /** From the name to the end of the value. */
  readonly range: Place;
  readonly value: Lazy;
}

/** What is assigned to an option that holds session variables. */
export interface SessionValue {
  readonly range: Place;
  readonly value: Lazy;
}

const SESSION_OPTION =
  /^(.*sessionVariables|.*SessionVars|environment\.variables|environment\.sessionVariables)$/;

/** How all of those end. */
const SESSION_END = /(?:ariables|SessionVars)$/;

/** Session variables, under the names that NixOS, nix-darwin, home-manager and hjem give them. */
export function isSessionOption(names: readonly string[]): boolean {
  // Asked of every binding, of which hardly any is called like that.
  return SESSION_END.test(names.at(-1) ?? '') && SESSION_OPTION.test(names.slice(-2).join('.'));
}

/** What is read of a file for its session variables. */
export interface SessionParts {
  readonly lets: readonly LetBinding[];
  readonly values: readonly SessionValue[];
}

/** What the reader of the file is asked. */
export interface SessionReader {
  /** The uses that have been seen so far. */
  readonly uses: () => readonly Use[];
  readonly textOf: (range: Place) => string;
  /** Asks one question of the evaluator, with a budget of its own. */
  readonly ask: <T>(at: Place, question: () => T) => T | null;
}

/** Returns the bindings that session variables are made of, directly or through others, and that read paths. */
export function sessionBindings(
  cx: Evaluation,
  { lets, values }: SessionParts,
  { uses, textOf, ask }: SessionReader,
): SessionBinding[] {
  if (values.length === 0 || lets.length === 0) return [];
  const reached = reachedFrom(lets, values, textOf);
  // Looked into first: what a binding reads through functions of other files shows only in what is made of it.
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
        // What a function of another file reads is shown there.
        (attributeAt !== null || elsewhere.length === 0),
    );
    const places = uniqueBy([...inside.map(use => use.at), ...elsewhere.map(placeOf)], placeKey);
    return places.length === 0 ? [] : [{ name, at, reads: places }];
  });
}

/** Returns the bindings whose names stand in the values, or in bindings that are reached. */
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

/** How deep and how wide values are looked into: session variables are a set of texts. */
const DEPTH = 4;
const WIDTH = 200;

/** Returns where the paths of generators' files come from that stand in a value. */
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

/** `….vars.generators.G.files.F.path` */
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
