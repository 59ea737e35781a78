/**
 * Caches results that were computed with the options of machines, by the questions that were asked and their answers, so
 * that machines with the same answers share a result. A search costs the questions of one result, however many there
 * are. Knows nothing of modules.
 */

/** Returns the answer of a machine to a question, as a text that differs if the answer differs. */
export type Ask = (path: readonly string[]) => string;

/** A question with its answer. */
export interface Asked {
  readonly path: readonly string[];
  readonly answer: string;
}

/** A node of the tree of questions, reached by the answers so far: the next question, or the result. */
interface Branch<T> {
  next: { readonly path: readonly string[]; readonly answers: Map<string, Branch<T>> } | null;
  result: { readonly value: T } | null;
}

export interface Settled<T> {
  /** Returns the result of a machine with the same answers; null if there is none. */
  find(ask: Ask): { readonly value: T } | null;
  /**
   * Stores a result.
   * @param asked in the order of the questions
   */
  keep(asked: readonly Asked[], value: T): void;
  results(): readonly T[];
}

/** The number of results at which the cache is emptied: many more than a fleet has kinds of machines. */
const MAX_SETTLED = 20_000;
/**
 * The number of trees. A computation does not repeat questions whose answers it has from an earlier one, so it may begin with
 * different questions.
 */
const MAX_BEGINNINGS = 20;

export function createSettled<T>(): Settled<T> {
  let beginnings: Branch<T>[] = [];
  let results: T[] = [];
  return {
    find(ask) {
      for (const beginning of beginnings) {
        const result = follow(beginning, ask);
        if (result !== null) return result;
      }
      return null;
    },
    keep(asked, value) {
      if (results.length >= MAX_SETTLED) [beginnings, results] = [[], []];

      const hasPlace = beginnings.some(beginning => add(beginning, asked, value));
      if (!hasPlace && beginnings.length >= MAX_BEGINNINGS) return;
      if (!hasPlace) {
        const beginning: Branch<T> = { next: null, result: null };
        beginnings.push(beginning);
        add(beginning, asked, value);
      }
      results.push(value);
    },
    results: () => results,
  };
}

function follow<T>(beginning: Branch<T>, ask: Ask): { readonly value: T } | null {
  let at: Branch<T> | undefined = beginning;
  while (at !== undefined && at.next !== null) at = at.next.answers.get(ask(at.next.path));
  return at?.result ?? null;
}

/** Adds a result to a tree. Returns false if the tree has another question after the same answers. */
function add<T>(beginning: Branch<T>, asked: readonly Asked[], value: T): boolean {
  let at = beginning;
  for (const { path, answer } of asked) {
    if (at.result !== null) return false;
    at.next ??= { path, answers: new Map() };
    if (at.next.path.join('\0') !== path.join('\0')) return false;
    let branch = at.next.answers.get(answer);
    if (branch === undefined) {
      branch = { next: null, result: null };
      at.next.answers.set(answer, branch);
    }
    at = branch;
  }
  if (at.next !== null) return false;
  at.result = { value };
  return true;
}
