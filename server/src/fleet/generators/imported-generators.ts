/**
 * Determines what an imported module brings: whether it is a set of generators, assigns generators or imports modules
 * that do.
 */

import { modulesIn } from '../../modules/import-items.ts';
import { type ArgumentLookup, moduleArguments } from '../../modules/modules.ts';
import { certain, definitionsOf } from '../../modules/read.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, Lazy, Value } from '../../nix/eval/value.ts';

/** The knowledge about registries that is needed to inspect a module. */
export interface Registries {
  readonly specialArgs: ArgumentLookup;
  /** Returns whether generators that a module assigns are made from a registry. */
  readonly isFromRegistry: (item: Lazy, generators: Lazy) => boolean;
}

/** The nesting allowed for modules that import modules, deeper than helpers use. */
const MAX_DEPTH = 4;

/** The kind of thing that a module brings, and the function or set of the innermost module that brings it. */
export interface Provided {
  readonly what: 'generators' | 'module';
  readonly maker: Value;
  /** True if that is a set of generators in the place of a module. */
  readonly isSet: boolean;
}

/**
 * Returns what a module brings; null if it has nothing to do with generators.
 * @param item the import as it is written
 * @param value the module that it evaluates to
 */
export function providedBy(
  cx: Evaluation,
  item: Lazy,
  value: Value,
  registries: Registries,
  depth: number,
): Provided | null {
  if (depth > MAX_DEPTH) return null;
  if (value.kind === 'lambda') {
    const module = cx.apply(value, moduleArguments(value, registries.specialArgs), null);
    const provided = providedBy(cx, item, module, registries, depth + 1);
    return provided?.maker === module ? { ...provided, maker: value } : provided;
  }
  if (value.kind !== 'attrs') return null;
  if (holdsGenerators(cx, value)) return { what: 'generators', maker: value, isSet: true };
  if (assignsGenerators(cx, item, value, registries)) return { what: 'module', maker: value, isSet: false };
  return importedGenerators(cx, item, value, registries, depth);
}

/** Returns whether a value is a set of generators in the place of a module. */
function holdsGenerators(cx: Evaluation, set: AttrsValue): boolean {
  let generators = 0;
  for (const entry of [...set.entries.values(), ...set.patterns]) {
    const value = cx.force(entry.value);
    // A failing key does not affect the others.
    if (value.kind === 'failure') continue;
    if (value.kind !== 'attrs' || !isGenerator(value)) return false;
    generators++;
  }
  return generators > 0;
}

function isGenerator({ entries }: AttrsValue): boolean {
  return entries.has('script') && (entries.has('files') || entries.has('prompts'));
}

const OPTIONS = [
  ['clan', 'core', 'vars', 'generators'],
  ['vars', 'generators'],
] as const;

/**
 * Returns whether a module assigns generators from a registry. Generators that are written in the module are harmless.
 */
function assignsGenerators(cx: Evaluation, item: Lazy, module: AttrsValue, registries: Registries): boolean {
  const config = certain(module, 'config');
  const bodies = [module, ...(config === null ? [] : [config.value])];
  return bodies.some(body =>
    OPTIONS.some(path => optionsAt(cx, body, path).some(option => registries.isFromRegistry(item, option))),
  );
}

/** Returns the definitions of an option in a module, regardless of conditions. */
function optionsAt(cx: Evaluation, lazy: Lazy, [name, ...rest]: readonly string[]): Lazy[] {
  if (name === undefined) return [lazy];
  return definitionsOf(cx, lazy).flatMap(({ value, never }) => {
    const entry = value.kind === 'attrs' && !never ? value.entries.get(name) : undefined;
    return entry === undefined ? [] : optionsAt(cx, entry.value, rest);
  });
}

/**
 * Returns what a module imports, among what was passed to it, that brings generators. Its own applications are found in
 * the file that contains them.
 */
function importedGenerators(
  cx: Evaluation,
  item: Lazy,
  module: AttrsValue,
  registries: Registries,
  depth: number,
): Provided | null {
  const entry = certain(module, 'imports');
  const list = entry === null ? null : cx.force(entry.value);
  if (list?.kind !== 'list') return null;
  // For a function of lib (`setDefaultModuleLocation`), there is no such file.
  const isOfLib = list.origin !== null && list.origin === module.origin;
  const isHanded = ({ origin }: Value) =>
    origin !== null && (isOfLib || origin.call?.at.call !== module.origin?.call);
  for (const candidate of list.items)
    for (const { value } of candidate.kind === 'spread' ? [] : modulesIn(cx, candidate)) {
      const provided = isHanded(value) ? providedBy(cx, item, value, registries, depth + 1) : null;
      if (provided !== null) return { ...provided, what: 'module' };
    }
  return null;
}

/** Returns the same as `holdsGenerators`, but faster for values that are usually modules. */
export function isSetOfGenerators(cx: Evaluation, set: AttrsValue): boolean {
  const [first] = set.entries.values();
  if (first === undefined || ['imports', 'config', 'options'].some(name => set.entries.has(name)))
    return false;
  const value = cx.force(first.value);
  return value.kind === 'attrs' && value.entries.has('script') && holdsGenerators(cx, set);
}
