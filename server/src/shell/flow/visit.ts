/**
 * Walks over the statements of a script without following it, and determines from their positions whether a failure
 * ends the script under `set -e`.
 */
import type { SimpleStatement, Statement, Word, WordPart } from '../syntax.ts';

export interface VisitedStatement {
  readonly statement: Statement;
  /** False in conditions, before `||` and `&&`, in functions (whose callers are unknown), and in most of `$(…)`. */
  readonly fatal: boolean;
}

/** Returns all statements, outer before inner, including those inside words. */
export function statementsIn(body: readonly Statement[]): VisitedStatement[] {
  const visited: VisitedStatement[] = [];
  visitAll(body, true, visited);
  return visited;
}

function visitAll(body: readonly Statement[], fatal: boolean, into: VisitedStatement[]): void {
  for (const statement of body) {
    into.push({ statement, fatal });
    visitBelow(statement, fatal, into);
  }
}

function visitBelow(statement: Statement, fatal: boolean, into: VisitedStatement[]): void {
  switch (statement.kind) {
    case 'simple':
      visitSimple(statement, fatal, into);
      return;
    case 'declare':
      visitWords(
        [
          ...statement.options,
          ...statement.assignments.flatMap(({ value, list }) => [value, ...(list ?? [])]),
        ],
        into,
      );
      return;
    case 'unset':
    case 'test':
      visitWords(statement.words, into);
      return;
    case 'pipeline':
      visitAll(statement.stages, fatal, into);
      return;
    case 'not':
    case 'background':
    case 'function':
      visitAll([statement.body], false, into);
      return;
    case 'list':
      visitAll([statement.left], false, into);
      visitAll([statement.right], fatal, into);
      return;
    case 'group':
    case 'subshell':
      visitAll(statement.body, fatal, into);
      return;
    case 'redirected':
      visitWords(
        statement.redirects.flatMap(({ target, heredoc }) => [target, heredoc]),
        into,
      );
      visitAll([statement.body], fatal, into);
      return;
    case 'if':
      for (const { condition, body } of statement.branches) {
        visitAll(condition, false, into);
        visitAll(body, fatal, into);
      }
      visitAll(statement.otherwise ?? [], fatal, into);
      return;
    case 'for':
      visitWords(statement.words ?? [], into);
      visitAll(statement.body, fatal, into);
      return;
    case 'loop':
      visitAll(statement.condition, false, into);
      visitAll(statement.body, fatal, into);
      return;
    case 'case':
      visitWords([statement.subject], into);
      for (const item of statement.items) visitAll(item.body, fatal, into);
      return;
    default:
      return;
  }
}

function visitSimple(statement: SimpleStatement, fatal: boolean, into: VisitedStatement[]): void {
  const { words, assignments, redirects } = statement;
  const values = assignments.flatMap(({ value, list }) => [value, ...(list ?? [])]);
  // A statement of only assignments has the status of its last `$(…)`, which is that of the last statement in it.
  const last =
    words.length === 0 && redirects.length === 0 && fatal ? lastCommand(values.at(-1) ?? null) : null;
  for (const word of [
    ...values,
    ...words,
    ...redirects.flatMap(({ target, heredoc }) => [target, heredoc]),
  ]) {
    for (const body of bodiesIn(word?.parts ?? [])) {
      const isLast = body === last;
      visitAll(isLast ? body.slice(0, -1) : body, false, into);
      if (isLast) visitAll(body.slice(-1), true, into);
    }
  }
}

function lastCommand(word: Word | null): readonly Statement[] | null {
  const part = word?.parts.findLast(wordPart => wordPart.kind === 'command');
  return part?.kind === 'command' ? part.body : null;
}

function visitWords(words: readonly (Word | null)[], into: VisitedStatement[]): void {
  for (const word of words) for (const body of bodiesIn(word?.parts ?? [])) visitAll(body, false, into);
}

function bodiesIn(parts: readonly WordPart[]): (readonly Statement[])[] {
  return parts.flatMap(part => {
    if (part.kind === 'command' || part.kind === 'process') return [part.body];
    if (part.kind === 'variable') return [...bodiesIn(part.fallback?.parts ?? []), ...bodiesIn(part.inner)];
    if (part.kind === 'arithmetic') return bodiesIn(part.inner);
    return part.kind === 'brace' ? part.choices.flatMap(bodiesIn) : [];
  });
}
