/**
 * Finds modules whose imports depend on the configuration that they are part of. The module system collects all modules
 * first (`collectModules` in lib/modules.nix of nixpkgs), so a module that needs `config` or `options` meanwhile
 * recurses endlessly.
 *
 * The module is evaluated with a configuration that fails when it is forced. If the failure reaches the names of the
 * module's attributes, the names of the options that it sets, or one of its imports, the configuration is certainly
 * needed; values below them are not forced. Options are known before their values, so settings may depend on `options`.
 */

import { type ArgumentLookup, moduleArguments } from '../../modules/modules.ts';
import { certain } from '../../modules/read.ts';
import { attr, attrs, failure, symbol } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Selection } from '../../nix/eval/selection.ts';
import { thunk } from '../../nix/eval/thunks.ts';
import { newTrace, recorded } from '../../nix/eval/trace.ts';
import type { Attr, LambdaValue, Lazy, Origin, UnknownValue, Value } from '../../nix/eval/value.ts';
import { placeOf, writtenAt } from '../../nix/places.ts';
import type { CircularImport } from '../model/uses.ts';

/** The arguments that the module system computes from all modules. */
const MADE_OF_MODULES: readonly string[] = ['config', 'options'];

/** The argument that the machine's own options make, unless the flake passes another. */
const PACKAGES = 'pkgs';

const NEEDED = 'the configuration is needed to know the modules that it is made of';
const OPTIONS_NEEDED = 'the options are needed to know the modules that they are made of';

/** The kinds of what wraps settings: `mkIf`, `mkForce`, `mkMerge`. */
const WRAPPERS: ReadonlySet<string> = new Set(['if', 'override', 'order', 'merge']);

/** The nesting allowed for functions and imports, deeper than in real modules. */
const MAX_DEPTH = 16;

/** Returns the replacement of an argument that is computed from all modules; null for other arguments. */
type Replacement = (name: string) => Lazy | null;

/** The part of a module that needs the configuration, with its place. */
interface Need {
  readonly what: CircularImport['what'];
  readonly at: Origin | null;
}

/**
 * Returns the places at which a module needs its own configuration to be evaluated or to determine its imports.
 * @param module a function that the module system calls
 * @param isPlain true if the module's value is fully known for every configuration
 * @param fallback the place for values that are not written in a file
 */
export function circularImports(
  cx: Evaluation,
  module: LambdaValue,
  isPlain: boolean,
  specialArgs: ArgumentLookup,
  fallback: Origin,
): CircularImport[] {
  const ask = (names: readonly string[]) => circularImport(cx, module, names, specialArgs, fallback);
  const circular = isPlain ? null : ask(MADE_OF_MODULES);
  if (circular !== null) return [circular];
  // Other arguments may come from `_module.args`, which the reader of the facts decides.
  const named = (module.expr.formals ?? []).map(formal => formal.name.name);
  const passed = named.filter(
    name => name === PACKAGES || (!MADE_OF_MODULES.includes(name) && specialArgs(name) !== null),
  );
  if (passed.length === 0 || ask(passed) === null) return [];
  return passed.flatMap(name => ask([name]) ?? []);
}

/** Returns the first place that needs an argument computed from all modules; `null` if none certainly does. */
function circularImport(
  cx: Evaluation,
  module: LambdaValue,
  names: readonly string[],
  specialArgs: ArgumentLookup,
  fallback: Origin,
): CircularImport | null {
  const failing = thunk(() => failure('infinite-recursion', NEEDED, null));
  const ofOptions = thunk(() => failure('infinite-recursion', OPTIONS_NEEDED, null));
  const need = firstNeed(cx, module, specialArgs, name =>
    !names.includes(name) ? null : name === 'options' ? ofOptions : failing,
  );
  if (need === null) return null;
  const at = need.at ?? fallback;
  const asked = firstAsked(cx, module, names, specialArgs);
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
function firstNeed(
  cx: Evaluation,
  module: LambdaValue,
  specialArgs: ArgumentLookup,
  replacement: Replacement,
): Need | null {
  function ofModule(value: Value, at: Origin | null, what: Need['what'], depth: number): Need | null {
    if (isNeeded(value)) return { what, at };
    if (depth > MAX_DEPTH) return null;
    if (value.kind === 'lambda') {
      const made = cx.apply(value, withOwn(value, specialArgs, replacement), null);
      return ofModule(made, value.origin, 'module', depth + 1);
    }
    if (value.kind !== 'attrs') return null;
    // `mkIf` wraps a configuration, not a module.
    if (certain(value, '_type') !== null) return ofSettings(value, at, depth);
    for (const name of ['require', 'imports', 'disabledModules']) {
      const entry = certain(value, name);
      const need = entry === null ? null : ofImports(entry, depth);
      if (need !== null) return need;
    }
    const settings = certain(value, 'config');
    return settings === null
      ? null
      : ofSettings(settings.value, writtenAt(settings.value) ?? settings.at, depth);
  }

  /** Settings are distributed to the options by their names, below conditions, priorities and `mkMerge`. */
  function ofSettings(lazy: Lazy, at: Origin | null, depth: number): Need | null {
    const value = cx.force(lazy);
    if (isNeeded(value, [NEEDED])) return { what: 'config', at };
    const type = value.kind === 'attrs' && depth <= MAX_DEPTH ? certain(value, '_type') : null;
    const kind = type === null ? null : cx.force(type.value);
    if (value.kind !== 'attrs' || kind?.kind !== 'string') return null;
    const content = certain(value, kind.text === 'merge' ? 'contents' : 'content');
    if (content === null || !WRAPPERS.has(kind.text ?? '')) return null;
    if (kind.text !== 'merge') return ofSettings(content.value, at, depth + 1);
    const contents = cx.force(content.value);
    if (contents.kind !== 'list') return ofSettings(contents, at, depth + 1);
    for (const item of contents.items) {
      const need = item.kind === 'spread' ? null : ofSettings(item, writtenAt(item) ?? at, depth + 1);
      if (need !== null) return need;
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
      const need = ofModule(cx.force(item), itemAt, 'item', depth + 1);
      if (need !== null) return need;
    }
    return null;
  }

  return ofModule(module, module.origin, 'module', 0);
}

function isNeeded(value: Value, needed: readonly string[] = [NEEDED, OPTIONS_NEEDED]): boolean {
  return value.kind === 'failure' && needed.includes(value.message);
}

/** Returns the arguments of a module, some of them replaced. Arguments that the module does not take are left out. */
function withOwn(module: LambdaValue, specialArgs: ArgumentLookup, replacement: Replacement): Value {
  const args = moduleArguments(module, specialArgs);
  const entries = new Map(args.entries);
  for (const name of entries.keys()) {
    const made = replacement(name);
    if (made !== null) entries.set(name, attr(made, null));
  }
  return attrs(entries, null, args.open);
}

/** Returns the first option that is selected on the way to a module's imports. */
function firstAsked(
  cx: Evaluation,
  module: LambdaValue,
  wanted: readonly string[],
  specialArgs: ArgumentLookup,
): { readonly names: readonly string[]; readonly at: Origin } | null {
  const symbols = new Map(wanted.map(name => [name, symbol(name, `\`${name}\` of a machine`)]));
  const roots = new Set<UnknownValue>(symbols.values());
  const trace = newTrace(target => target.kind === 'unknown' && roots.has(rootOf(target)));
  recorded(cx, trace, () =>
    // A thunk prevents the reuse of a result for the usual configuration; see `functions.ts`.
    firstNeed(cx, module, specialArgs, name => {
      const symbolic = symbols.get(name);
      return symbolic === undefined ? null : thunk(() => symbolic);
    }),
  );
  const [first] = trace.selections;
  if (first === undefined) return null;
  const last = trace.selections.findLast(({ expr }) => expr !== null && expr === first.expr) ?? first;
  const root = rootOf(first.target as UnknownValue);
  const name = wanted.find(candidate => symbols.get(candidate) === root) ?? 'config';
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
