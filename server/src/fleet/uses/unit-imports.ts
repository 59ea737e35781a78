/** Reads the generators that the `imports` of a file bring, after the whole file has been walked. */
import type { Lazy, Origin } from '../../nix/eval/value.ts';
import { isSamePlace } from '../../nix/places.ts';
import { readCollection } from '../generators/collections.ts';
import { isKeyOf } from '../registry/registry.ts';
import { appliedImports, type WalkContext } from './applied-imports.ts';
import { ask, readTrace } from './unit-questions.ts';
import type { Question, Reading } from './unit-state.ts';

/** Reads the collected `imports`. A module that is made once and imported several times is listed once. */
export function readImports(reading: Reading): void {
  const { cx, appliedImports: all } = reading;
  for (const { expr, scope } of reading.imports) {
    const { value } = ask(reading, expr, asked => appliedImports(cx, expr, scope, walkedBy(reading, asked)));
    for (const appliedImport of value ?? [])
      if (!all.some(({ at }) => isSamePlace(at, appliedImport.at))) all.push(appliedImport);
  }
}

function walkedBy(reading: Reading, asked: Question): WalkContext {
  /** The number of keys that were looked up before the current item. */
  let before = 0;
  return {
    specialArgs: name => reading.context.argument(name, reading.file.path),
    startItem() {
      readTrace(reading, asked);
      before = asked.lookups.length;
    },
    applied: range => reading.applications.get(`${range.start}:${range.end}`) ?? null,
    boundTo: value => reading.boundTo.get(value) ?? null,
    isKey: text => isKey(reading, text),
    isFromRegistry(value, generators) {
      const isAtRegistry = holdsRegistryNames(reading, generators);
      readTrace(reading, asked);
      const shown = reading.shown.get(value);
      return (
        asked.lookups.length > before || (shown !== undefined && shown.lookups.length > 0) || isAtRegistry
      );
    },
  };
}

/** Returns whether a text is a key of one of the registries. */
function isKey({ cx, context }: Reading, text: string): boolean {
  return [...context.registries.keys()].some(file => isKeyOf(cx, file, text));
}

/** Returns whether the name of one of the generators is written in a registry. */
function holdsRegistryNames({ cx, file, context }: Reading, generators: Lazy): boolean {
  const at: Origin = { file, start: file.root.start, end: file.root.end, call: null };
  const { definitions } = readCollection(cx, generators, at, false);
  return definitions.some(({ at: { file: path } }) => context.registries.has(path));
}
