/**
 * Simple commands out of the grammar's tree: assignments, words and redirections, and what declares variables. Knows
 * nothing of what commands are made into.
 */

import type { Assignment, Redirect, Statement, Word } from '../../../server/src/shell/syntax.ts';
import { extraWords, lowerRedirects } from './lower-redirects.ts';
import { type Lowering, lowerWord, rangeOf } from './lower-words.ts';
import { childOf, type RawNode } from './raw-tree.ts';

/** A command with its assignments, words and redirections. */
export function simple(run: Lowering, node: RawNode, children: readonly RawNode[]): Statement {
  const assignments: Assignment[] = [];
  const words: Word[] = [];
  const redirects: Redirect[] = [];
  for (const child of children) {
    if (child.type === 'comment') continue;
    if (child.type === 'variable_assignment') assignments.push(assignment(run, child));
    else if (child.type.endsWith('_redirect')) {
      redirects.push(...lowerRedirects(run, child));
      words.push(...extraWords(run, child));
    } else if (child.type === 'ERROR' || child.isMissing) return { kind: 'unreadable', ...rangeOf(node) };
    else words.push(lowerWord(run, child));
  }
  return { kind: 'simple', ...rangeOf(node), assignments, words, redirects };
}

function assignment(run: Lowering, node: RawNode): Assignment {
  const target = childOf(node, 'name');
  const element = target?.type === 'subscript';
  const name = (element ? childOf(target, 'name') : target) ?? node;
  const value = childOf(node, 'value');
  const list = value?.type === 'array' ? value.namedChildren : null;
  return {
    ...rangeOf(node),
    name: run.script.text.slice(name.startIndex, name.endIndex),
    nameAt: rangeOf(name),
    append: node.children.some(child => child.type === '+='),
    element,
    value: value && !list ? lowerWord(run, value) : null,
    keyed: false,
    list: list ? list.filter(child => child.type !== 'comment').map(child => lowerWord(run, child)) : null,
  };
}

/** `export`, `local` and their like, with what they set. */
export function declaration(run: Lowering, node: RawNode): Statement {
  const [command, ...rest] = node.children;
  const options: Word[] = [];
  const assignments: Assignment[] = [];
  for (const child of rest) {
    if (child.type === 'variable_assignment') assignments.push(assignment(run, child));
    else if (child.type === 'variable_name') {
      const name = run.script.text.slice(child.startIndex, child.endIndex);
      const at = rangeOf(child);
      assignments.push({
        ...at,
        name,
        nameAt: at,
        append: false,
        element: false,
        value: null,
        list: null,
        keyed: false,
      });
    } else options.push(lowerWord(run, child));
  }
  return {
    kind: 'declare',
    ...rangeOf(node),
    command: lowerWord(run, command ?? node),
    options,
    assignments,
  };
}
