/**
 * What is kept of files that have been read. The value of one that no other imports is asked for by nobody again; the
 * trees of a small fleet are, after an edit. In a large one most of the memory would be trees that nobody looks at.
 */
import { type Evaluation, forgetWalked } from '../../nix/eval/evaluation.ts';
import type { ImportGraph } from './imports.ts';

export interface Trees {
  /** True once trees are dropped: whatever is to be read of a file is then read in one go. */
  isThrifty(): boolean;
  /** That much is to be read, in characters: more than trees are kept of, and none will be. */
  expect(length: number): void;
  /** The file has been read, as a module too if it is to be. */
  done(path: string, length: number): void;
}

/** Characters of files of which the trees are kept. A tree takes some twenty times as many bytes. */
const KEPT = 1_500_000;

export function createTrees(
  evaluation: Evaluation,
  imports: ImportGraph,
  release: ((path: string) => void) | undefined,
): Trees {
  const kept = new Set<string>();
  let characters = 0;
  let thrifty = false;
  return {
    isThrifty: () => thrifty,
    expect(length) {
      if (length > KEPT && release !== undefined) thrifty = true;
    },
    done(path, length) {
      if (imports.isImported(path)) return;
      evaluation.forgetFile(path);
      if (release === undefined || kept.has(path)) return;
      if (!thrifty && characters + length <= KEPT) {
        characters += length;
        kept.add(path);
        return;
      }
      thrifty = true;
      forgetWalked(evaluation, path);
      release(path);
    },
  };
}
