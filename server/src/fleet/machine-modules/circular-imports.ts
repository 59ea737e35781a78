/**
 * Modules whose imports cannot be told without the configuration that they are part of. The module system collects all
 * modules first (`collectModules` in lib/modules.nix of nixpkgs); whoever asks for `config` or `options` meanwhile asks
 * for what is being made.
 *
 * It is tried: the module is called with a configuration that fails as soon as somebody looks at it. What reaches the
 * names of the module's attributes or one of its imports has been needed for certain; what stays below is not touched.
 */

import { type Given, moduleArguments } from '../../modules/modules.ts';
import { certain } from '../../modules/read.ts';
import { attr, attrs, failure, symbol } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Selection } from '../../nix/eval/selection.ts';
import { thunk } from '../../nix/eval/thunks.ts';
import { newTrace, recorded } from '../../nix/eval/trace.ts';
import type { Attr, LambdaValue, Lazy, Origin, UnknownValue, Value } from '../../nix/eval/value.ts';
import { placeOf, writtenAt } from '../../nix/places.ts';
import type { CircularImport } from '../model/uses.ts';

/** What the module system gives to a module that is made of all modules. */
const MADE_OF_MODULES: readonly string[] = ['config', 'options'];

const NEEDED = 'the configuration is needed to know the modules that it is made of';

/** Functions giving modules that import functions: deeper than anybody writes. */
const MAX_DEPTH = 16;

/** Stands for what is made of all modules, by the name of the argument; null for any other. */
type Own = (name: string) => Lazy | null;

/** What needs the configuration, and what stands there. */
interface Need {
  readonly what: CircularImport['what'];
  readonly at: Origin | null;
}

/**
 * Returns where a module needs its own configuration to be known, or to tell what it imports.
 * @param module a function that the module system calls
 * @param isPlain true if all that it comes to is known, whatever its configuration is
 * @param fallback the place of what was written nowhere
 */
export function circularImports(
  cx: Evaluation,
  module: LambdaValue,
  isPlain: boolean,
  given: Given,
  fallback: Origin,
): CircularImport[] {
  const ask = (names: readonly string[]) => circularImport(cx, module, names, given, fallback);
  const own = isPlain ? null : ask(MADE_OF_MODULES);
  if (own !== null) return [own];
  // What is given by name may come from `_module.args`: who reads the facts knows.
  const named = (module.expr.formals ?? []).map(formal => formal.name.name);
  const handed = named.filter(name => !MADE_OF_MODULES.includes(name) && given(name) !== null);
  if (handed.length === 0 || ask(handed) === null) return [];
  return handed.flatMap(name => ask([name]) ?? []);
}

/**
 * Returns the first place that needs an argument which is made of all modules, or `null` where that is not certain.
 */
function circularImport(
  cx: Evaluation,
  module: LambdaValue,
  names: readonly string[],
  given: Given,
  fallback: Origin,
): CircularImport | null {
  const failing = thunk(() => failure('infinite-recursion', NEEDED, null));
  const need = firstNeed(cx, module, given, name => (names.includes(name) ? failing : null));
  if (need === null) return null;
  const at = need.at ?? fallback;
  const asked = firstAsked(cx, module, names, given);
  const [first = 'config'] = names;
  return {
    at: placeOf(at),
    what: need.what,
    argument: asked?.names[0] ?? first,
    asked: asked?.names.join('.') ?? first,
    askedAt: asked === null ? null : placeOf(asked.at),
  };
}

/** Collects modules as the module system does, until one of them is the failure. */
function firstNeed(cx: Evaluation, module: LambdaValue, given: Given, own: Own): Need | null {
  function ofModule(value: Value, at: Origin | null, what: Need['what'], depth: number): Need | null {
    if (isNeeded(value)) return { what, at };
    if (depth > MAX_DEPTH) return null;
    if (value.kind === 'lambda') {
      const made = cx.apply(value, withOwn(value, given, own), null);
      return ofModule(made, value.origin, 'module', depth + 1);
    }
    if (value.kind !== 'attrs') return null;
    // What `mkIf` wraps is no module, but what one configures.
    const type = certain(value, '_type');
    if (type !== null) return null;
    for (const name of ['require', 'imports', 'disabledModules']) {
      const entry = certain(value, name);
      const found = entry === null ? null : ofImports(entry, depth);
      if (found !== null) return found;
    }
    return null;
  }

  function ofImports(entry: Attr, depth: number): Need | null {
    const at = writtenAt(entry.value) ?? entry.at;
    const list = cx.force(entry.value);
    if (isNeeded(list)) return { what: 'imports', at };
    if (list.kind !== 'list') return null;
    for (const item of list.items) {
      if (item.kind === 'spread') continue;
      const itemAt = writtenAt(item) ?? at;
      const found = ofModule(cx.force(item), itemAt, 'item', depth + 1);
      if (found !== null) return found;
    }
    return null;
  }

  return ofModule(module, module.origin, 'module', 0);
}

function isNeeded(value: Value): boolean {
  return value.kind === 'failure' && value.message === NEEDED;
}

/**
 * Returns the arguments of the module, with its own configuration. An argument that it does not ask for is left out.
 */
function withOwn(module: LambdaValue, given: Given, own: Own): Value {
  const args = moduleArguments(module, given);
  const entries = new Map(args.entries);
  for (const name of entries.keys()) {
    const made = own(name);
    if (made !== null) entries.set(name, attr(made, null));
  }
  return attrs(entries, null, args.open);
}

/** Returns the first option that is asked for on the way to a module's imports. */
function firstAsked(
  cx: Evaluation,
  module: LambdaValue,
  wanted: readonly string[],
  given: Given,
): { readonly names: readonly string[]; readonly at: Origin } | null {
  const own = new Map(wanted.map(name => [name, symbol(name, `\`${name}\` of a machine`)]));
  const roots = new Set<UnknownValue>(own.values());
  const trace = newTrace(target => target.kind === 'unknown' && roots.has(rootOf(target)));
  recorded(cx, trace, () =>
    // Unevaluated, so that nothing is taken from what was made of the usual configuration; see functions.ts.
    firstNeed(cx, module, given, name => {
      const symbolic = own.get(name);
      return symbolic === undefined ? null : thunk(() => symbolic);
    }),
  );
  const [first] = trace.selections;
  if (first === undefined) return null;
  const last = trace.selections.findLast(({ expr }) => expr !== null && expr === first.expr) ?? first;
  const root = rootOf(first.target as UnknownValue);
  const name = wanted.find(each => own.get(each) === root) ?? 'config';
  return askedBy(name, first, last);
}

function askedBy(root: string, first: Selection, last: Selection): { names: readonly string[]; at: Origin } {
  const names = [last.name.text ?? '…'];
  let at = last.target as UnknownValue;
  for (; at.term?.kind === 'select'; at = at.term.of) names.unshift(at.term.name.text ?? '…');
  const start = first.expr?.start ?? first.at.start;
  return { names: [root, ...names], at: { ...first.at, start, end: last.at.end } };
}

function rootOf(value: UnknownValue): UnknownValue {
  let at = value;
  while (at.term?.kind === 'select') at = at.term.of;
  return at;
}
