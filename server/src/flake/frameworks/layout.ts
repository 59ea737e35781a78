/**
 * Provides what frameworks for folder layouts share: paths by the names of entries, and systems described by their
 * parts. Knows no particular framework.
 */

import { inputs } from '../../modules/modules.ts';
import { certain } from '../../modules/read.ts';
import {
  attr,
  attrs,
  attrsOf,
  list,
  path,
  string,
  unknownApply,
  unknownSelect,
} from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import { joinPath, stringAsPath } from '../../nix/eval/paths.ts';
import type {
  Attr,
  AttrsValue,
  Lazy,
  Origin,
  PathValue,
  Spread,
  UnknownValue,
  Value,
} from '../../nix/eval/value.ts';

/** An entry of a folder. */
export interface Entry {
  readonly name: string;
  /** Relative to the root of the workspace. */
  readonly path: string;
  readonly kind: 'file' | 'directory';
}

/** Returns the entries of a folder, or none if it does not exist. */
export function entriesOf(cx: Evaluation, folder: string): Entry[] {
  return (cx.files.list(folder) ?? []).flatMap(({ name, kind }) => {
    const inside = joinPath(folder, name);
    return inside === null ? [] : [{ name, path: inside, kind }];
  });
}

export function foldersIn(cx: Evaluation, folder: string): Entry[] {
  return entriesOf(cx, folder).filter(entry => entry.kind === 'directory');
}

/**
 * Returns the path of a file in a folder, or `null` if it does not exist. Lists the folder, so that a file that is
 * added later is noticed.
 */
export function fileIn(cx: Evaluation, folder: string, name: string): string | null {
  return entriesOf(cx, folder).find(entry => entry.name === name && entry.kind === 'file')?.path ?? null;
}

/**
 * Returns the modules in a folder by the name of their file without `.nix`, or of their folder.
 * @param needsDefault true if a folder only counts with a `default.nix`
 */
export function modulesIn(cx: Evaluation, folder: string, needsDefault: boolean): Map<string, string> {
  const files = new Map<string, string>();
  const entries = entriesOf(cx, folder);
  for (const { name, path: inside, kind } of entries)
    if (kind === 'directory' && (!needsDefault || fileIn(cx, inside, 'default.nix') !== null))
      files.set(name, inside);
  for (const { name, path: inside, kind } of entries)
    if (kind === 'file' && name.endsWith('.nix')) files.set(name.slice(0, -'.nix'.length), inside);
  return files;
}

/** Returns every `default.nix` below a folder, by the path of its folder. */
export function defaultsBelow(cx: Evaluation, folder: string): Map<string, string> {
  const files = new Map<string, string>();
  const visit = (directory: string, name: string): void => {
    for (const entry of entriesOf(cx, directory)) {
      if (entry.kind === 'directory') visit(entry.path, name === '' ? entry.name : `${name}/${entry.name}`);
      else if (entry.name === 'default.nix') files.set(name, entry.path);
    }
  };
  visit(folder, '');
  return files;
}

/**
 * Returns the folder of the workspace that a value names (a path, a string with a path, or the flake itself), or
 * `null` for other values.
 */
export function folderAt(cx: Evaluation, lazy: Lazy): string | null {
  const value = cx.resolve(cx.force(lazy));
  if (value.kind === 'attrs') {
    const out = certain(value, 'outPath');
    return out === null ? null : folderAt(cx, out.value);
  }
  const path = value.kind === 'string' ? stringAsPath(value) : value;
  return path?.kind === 'path' && !path.text.startsWith('/') ? path.text : null;
}

/** Returns the value of an attribute that a set certainly has, or `null`. */
export function attributeValue(cx: Evaluation, set: Value, name: string): Value | null {
  const entry = set.kind === 'attrs' ? certain(set, name) : null;
  return entry === null ? null : cx.resolve(cx.force(entry.value));
}

/** Returns the value at a path of attributes, or `null` if one of them may be missing. */
export function valueAt(cx: Evaluation, set: Value, names: readonly string[]): Value | null {
  let at: Value | null = set;
  for (const name of names) at = at === null ? null : attributeValue(cx, at, name);
  return at;
}

/**
 * Returns the items of a list of modules. Unknown parts are included as spreads, which the caller has to report as
 * missing.
 */
export function itemsOf(cx: Evaluation, set: Value, name: string): readonly (Lazy | Spread)[] {
  const value = attributeValue(cx, set, name);
  if (value?.kind === 'list') return value.items;
  if (value?.kind === 'unknown') return [{ kind: 'spread', of: value }];
  const isOpen = set.kind === 'attrs' && (set.open !== null || set.entries.has(name));
  return set.kind === 'unknown' || isOpen ? [{ kind: 'spread', of: missing(set, name) }] : [];
}

function missing(set: Value, name: string): UnknownValue {
  if (set.kind === 'unknown') return unknownSelect(set, name, null);
  return unknownSelect((set as AttrsValue).open ?? (inputs.open as UnknownValue), name, null);
}

/** Returns the start of a file, as the place of the file as a whole. */
export function startOf(cx: Evaluation, file: string): Origin | null {
  const isFile = file.endsWith('.nix');
  const source = cx.files.parse(isFile ? file : `${file}/default.nix`);
  return source === null ? null : { file: source, start: 0, end: 0, call: null };
}

export function pathTo(cx: Evaluation, file: string): PathValue {
  return path(file, startOf(cx, file));
}

/** Returns a set of paths by the names of their modules. */
export function pathsBy(cx: Evaluation, files: ReadonlyMap<string, string>): AttrsValue {
  const entries = new Map<string, Attr>();
  for (const [name, file] of files) {
    const value = pathTo(cx, file);
    entries.set(name, attr(value, value.origin));
  }
  return attrs(entries, null);
}

export type Builder = 'nixosSystem' | 'darwinSystem' | 'homeManagerConfiguration';

/** The parts that a machine is built from. */
export interface MachineParts {
  readonly builder: Builder;
  readonly modules: readonly (Lazy | Spread)[];
  readonly specialArgs: AttrsValue;
  readonly system: string | null;
}

/**
 * Returns a system in the form of `nixpkgs.lib.nixosSystem { … }`, as flakes without a framework build it.
 */
export function systemOf(made: MachineParts, at: Origin | null): UnknownValue {
  const library = unknownSelect(inputs.open as UnknownValue, `framework.${made.builder}`, null);
  const fn = unknownSelect(library, made.builder, null);
  const args: Record<string, Lazy> = {
    modules: list(made.modules, at),
    [made.builder === 'homeManagerConfiguration' ? 'extraSpecialArgs' : 'specialArgs']: made.specialArgs,
    ...(made.system === null ? {} : { system: string(made.system, at) }),
  };
  return unknownApply(fn, attrsOf(args, at), at);
}

/** The output of a flake that holds the systems of each builder. */
export const OUTPUT_OF: Readonly<Record<Builder, string>> = {
  nixosSystem: 'nixosConfigurations',
  darwinSystem: 'darwinConfigurations',
  homeManagerConfiguration: 'homeConfigurations',
};

/** Returns the machines in the outputs of a framework, as symbols. */
export function systemsIn(cx: Evaluation, outputs: Value): Value[] {
  return Object.values(OUTPUT_OF).flatMap(name => {
    const set = attributeValue(cx, outputs, name);
    return set?.kind === 'attrs' ? [...set.entries.values()].map(entry => cx.force(entry.value)) : [];
  });
}

/** A machine of a framework, with its name and the place of its file. */
export interface Host extends MachineParts {
  readonly name: string;
  readonly at: Origin | null;
}

/** Returns the outputs that hold systems, with an entry for each host. */
export function configurationsOf(hosts: readonly Host[]): Map<string, Attr> {
  const outputs = new Map<string, Map<string, Attr>>();
  for (const host of hosts) {
    const name = OUTPUT_OF[host.builder];
    const outputAttrs = outputs.get(name) ?? new Map<string, Attr>();
    outputs.set(name, outputAttrs.set(host.name, attr(systemOf(host, host.at), host.at)));
  }
  return new Map([...outputs].map(([name, entries]) => [name, attr(attrs(entries, null), null)]));
}
