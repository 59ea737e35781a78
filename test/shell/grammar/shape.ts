/**
 * A tree as text, for comparison: what it says, without what the grammar is known to lose or to place elsewhere.
 */
import type { Assignment, Redirect, Statement, Word, WordPart } from '../../../server/src/shell/syntax.ts';

/** Statements, one in brackets each. */
export function shapeOf(body: readonly Statement[]): string {
  return body.map(statement).join(' ');
}

function statement(one: Statement): string {
  switch (one.kind) {
    case 'simple':
      return `(${[...one.assignments.map(assignment), ...one.words.map(word), ...one.redirects.map(redirect)].join(' ')})`;
    case 'declare':
      return `(${[word(one.command), ...one.options.map(word), ...one.assignments.map(assignment)].join(' ')})`;
    case 'unset':
      return `(unset ${one.words.map(word).join(' ')})`;
    case 'pipeline':
      return `(pipe ${shapeOf(one.stages)})`;
    case 'not':
    case 'background':
      return `(${one.kind} ${statement(one.body)})`;
    case 'list':
      return `(${one.operator} ${statement(one.left)} ${statement(one.right)})`;
    case 'group':
    case 'subshell':
      return `(${one.kind} ${shapeOf(one.body)})`;
    case 'redirected':
      // The grammar's functions have such without any.
      return one.redirects.length === 0
        ? statement(one.body)
        : `(to ${statement(one.body)} ${one.redirects.map(redirect).join(' ')})`;
    case 'if': {
      const branches = one.branches.map(
        branch => `[${shapeOf(branch.condition)} then ${shapeOf(branch.body)}]`,
      );
      return `(if ${branches.join(' ')} else ${one.otherwise === null ? '' : shapeOf(one.otherwise)})`;
    }
    case 'for':
      return `(for ${one.name} in ${one.words?.map(word).join(' ') ?? 'all'} do ${shapeOf(one.body)})`;
    case 'loop':
      return `(while ${shapeOf(one.condition)} ${expansions(one.inner)} ${one.assigns.join()} do ${shapeOf(one.body)})`;
    case 'case': {
      const items = one.items.map(
        ({ patterns, body, any, termination }) =>
          `[${patterns.map(word).join('|')} ${any} ${shapeOf(body)} ${termination}]`,
      );
      return `(case ${word(one.subject)} ${items.join(' ')})`;
    }
    case 'function':
      return `(function ${one.name} ${statement(one.body)})`;
    case 'test':
      return `(test ${one.words.map(({ parts }) => partsOf(parts)).join(' ')})`;
    case 'arithmetic':
      return `(arithmetic ${expansions(one.inner)} ${one.assigns.join()})`;
    case 'unreadable':
      return '(unreadable)';
  }
}

function assignment(one: Assignment): string {
  const value =
    one.list === null ? (one.value === null ? '' : word(one.value)) : `(${one.list.map(word).join(' ')})`;
  return `${one.name}${one.element ? '[]' : ''}${one.append ? '+' : ''}=${value}@${one.nameAt.start}`;
}

function redirect({ descriptor, operator, target, heredoc }: Redirect): string {
  return `${descriptor ?? ''}${operator}${target === null ? '' : word(target)}${heredoc === null ? '' : partsOf(heredoc.parts)}`;
}

function word({ start, end, parts }: Word): string {
  return `${start}-${end}:${partsOf(parts)}`;
}

/** The grammar loses blanks between expansions in quotes, and those at the beginning of here-documents. */
function partsOf(parts: readonly WordPart[]): string {
  return parts.map(part).join('').replace(/\s+/g, '');
}

function part(one: WordPart): string {
  switch (one.kind) {
    case 'text':
      return one.text;
    case 'variable': {
      const inner = /^[%#]/.test(one.operator ?? '') ? partsOf(one.inner) : expansions(one.inner);
      const fallback = one.fallback === null ? '' : partsOf(one.fallback.parts);
      return `$<${one.name}@${one.nameAt.start} ${one.operator} ${one.subscript} ${one.quoted} ${inner} ${fallback}>`;
    }
    case 'command':
      return `$(${one.quoted} ${shapeOf(one.body)})`;
    case 'process':
      return `<(${shapeOf(one.body)})`;
    case 'arithmetic':
      return `$((${expansions(one.inner)} ${one.assigns.join()}))`;
    case 'hole':
      return `«${one.text} ${one.quoted}»`;
    case 'glob':
      return `<${one.character}>`;
    case 'brace':
      return `{${one.choices.map(partsOf).join()}}`;
  }
}

/** What is expanded among some parts, without the text between. */
function expansions(parts: readonly WordPart[]): string {
  return partsOf(parts.filter(({ kind }) => kind !== 'text' && kind !== 'glob'));
}
