/**
 * Finds the registries, the files that lead to them, and the matrices, by queries over the texts and values of files. A
 * file is read again when something changes that it was evaluated from.
 */
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { answering, type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import { noteFile } from '../../nix/eval/file-changes.ts';
import { type Database, input, type Query, query, set } from '../../query/database.ts';
import { sameItems } from '../../std.ts';
import type { Matrix, Registry } from '../model/registries.ts';
import {
  areSameKeys,
  hasKeyQuoted,
  keysOf,
  type RegistryKeys,
  readMatrix,
  registryWithKeysOf,
  type WrittenMatrix,
} from '../registry/matrix.ts';
import { readRegistry } from '../registry/registry.ts';
import { stateOf } from './builder-state.ts';
import { GROUPS, type Pipeline, pipelineOf, TEXT } from './survey.ts';

/** The evaluation steps allowed for reading a registry, a matrix or what a framework makes. */
export const FILE_STEPS = 2_000_000;

/** Reads a file; null if that takes too many steps. */
function within<T>(cx: Evaluation, read: (cx: Evaluation) => T): T | null {
  const result = withBudget(cx, FILE_STEPS, () => read(cx));
  return result instanceof BudgetExceeded ? null : result;
}

/** The registry in a file; null if there is none. */
const REGISTRY = query<string, Registry | null>('registry', (database, path) => {
  noteFile(database, path);
  const { evaluation, settings } = stateOf(database);
  const isNamed = settings.isRegistryFile(path);
  return answering(evaluation, path, () => within(evaluation, cx => readRegistry(cx, path, isNamed)));
});

/** All registries, in the order of the workspace. */
export const REGISTRIES: Query<null, readonly Registry[]> = query(
  'registries',
  database => GROUPS(database, null).mayHoldRegistry.flatMap(path => REGISTRY(database, path) ?? []),
  { equals: sameItems },
);

const REGISTRY_FILES = query<null, readonly string[]>(
  'files of registries',
  database => REGISTRIES(database, null).map(({ file }) => file),
  { equals: sameItems },
);

/** The files from which paths lead to a registry, or to a matrix of the settings. */
const PIPELINE = query<null, Pipeline>('pipeline', database => {
  const groups = GROUPS(database, null);
  return pipelineOf(groups, [...REGISTRY_FILES(database, null), ...groups.namedMatrices]);
});

const KEYS = query<null, RegistryKeys>('keys', database => keysOf(REGISTRIES(database, null)), {
  equals: areSameKeys,
});

/** Whether a text has a key of a registry in quotes. */
const HAS_KEY = query<string, boolean>('text with keys', (database, path) => {
  const facts = TEXT(database, path);
  return facts !== null && hasKeyQuoted(facts.text, KEYS(database, null));
});

/** Files of the settings, and files that the pipeline refers to and that have keys. */
const CANDIDATES = query<null, readonly string[]>(
  'possible matrices',
  database => {
    const candidates = new Set(GROUPS(database, null).namedMatrices);
    if (REGISTRIES(database, null).length > 0)
      for (const target of PIPELINE(database, null).targets)
        if (HAS_KEY(database, target)) candidates.add(target);
    return [...candidates].sort();
  },
  { equals: sameItems },
);

/** The value of a file as a matrix; null if it has not the shape of one. */
const WRITTEN = query<string, WrittenMatrix | null>('written matrix', (database, path) => {
  noteFile(database, path);
  const { evaluation } = stateOf(database);
  return answering(evaluation, path, () => within(evaluation, cx => readMatrix(cx, path)));
});

/** The matrix in a file; null if there is none. The keys of all registries determine to which of them it belongs. */
const MATRIX = query<string, Matrix | null>('matrix', (database, path, before) => {
  const written = WRITTEN(database, path);
  if (written === null) return null;
  const registry = registryWithKeysOf(written.rows, KEYS(database, null));
  if (registry === null && !stateOf(database).settings.isMatrixFile(path)) return null;
  const isSame = before?.rows === written.rows && before.registry === registry;
  return isSame ? before : { ...written, registry };
});

/** All matrices as they are written, sorted by file. */
export const MATRICES: Query<null, readonly Matrix[]> = query(
  'matrices',
  database => CANDIDATES(database, null).flatMap(path => MATRIX(database, path) ?? []),
  { equals: sameItems },
);

/**
 * The facts about registries and matrices by which all other files are read. Inputs, so that an edit of a registry by which they stay the same
 * does not affect those files.
 */
export interface Recognised {
  /** The files from which paths lead to a registry. */
  readonly pipeline: ReadonlySet<string>;
  /** The files of registries and matrices, by which others recognise their values. */
  readonly files: readonly string[];
}

export const RECOGNISED = input<null, Recognised>('recognised', recognisedIn, {
  equals: (left, right) => left.pipeline === right.pipeline && sameItems(left.files, right.files),
});

/** Sets the input from the registries and matrices as they are now. */
export function noteRecognised(database: Database): void {
  set(database, RECOGNISED, null, recognisedIn(database));
}

function recognisedIn(database: Database): Recognised {
  const files = (of: readonly { readonly file: string }[]) => of.map(({ file }) => file);
  return {
    pipeline: PIPELINE(database, null).files,
    files: [...files(REGISTRIES(database, null)), '', ...files(MATRICES(database, null))],
  };
}
