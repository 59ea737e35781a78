/**
 * Decides which results of files that were read are kept. The value of a file that no other file imports is not needed
 * again. Trees are reused after an edit in a small fleet; in a large one they would take most of the memory, so they
 * are dropped.
 */
import { writtenPathsOf } from '../../flake/written-paths.ts';
import { type Evaluation, forgetWalked } from '../../nix/eval/evaluation.ts';
import { refusedIn } from '../../nix/refused.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { ImportGraph } from './imports.ts';

export interface Trees {
  /** Returns true once trees are being dropped. From then on, everything needed of a file should be read at once. */
  isThrifty(): boolean;
  /** Announces the number of characters to be read. If it exceeds the limit, no trees are kept. */
  expect(length: number): void;
  /** Handles that the file has been read, also as a module if that is needed. */
  done(path: string, length: number): void;
}

/** The number of characters of files whose trees are kept. A tree takes about twenty times as many bytes. */
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
      evaluation.forgetFile(path, false);
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

/** Computes the results of the tree that are kept after it is dropped. */
export function readForFaults(file: SourceFile): void {
  writtenPathsOf(file);
  refusedIn(file);
}
