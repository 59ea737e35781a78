/**
 * What was computed with the options of machines, by what was asked on the way and how it was answered: found again
 * for every machine that answers alike, however many machines there are. Knows nothing of modules.
 */

/** Answers are kept as texts that tell them apart. */
export type Ask = (path: readonly string[]) => string;

/** One question that was asked of some machines, and was answered. */
export interface Asked {
  readonly path: readonly string[];
  readonly answer: string;
}

/** What is known once some questions are answered: the next question, or the result. */
interface Branch<T> {
  next: { readonly path: readonly string[]; readonly answers: Map<string, Branch<T>> } | null;
  result: { readonly value: T } | null;
}

export interface Settled<T> {
  /** Found again for a machine that gives the same answers; null for one that gives others. */
  find(ask: Ask): { readonly value: T } | null;
  /** @param asked in the order in which it was asked */
  keep(asked: readonly Asked[], value: T): void;
  results(): readonly T[];
}

/** Results that are kept: many more than a fleet has machines of different kinds. Beyond them it begins anew. */
const MAX_SETTLED = 20_000;
/** What was computed before is not asked for again, so the same computation may begin with one question or another. */
const MAX_BEGINNINGS = 20;

export function createSettled<T>(): Settled<T> {
  let beginnings: Branch<T>[] = [];
  let results: T[] = [];
  return {
    find(ask) {
      for (const beginning of beginnings) {
        const found = follow(beginning, ask);
        if (found !== null) return found;
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

/** Returns false if other questions were asked before after the same answers. */
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
