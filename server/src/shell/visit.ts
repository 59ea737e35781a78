/**
 * Walks over the statements of a script without following it, and tells of each whether its failure ends the script
 * under `set -e`, as far as its place decides that.
 */
import type { SimpleStatement, Statement, Word, WordPart } from './syntax.ts';

export interface Visited {
  readonly statement: Statement;
  /** False in conditions, before `||` and `&&`, in functions (who knows how they are called), and in most of `$(…)`. */
  readonly fatal: boolean;
}

/** All statements, outer before inner, also those inside of words. */
export function* statementsIn(body: readonly Statement[], fatal = true): Generator<Visited> {
  for (const statement of body) {
    yield { statement, fatal };
    yield* below(statement, fatal);
  }
}

function* below(statement: Statement, fatal: boolean): Generator<Visited> {
  switch (statement.kind) {
    case 'simple':
      yield* inSimple(statement, fatal);
      return;
    case 'declare':
      yield* inWords([
        ...statement.options,
        ...statement.assignments.flatMap(one => [one.value, ...(one.list ?? [])]),
      ]);
      return;
    case 'unset':
    case 'test':
      yield* inWords(statement.words);
      return;
    case 'pipeline':
      yield* statementsIn(statement.stages, fatal);
      return;
    case 'not':
    case 'background':
    case 'function':
      yield* statementsIn([statement.body], false);
      return;
    case 'list':
      yield* statementsIn([statement.left], false);
      yield* statementsIn([statement.right], fatal);
      return;
    case 'group':
    case 'subshell':
      yield* statementsIn(statement.body, fatal);
      return;
    case 'redirected':
      yield* inWords(statement.redirects.flatMap(one => [one.target, one.heredoc]));
      yield* statementsIn([statement.body], fatal);
      return;
    case 'if':
      for (const { condition, body } of statement.branches) {
        yield* statementsIn(condition, false);
        yield* statementsIn(body, fatal);
      }
      yield* statementsIn(statement.otherwise ?? [], fatal);
      return;
    case 'for':
      yield* inWords(statement.words ?? []);
      yield* statementsIn(statement.body, fatal);
      return;
    case 'loop':
      yield* statementsIn(statement.condition, false);
      yield* statementsIn(statement.body, fatal);
      return;
    case 'case':
      yield* inWords([statement.subject]);
      for (const item of statement.items) yield* statementsIn(item.body, fatal);
      return;
    default:
      return;
  }
}

function* inSimple(statement: SimpleStatement, fatal: boolean): Generator<Visited> {
  const { words, assignments, redirects } = statement;
  const values = assignments.flatMap(one => [one.value, ...(one.list ?? [])]);
  // The status of an assignment alone is that of its last `$(…)`, and that is the status of its last statement.
  const last =
    words.length === 0 && redirects.length === 0 && fatal ? lastCommand(values.at(-1) ?? null) : null;
  for (const word of [...values, ...words, ...redirects.flatMap(one => [one.target, one.heredoc])]) {
    for (const body of bodiesIn(word?.parts ?? [])) {
      const isLast = body === last;
      yield* statementsIn(isLast ? body.slice(0, -1) : body, false);
      if (isLast) yield* statementsIn(body.slice(-1), true);
    }
  }
}

function lastCommand(word: Word | null): readonly Statement[] | null {
  const part = word?.parts.findLast(one => one.kind === 'command');
  return part?.kind === 'command' ? part.body : null;
}

function* inWords(words: readonly (Word | null)[]): Generator<Visited> {
  for (const word of words) for (const body of bodiesIn(word?.parts ?? [])) yield* statementsIn(body, false);
}

function bodiesIn(parts: readonly WordPart[]): (readonly Statement[])[] {
  return parts.flatMap(part => {
    if (part.kind === 'command' || part.kind === 'process') return [part.body];
    if (part.kind === 'variable') return [...bodiesIn(part.fallback?.parts ?? []), ...bodiesIn(part.inner)];
    if (part.kind === 'arithmetic') return bodiesIn(part.inner);
    return part.kind === 'brace' ? part.choices.flatMap(bodiesIn) : [];
  });
}
