/**
 * Extends statements over the bodies of their here-documents, which are read after the statements, at the end of the
 * line.
 */
import type { Statement } from '../syntax.ts';
import type { Cursor, ReadHeredoc } from './read-cursor.ts';

/** Moves the ends of statements past their here-documents. */
export function extendPastHeredocs(cursor: Cursor, statements: Statement[]): void {
  if (cursor.bodies.length === 0) return;
  cursor.bodies = cursor.bodies.filter(body => {
    const index = statements.findLastIndex(statement => holds(statement, body));
    const statement = statements[index];
    if (statement === undefined) return true;
    statements[index] = extendedTo(statement, body);
    return false;
  });
}

function holds({ start, end }: Statement, { from }: ReadHeredoc): boolean {
  return start <= from && from < end;
}

/** Returns the statement with itself and its inner statements extended over the here-document. */
function extendedTo(statement: Statement, body: ReadHeredoc): Statement {
  if (!holds(statement, body)) return statement;
  const end = Math.max(statement.end, body.end);
  switch (statement.kind) {
    case 'list':
      return {
        ...statement,
        end,
        left: extendedTo(statement.left, body),
        right: extendedTo(statement.right, body),
      };
    case 'pipeline':
      return { ...statement, end, stages: statement.stages.map(stage => extendedTo(stage, body)) };
    case 'not':
    case 'background':
    case 'redirected':
      return { ...statement, end, body: extendedTo(statement.body, body) };
    default:
      return { ...statement, end };
  }
}
