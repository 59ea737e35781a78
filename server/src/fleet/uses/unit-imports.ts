/** What the `imports` of a file bring of generators, read when all of the file is walked. */
import type { Lazy, Origin } from '../../nix/eval/value.ts';
import { isSamePlace } from '../../nix/places.ts';
import { readCollection } from '../generators/definitions.ts';
import { appliedImports, type Walked } from './applied-imports.ts';
import { ask, readTrace } from './unit-questions.ts';
import type { Question, Reading } from './unit-state.ts';

/** Reads what was collected of `imports`. A module that is made once may be imported many times. */
export function readImports(reading: Reading): void {
  const { cx, appliedImports: all } = reading;
  for (const { expr, scope } of reading.imports) {
    const { value } = ask(reading, expr, asked => appliedImports(cx, expr, scope, walkedBy(reading, asked)));
    for (const appliedImport of value ?? [])
      if (!all.some(({ at }) => isSamePlace(at, appliedImport.at))) all.push(appliedImport);
  }
}

function walkedBy(reading: Reading, asked: Question): Walked {
  /** Keys looked up before the item that is being read. */
  let before = 0;
  return {
    given: name => reading.known.argument(name, reading.file.path),
    startItem() {
      readTrace(reading, asked);
      before = asked.lookups.length;
    },
    applied: range => reading.applications.get(`${range.start}:${range.end}`) ?? null,
    boundTo: value => reading.boundTo.get(value) ?? null,
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

/** Is one of the generators' names written in a registry? */
function holdsRegistryNames({ cx, file, known }: Reading, generators: Lazy): boolean {
  const at: Origin = { file, start: file.root.start, end: file.root.end, call: null };
  const { definitions } = readCollection(cx, generators, at, false);
  return definitions.some(({ at: { file: path } }) => known.registries.has(path));
}
