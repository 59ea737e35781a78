/**
 * Extracts syntax errors from a tree-sitter tree, with a sentence for each ERROR and MISSING node. Must not know how
 * expressions are lowered.
 */
import type { Node } from 'web-tree-sitter';
import type { NixSyntaxError } from '../syntax.ts';
import { errorOver, missingAt } from './lower-atoms.ts';

/** The number of errors that are still useful. */
export const MAX_ERRORS = 50;

const NAMES: Readonly<Record<string, string>> = {
  identifier: 'a name',
  variable_expression: 'a value',
  '"': 'a closing `"`',
  "''": "a closing `''`",
};

function missingMessage(type: string, parent: string): string {
  const inExpression = type === 'identifier' && parent === 'variable_expression';
  return `Expected ${inExpression ? 'a value' : (NAMES[type] ?? `\`${type}\``)} here.`;
}

/**
 * Returns the errors of a tree in the order of the text, at most `MAX_ERRORS`. Costs nothing if there are none. Never
 * uses a node's parent, which the runtime finds recursively, so that deep trees would overflow the stack.
 */
export function collectErrors(root: Node, text: string): NixSyntaxError[] {
  const errors: NixSyntaxError[] = [];
  const pending: { node: Node; parent: string }[] = [{ node: root, parent: '' }];
  while (errors.length < MAX_ERRORS) {
    const next = pending.pop();
    if (!next) break;
    const { node, parent } = next;
    const type = node.type;
    if (node.isMissing) errors.push(missingAt(text, node.startIndex, missingMessage(type, parent)));
    else if (node.isError) {
      const range = { start: node.startIndex, end: node.endIndex };
      errors.push(errorOver(text, range, 'This is not valid Nix.'));
    } else if (node.hasError) {
      for (const child of node.children.toReversed()) pending.push({ node: child, parent: type });
    }
  }
  return errors;
}

/** Returns how much of a text a tree could not place: the total length of errors, and one for each missing node. */
export function damage(root: Node): number {
  let total = 0;
  const pending: Node[] = [root];
  while (pending.length > 0) {
    const node = pending.pop() as Node;
    if (node.isMissing) total++;
    else if (node.isError) total += node.endIndex - node.startIndex + 1;
    else if (node.hasError) for (const child of node.children) pending.push(child);
  }
  return total;
}
