/**
 * Answers to questions about single files, kept until something that they were read from changes. Then all answers about
 * the file are dropped at once, so that none can be forgotten.
 */
import { answering, type Evaluation } from '../../nix/eval/evaluation.ts';

/** A question that can be asked about any file. */
export interface Question<T> {
  readonly name: string;
  /** Only for the type of its answers. */
  readonly answer?: T;
}

export interface FileAnswers {
  /** Returns the answer about a file, computed the first time. */
  ask<T>(question: Question<T>, path: string, compute: () => T): T;
  /** Returns the answer if it is computed already. */
  known<T>(question: Question<T>, path: string): T | undefined;
  set<T>(question: Question<T>, path: string, answer: T): void;
  /** Drops the answer about one file. */
  delete(question: Question<unknown>, path: string): void;
  /** Drops the answers about all files. */
  deleteAll(question: Question<unknown>): void;
  /** Drops all answers about a file. */
  forget(path: string): void;
}

export function createFileAnswers(cx: Evaluation): FileAnswers {
  const byPath = new Map<string, Map<Question<unknown>, unknown>>();
  const set = (question: Question<unknown>, path: string, answer: unknown) => {
    const answers = byPath.get(path) ?? new Map<Question<unknown>, unknown>();
    byPath.set(path, answers);
    answers.set(question, answer);
  };
  return {
    ask<T>(question: Question<T>, path: string, compute: () => T): T {
      const answers = byPath.get(path);
      if (answers?.has(question)) return answers.get(question) as T;
      const answer = answering(cx, path, compute);
      set(question, path, answer);
      return answer;
    },
    known: <T>(question: Question<T>, path: string) => byPath.get(path)?.get(question) as T | undefined,
    set,
    delete: (question, path) => void byPath.get(path)?.delete(question),
    deleteAll(question) {
      for (const answers of byPath.values()) answers.delete(question);
    },
    forget: path => void byPath.delete(path),
  };
}
