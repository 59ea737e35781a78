/**
 * Lowering of redirections, heredocs among them: the grammar puts everything that follows `<<EOF` on its line inside
 * the heredoc's own node.
 */

import type { Redirect, Statement, Word } from '../../../server/src/shell/syntax.ts';
import { betweenChildren, type Lowering, lowerWord, rangeOf } from './lower-words.ts';
import { childOf, childrenOf, type RawNode } from './raw-tree.ts';

/** Puts what follows a heredoc's start around the command that the heredoc belongs to. */
export type Tail = (body: Statement) => Statement;

/** A redirection; a heredoc may hold further ones that stand behind it. */
export function lowerRedirects(run: Lowering, node: RawNode): Redirect[] {
  if (node.type === 'heredoc_redirect') {
    const further = node.namedChildren.filter(child => child.type.endsWith('_redirect'));
    return [heredoc(run, node), ...further.flatMap(child => lowerRedirects(run, child))];
  }
  const descriptor = childOf(node, 'descriptor');
  const operator = node.children.find(child => !child.isNamed)?.type ?? '>';
  const targets = node.namedChildren.filter(child => child !== descriptor);
  const [target] = targets;
  return [
    {
      ...rangeOf(node),
      descriptor: descriptor && /^\d+$/.test(descriptor.text) ? Number(descriptor.text) : null,
      operator,
      target: target ? lowerWord(run, target) : null,
      heredoc: null,
    },
  ];
}

/** `cmd > file word`: the grammar takes further words of the command for further targets. */
export function extraWords(run: Lowering, node: RawNode): Word[] {
  if (node.type === 'heredoc_redirect') {
    return node.namedChildren
      .filter(child => child.type.endsWith('_redirect'))
      .flatMap(child => extraWords(run, child));
  }
  const targets = node.namedChildren.filter(child => child.field !== 'descriptor');
  return targets.slice(1).map(child => lowerWord(run, child));
}

function heredoc(run: Lowering, node: RawNode): Redirect {
  const descriptor = childOf(node, 'descriptor');
  const start = node.namedChildren.find(child => child.type === 'heredoc_start');
  const body = node.namedChildren.find(child => child.type === 'heredoc_body');
  const raw = /['"\\]/.test(start?.text ?? '');
  return {
    ...rangeOf(node),
    descriptor: descriptor && /^\d+$/.test(descriptor.text) ? Number(descriptor.text) : null,
    operator: '<<',
    target: null,
    heredoc: body ? heredocBody(run, body, raw) : { start: node.endIndex, end: node.endIndex, parts: [] },
  };
}

function heredocBody(run: Lowering, node: RawNode, raw: boolean): Word {
  const at = rangeOf(node);
  return { ...at, parts: betweenChildren(run, node, at.start, at.end, raw ? 'single' : 'heredoc') };
}

/**
 * The commands that follow a heredoc's start on its line: `<<EOF | tee x`, `<<EOF && chmod …`, words of the command.
 * @returns null if there are none
 */
export function tailOf(
  run: Lowering,
  node: RawNode,
  lower: (run: Lowering, node: RawNode) => Statement,
): Tail | null {
  if (node.type !== 'heredoc_redirect') return null;
  const piped = node.namedChildren.find(child => child.type === 'pipeline');
  if (piped) {
    const rest = piped.namedChildren.filter(child => child.type !== 'comment');
    const stages = rest.map(child => lower(run, child));
    return body => joinPipe(body, stages, piped.endIndex);
  }
  const right = childOf(node, 'right');
  if (right) {
    const operator = childOf(node, 'operator')?.type === '||' ? '||' : '&&';
    const statement = lower(run, right);
    return body => ({
      kind: 'list',
      start: body.start,
      end: right.endIndex,
      operator,
      left: body,
      right: statement,
    });
  }
  const words = childrenOf(node, 'argument');
  if (words.length === 0) return null;
  const lowered = words.map(child => lowerWord(run, child));
  return body => (body.kind === 'simple' ? { ...body, words: [...body.words, ...lowered] } : body);
}

/** `| a && b` after a heredoc: the grammar reads `a && b` as one stage, Bash does not. */
function joinPipe(body: Statement, stages: readonly Statement[], end: number): Statement {
  const [first, ...rest] = stages;
  if (first?.kind === 'list' && rest.length === 0) {
    return { ...first, start: body.start, left: joinPipe(body, [first.left], end) };
  }
  const inner = first?.kind === 'pipeline' && rest.length === 0 ? first.stages : stages;
  return { kind: 'pipeline', start: body.start, end, stages: [body, ...inner] };
}
