/** What a module that is imported has to do with generators: it is, assigns or imports them. */

import { modulesIn } from '../../modules/import-items.ts';
import { type Given, moduleArguments } from '../../modules/modules.ts';
import { certain, definitionsOf } from '../../modules/read.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, Lazy, Value } from '../../nix/eval/value.ts';

/** What is known of registries where a module is looked at. */
export interface Registries {
  readonly given: Given;
  /** Is it made from a registry? Asked of the generators that a module assigns. */
  readonly isFromRegistry: (item: Lazy, generators: Lazy) => boolean;
}

/** Modules that import modules: deeper than helpers put them. */
const MAX_DEPTH = 4;

/**
 * @param item what is imported, as it stands there
 * @param value the module that it comes to
 */
export function whatItBrings(
  cx: Evaluation,
  item: Lazy,
  value: Value,
  registries: Registries,
  depth: number,
): 'generators' | 'module' | null {
  if (depth > MAX_DEPTH) return null;
  if (value.kind === 'lambda') {
    const module = cx.apply(value, moduleArguments(value, registries.given), null);
    return whatItBrings(cx, item, module, registries, depth + 1);
  }
  if (value.kind !== 'attrs') return null;
  if (holdsGenerators(cx, value)) return 'generators';
  if (assignsGenerators(cx, item, value, registries)) return 'module';
  return importsGenerators(cx, item, value, registries, depth) ? 'module' : null;
}

/** Returns whether a value is a set of generators in the place of a module. */
function holdsGenerators(cx: Evaluation, set: AttrsValue): boolean {
  let generators = 0;
  for (const entry of [...set.entries.values(), ...set.patterns]) {
    const value = cx.force(entry.value);
    // One key that does not exist hides none of the others.
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

/** Generators that a module writes down itself are no harm; those made from a registry are. */
function assignsGenerators(cx: Evaluation, item: Lazy, module: AttrsValue, registries: Registries): boolean {
  const config = certain(module, 'config');
  const bodies = [module, ...(config === null ? [] : [config.value])];
  return bodies.some(body =>
    OPTIONS.some(path => optionsAt(cx, body, path).some(option => registries.isFromRegistry(item, option))),
  );
}

/** Returns what the definitions of an option are in a module, whatever their conditions. */
function optionsAt(cx: Evaluation, lazy: Lazy, [name, ...rest]: readonly string[]): Lazy[] {
  if (name === undefined) return [lazy];
  return definitionsOf(cx, lazy).flatMap(({ value, never }) => {
    const entry = value.kind === 'attrs' && !never ? value.entries.get(name) : undefined;
    return entry === undefined ? [] : optionsAt(cx, entry.value, rest);
  });
}

/**
 * Returns whether a module imports what brings generators and was handed to it. What it applies itself is found where
 * that is written.
 */
function importsGenerators(
  cx: Evaluation,
  item: Lazy,
  module: AttrsValue,
  registries: Registries,
  depth: number,
): boolean {
  const entry = certain(module, 'imports');
  const list = entry === null ? null : cx.force(entry.value);
  if (list?.kind !== 'list') return false;
  // A function of lib (`setDefaultModuleLocation`) has no text in which that could be found.
  const isOfLib = list.origin !== null && list.origin === module.origin;
  const isHanded = ({ origin }: Value) =>
    origin !== null && (isOfLib || origin.call?.at.call !== module.origin?.call);
  return list.items.some(
    candidate =>
      candidate.kind !== 'spread' &&
      modulesIn(cx, candidate).some(
        ({ value }) => isHanded(value) && whatItBrings(cx, item, value, registries, depth + 1) !== null,
      ),
  );
}

/** Does what `holdsGenerators` does for values that are modules nearly always: hardly looks into those. */
export function isSetOfGenerators(cx: Evaluation, set: AttrsValue): boolean {
  const [first] = set.entries.values();
  if (first === undefined || ['imports', 'config', 'options'].some(name => set.entries.has(name)))
    return false;
  const value = cx.force(first.value);
  return value.kind === 'attrs' && value.entries.has('script') && holdsGenerators(cx, set);
}
