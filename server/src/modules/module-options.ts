/**
 * Reads what a single module defines and declares for an option. Reads the module's value in the same way as
 * read-module.ts and follows no files; machine-options.ts merges the modules of a machine.
 */
import { isClosed, string, symbol } from '../nix/eval/construct.ts';

import type { Evaluation } from '../nix/eval/evaluation.ts';
import type { AttrsValue, Lazy, UnknownValue, Value } from '../nix/eval/value.ts';
import { selectionPath } from './module-references.ts';
import { type ArgumentLookup, moduleArguments } from './modules.ts';
import { certain, type Definition, definitionsOf, member } from './read.ts';

/** Values that conditions use. `null` is Nix's null; undefined stands for an unknown value. */
export type Plain = boolean | string | number | null | readonly Plain[] | Names | Fields | AtPath;
/** A path in the workspace. */
interface AtPath {
  readonly path: string;
}
/** The known attributes of a set that is a list item. */
export interface Fields {
  readonly fields: Readonly<Record<string, Plain>>;
  /** Names of attributes whose values are unknown. */
  readonly hidden?: readonly string[];
}
/** A set of which only the attribute names are kept. */
export interface Names {
  readonly names: readonly string[];
}

/** One definition of an option. */
export interface OptionDefinition {
  /** Undefined if it is unknown. */
  readonly value: Plain | undefined;
  readonly conditional: boolean;
  /** Priority in the module system; lower is stronger. */
  readonly priority: number;
}

/** The declaration of an option. */
interface DeclaredOption {
  /** Undefined if there is none, or it is unknown. */
  readonly default: Plain | undefined;
  /** True for a set whose names are what is defined. */
  readonly isMap: boolean;
  /** The known defaults in the submodules of a list's items. */
  readonly items: Fields | null;
}

/** The definitions and the declaration of an option in one module. */
export interface OptionStatement {
  readonly definitions: readonly OptionDefinition[];
  readonly declared: DeclaredOption | null;
  /** True if the module may define more. */
  readonly unclear: boolean;
}

/** The sets that a module consists of. */
export interface ModuleParts {
  readonly configs: readonly { readonly set: Lazy; readonly conditional: boolean }[];
  readonly options: readonly Lazy[];
  /** True if parts of the module are unknown. */
  readonly unclear: boolean;
}

/** In a submodule, `config` is not the machine's configuration. */
const OWN_CONFIG = symbol('config of a submodule', 'the configuration of a submodule');
const MAX_DEPTH = 16;
/** Limit for lists; no real condition depends on longer ones. */
const MAX_ITEMS = 200;

/**
 * Splits a module into its sets. Applies functions to the arguments of the module system, but does not follow files.
 */
export function partsOf(cx: Evaluation, module: Lazy, lookup: ArgumentLookup): ModuleParts {
  const configs: { set: Lazy; conditional: boolean }[] = [];
  const options: Lazy[] = [];
  let unclear = false;

  function read(lazy: Lazy, conditional: boolean, depth: number): void {
    if (depth > MAX_DEPTH) return;
    for (const definition of definitionsOf(cx, lazy)) {
      if (definition.never) continue;
      const { value } = definition;
      const under = conditional || definition.conditional;
      if (value.kind === 'lambda')
        read(cx.apply(value, moduleArguments(value, lookup), null), under, depth + 1);
      else if (value.kind === 'attrs') readSet(value, under, depth);
    }
  }

  function readSet(set: AttrsValue, conditional: boolean, depth: number): void {
    const imported = certain(set, 'imports');
    if (imported !== null)
      for (const definition of definitionsOf(cx, imported.value)) {
        const items = definition.value.kind === 'list' && !definition.never ? definition.value.items : [];
        for (const item of items) {
          if (item.kind === 'spread') continue;
          const value = cx.force(item);
          if (value.kind === 'attrs' || value.kind === 'lambda')
            read(value, conditional || definition.conditional, depth + 1);
        }
      }
    const declared = set.entries.get('options');
    if (declared !== undefined) options.push(declared.value);
    const config = set.entries.get('config');
    if (config !== undefined)
      configs.push({ set: config.value, conditional: conditional || config.optional });
    else if (declared === undefined) configs.push({ set, conditional });
    if (set.open !== null) unclear = true;
  }

  read(module, false, 0);
  return { configs, options, unclear };
}

/** Returns what the parts of a module define and declare for the option at a path. */
export function optionIn(cx: Evaluation, parts: ModuleParts, path: readonly string[]): OptionStatement {
  const definitions: OptionDefinition[] = [];
  let { unclear } = parts;

  function visit(lazy: Lazy, depth: number, conditional: boolean, priority: number): void {
    const name = path[depth];
    for (const definition of definitionsOf(cx, lazy)) {
      if (definition.never) continue;
      const definitionOutside = withOuter(definition, conditional, priority);
      const { value } = definition;
      if (name === undefined) {
        definitions.push({ ...definitionOutside, value: plainOf(cx, value) });
        continue;
      }
      if (value.kind === 'unknown') unclear = true;
      if (value.kind !== 'attrs') continue;
      const entry = value.entries.get(name);
      if (entry !== undefined)
        visit(
          entry.value,
          depth + 1,
          definitionOutside.conditional || entry.optional,
          definitionOutside.priority,
        );
      else if (!isClosed(value)) unclear = true;
    }
  }

  for (const { set, conditional } of parts.configs) visit(set, 0, conditional, 100);
  let declared: DeclaredOption | null = null;
  for (const options of parts.options) declared ??= declarationIn(cx, options, path);
  return { definitions, declared, unclear };
}

/** Returns the first names of all options that the parts may define or declare; `null` if there may be any. */
export function firstNamesIn(cx: Evaluation, parts: ModuleParts): ReadonlySet<string> | null {
  if (parts.unclear) return null;
  const names = new Set<string>();
  for (const { set } of parts.configs)
    for (const { value, never } of definitionsOf(cx, set)) {
      if (never) continue;
      if (value.kind === 'unknown' || (value.kind === 'attrs' && !isClosed(value))) return null;
      if (value.kind === 'attrs') for (const name of value.entries.keys()) names.add(name);
    }
  for (const options of parts.options) {
    const declared = cx.force(options);
    if (declared.kind !== 'attrs') continue;
    if (declared.entries.has('_type')) return null;
    for (const name of declared.entries.keys()) names.add(name);
  }
  return names;
}

function withOuter(
  definition: Definition,
  conditional: boolean,
  priority: number,
): { readonly conditional: boolean; readonly priority: number } {
  return {
    conditional: conditional || definition.conditional,
    priority: priority === 100 ? definition.priority : priority,
  };
}

/** Returns the value as plain data, or `undefined` if it is unknown or of another kind. */
function plainOf(cx: Evaluation, value: Value, depth = 0): Plain | undefined {
  switch (value.kind) {
    case 'bool':
      return value.value;
    case 'null':
      return null;
    case 'int':
      return Number(value.value);
    case 'string':
      return value.text ?? undefined;
    case 'path':
      return { path: value.text };
    case 'list': {
      if (depth > 1 || value.items.length > MAX_ITEMS) return undefined;
      const items: Plain[] = [];
      for (const item of value.items) {
        const plain = item.kind === 'spread' ? undefined : plainOf(cx, cx.force(item), depth + 1);
        if (plain === undefined) return undefined;
        items.push(plain);
      }
      return items;
    }
    case 'attrs': {
      if (value.entries.has('_type') || value.entries.has('outPath')) return undefined;
      if (!isClosed(value) || value.entries.size > MAX_ITEMS) return undefined;
      if (depth > 0) return fieldsOf(cx, value, depth);
      for (const entry of value.entries.values()) if (entry.optional) return undefined;
      return { names: [...value.entries.keys()].sort() };
    }
    default:
      return undefined;
  }
}

function fieldsOf(cx: Evaluation, set: AttrsValue, depth: number): Fields {
  const fields: Record<string, Plain> = {};
  const hidden: string[] = [];
  for (const [name, entry] of set.entries) {
    const plain = entry.optional ? undefined : plainOf(cx, cx.force(entry.value), depth + 1);
    if (plain !== undefined) fields[name] = plain;
    else hidden.push(name);
  }
  return hidden.length > 0 ? { fields, hidden } : { fields };
}

/** Returns the declaration of the option at a path, looking through submodules. */
function declarationIn(cx: Evaluation, options: Lazy, path: readonly string[]): DeclaredOption | null {
  let at: Value = cx.force(options);
  for (let depth = 0; ; depth++) {
    if (at.kind !== 'attrs') return null;
    const kind = member(cx, at, '_type');
    if (kind?.kind === 'string' && kind.text === 'option') return ofOption(cx, at, path.slice(depth));
    const name = path[depth];
    const next = name === undefined ? null : certain(at, name);
    if (next === null) return null;
    at = cx.force(next.value);
  }
}

function ofOption(cx: Evaluation, option: AttrsValue, below: readonly string[]): DeclaredOption | null {
  if (option.entries.has('apply') || !isClosed(option)) return null;
  const type = member(cx, option, 'type');
  const form = type?.kind === 'unknown' ? formOf(cx, type) : null;
  if (below.length === 0) {
    const fallback = certain(option, 'default');
    const isMap = form?.isMap === true;
    const items = form?.isList === true && form.submodule !== null ? defaultsOf(cx, form.submodule) : null;
    return { default: fallback === null ? undefined : plainOf(cx, cx.force(fallback.value)), isMap, items };
  }
  if (form?.submodule == null || form.isList) return null;
  const [name = '', ...rest] = below;
  const inner = form.isMap ? rest : below;
  if (inner.length === 0) return null;
  const lookup: ArgumentLookup = argument => {
    if (argument === 'config') return OWN_CONFIG;
    return form.isMap && argument === 'name' ? string(name, null) : null;
  };
  for (const lazy of partsOf(cx, form.submodule, lookup).options) {
    const declaredOption = declarationIn(cx, lazy, inner);
    if (declaredOption !== null) return declaredOption;
  }
  return null;
}

/** Returns the defaults of a submodule's options. */
function defaultsOf(cx: Evaluation, submodule: Lazy): Fields {
  const fields: Record<string, Plain> = {};
  for (const lazy of partsOf(cx, submodule, name => (name === 'config' ? OWN_CONFIG : null)).options) {
    const options = cx.force(lazy);
    if (options.kind !== 'attrs') continue;
    for (const name of options.entries.keys()) {
      const option = declarationIn(cx, options, [name]);
      if (option?.default !== undefined) fields[name] = option.default;
    }
  }
  return { fields };
}

/** The properties of a type that matter here. */
interface Form {
  readonly isMap: boolean;
  readonly isList: boolean;
  readonly submodule: Lazy | null;
}

/**
 * Returns the form of a type such as `types.attrsOf (types.submodule { … })`, read from the functions of `lib.types`
 * that made it.
 */
function formOf(cx: Evaluation, { term }: UnknownValue): Form | null {
  if (term?.kind !== 'apply') return null;
  const name = selectionPath(term.fn)?.at(-1);
  if (name === 'submodule') return { isMap: false, isList: false, submodule: term.arg };
  const isList = name === 'listOf';
  if (name !== 'attrsOf' && name !== 'lazyAttrsOf' && !isList) return null;
  const inner = cx.force(term.arg);
  const of = inner.kind === 'unknown' ? formOf(cx, inner) : null;
  const submodule = of?.isMap === false && !of.isList ? of.submodule : null;
  return { isMap: !isList, isList, submodule };
}
