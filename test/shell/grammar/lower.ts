/**
 * Lowering of statements: from tree-sitter's nodes to plain objects. The grammar hangs a redirection at the end of
 * `a && b > x` on the whole list and puts what follows a heredoc's start inside the heredoc; both are put right here.
 */

import type {
  Branch,
  CaseItem,
  Redirect,
  ScriptText,
  Statement,
  Word,
  WordPart,
} from '../../../server/src/shell/syntax.ts';
import { extraWords, lowerRedirects, type Tail, tailOf } from './lower-redirects.ts';
import { declaration, simple } from './lower-simple.ts';
import { arithmetic, type Lowering, lowerWord, rangeOf, wordParts } from './lower-words.ts';
import { childOf, childrenOf, type RawNode } from './raw-tree.ts';

/** The statements of a whole script. `text` is the parsed text, of the same length as the script's. */
export function lowerScript(root: RawNode, text: string, script: ScriptText): Statement[] {
  const run: Lowering = { text, script, statements: node => statementsIn(run, node.children) };
  return run.statements(root);
}

const NOT_STATEMENTS = new Set(['comment', 'heredoc_body', 'heredoc_end', 'heredoc_content']);

/** The statements among some nodes; separators go, `&` makes the one before it a background job. */
function statementsIn(run: Lowering, nodes: readonly RawNode[]): Statement[] {
  const found: Statement[] = [];
  for (const node of nodes) {
    if (node.isNamed || node.type === 'ERROR') {
      if (node.type === 'file_redirect' || node.type === 'herestring_redirect') {
        found.push(simple(run, node, [node]));
      } else if (!NOT_STATEMENTS.has(node.type)) found.push(lowerStatement(run, node));
      if (node.isMissing) found.push({ kind: 'unreadable', ...rangeOf(node) });
    } else if (node.type === '&') {
      const body = found.pop();
      if (body) found.push({ kind: 'background', body, start: body.start, end: node.endIndex });
    } else if (node.isMissing) found.push({ kind: 'unreadable', ...rangeOf(node) });
  }
  return found;
}

export function lowerStatement(run: Lowering, node: RawNode): Statement {
  const at = rangeOf(node);
  switch (node.type) {
    case 'command':
    case 'variable_assignment':
      return simple(run, node, node.type === 'command' ? node.children : [node]);
    case 'variable_assignments':
      return simple(run, node, node.children);
    case 'declaration_command':
      return declaration(run, node);
    case 'unset_command': {
      const [first, ...rest] = node.children;
      return {
        kind: 'unset',
        ...at,
        command: lowerWord(run, first ?? node),
        words: rest.map(child => lowerWord(run, child)),
      };
    }
    case 'redirected_statement':
      return redirected(run, node);
    case 'pipeline':
      return pipeline(run, node);
    case 'negated_command':
      return { kind: 'not', ...at, body: only(run, node) };
    case 'list':
      return list(run, node);
    case 'compound_statement':
      if (node.children[0]?.type === '((') return { ...arithmetic(run, node), kind: 'arithmetic' };
      return { kind: 'group', ...at, body: run.statements(node) };
    case 'subshell':
      return { kind: 'subshell', ...at, body: run.statements(node) };
    case 'do_group':
      return { kind: 'group', ...at, body: run.statements(node) };
    case 'if_statement':
      return ifStatement(run, node);
    case 'for_statement':
      return forStatement(run, node);
    case 'while_statement':
      return whileStatement(run, node);
    case 'c_style_for_statement':
      return arithmeticFor(run, node);
    case 'case_statement':
      return caseStatement(run, node);
    case 'function_definition':
      return functionStatement(run, node);
    case 'test_command':
      return testStatement(run, node);
    default:
      return { kind: 'unreadable', ...at };
  }
}

function only(run: Lowering, node: RawNode): Statement {
  const body = run.statements(node);
  const [first] = body;
  return first !== undefined && body.length === 1 ? first : { kind: 'group', ...rangeOf(node), body };
}

function redirected(run: Lowering, node: RawNode): Statement {
  const bodyNode = childOf(node, 'body');
  const redirects: Redirect[] = [];
  const extra: Word[] = [];
  let tail: Tail | null = null;
  for (const child of node.children) {
    if (child === bodyNode) continue;
    if (child.type === 'ERROR') return { kind: 'unreadable', ...rangeOf(node) };
    if (!child.type.endsWith('_redirect')) continue;
    // Behind three stages the grammar takes a line that begins with a redirection for a part of the pipeline.
    if (
      bodyNode &&
      redirects.length === 0 &&
      endsLine(run.script.text.slice(bodyNode.endIndex, child.startIndex))
    )
      return { kind: 'unreadable', ...rangeOf(node) };
    redirects.push(...lowerRedirects(run, child));
    extra.push(...extraWords(run, child));
    tail = tailOf(run, child, lowerStatement) ?? tail;
  }
  const body: Statement = bodyNode
    ? withRedirects(lowerStatement(run, bodyNode), redirects, node.endIndex, extra)
    : { kind: 'simple', ...rangeOf(node), assignments: [], words: extra, redirects };
  return tail === null ? body : tail(body);
}

/** Does a line end here, rather than go on behind a backslash? */
function endsLine(between: string): boolean {
  return between.replaceAll('\\\n', '').includes('\n');
}

/** Hangs redirections where Bash does: on the last command of a list or pipeline. */
function withRedirects(
  statement: Statement,
  redirects: readonly Redirect[],
  end: number,
  words: readonly Word[] = [],
): Statement {
  switch (statement.kind) {
    case 'simple':
      return {
        ...statement,
        end,
        words: [...statement.words, ...words],
        redirects: [...statement.redirects, ...redirects],
      };
    case 'list':
      return { ...statement, end, right: withRedirects(statement.right, redirects, end, words) };
    case 'not':
      return { ...statement, end, body: withRedirects(statement.body, redirects, end, words) };
    case 'pipeline': {
      const last = statement.stages[statement.stages.length - 1];
      if (!last) return statement;
      return {
        ...statement,
        end,
        stages: [...statement.stages.slice(0, -1), withRedirects(last, redirects, end, words)],
      };
    }
    default:
      return { kind: 'redirected', start: statement.start, end, body: statement, redirects };
  }
}

/** The grammar gives `! a | b` as a pipeline that begins with `! a`; Bash negates the whole. */
function pipeline(run: Lowering, node: RawNode): Statement {
  const stages = run.statements(node);
  const at = rangeOf(node);
  const [first, ...rest] = stages;
  if (first?.kind !== 'not') return { kind: 'pipeline', ...at, stages };
  return { kind: 'not', ...at, body: { kind: 'pipeline', ...at, stages: [first.body, ...rest] } };
}

function list(run: Lowering, node: RawNode): Statement {
  const [left, right, ...more] = run.statements(node);
  const operator = node.children.some(child => child.type === '||') ? '||' : '&&';
  if (!left || !right || more.length > 0) return { kind: 'unreadable', ...rangeOf(node) };
  return { kind: 'list', ...rangeOf(node), operator, left, right };
}

function ifStatement(run: Lowering, node: RawNode): Statement {
  const branches: Branch[] = [branch(run, node)];
  let otherwise: Statement[] | null = null;
  for (const child of node.namedChildren) {
    if (child.type === 'elif_clause') branches.push(branch(run, child));
    if (child.type === 'else_clause') otherwise = run.statements(child);
  }
  return { kind: 'if', ...rangeOf(node), branches, otherwise };
}

function branch(run: Lowering, node: RawNode): Branch {
  const { children } = node;
  const then = children.findIndex(child => child.type === 'then');
  const rest = children
    .slice(then + 1)
    .filter(child => child.type !== 'elif_clause' && child.type !== 'else_clause');
  return { condition: statementsIn(run, children.slice(0, then)), body: statementsIn(run, rest) };
}

function forStatement(run: Lowering, node: RawNode): Statement {
  const name = childOf(node, 'variable') ?? node;
  const hasIn = node.children.some(child => child.type === 'in');
  const values = childrenOf(node, 'value');
  const body = childOf(node, 'body');
  return {
    kind: 'for',
    ...rangeOf(node),
    name: run.script.text.slice(name.startIndex, name.endIndex),
    nameAt: rangeOf(name),
    words: hasIn ? values.map(child => lowerWord(run, child)) : null,
    body: body ? run.statements(body) : [],
  };
}

function whileStatement(run: Lowering, node: RawNode): Statement {
  const body = childOf(node, 'body');
  const before = node.children.filter(child => child !== body);
  return {
    kind: 'loop',
    ...rangeOf(node),
    condition: statementsIn(run, before),
    inner: [],
    assigns: [],
    body: body ? run.statements(body) : [],
  };
}

function arithmeticFor(run: Lowering, node: RawNode): Statement {
  const body = childOf(node, 'body');
  const inner: WordPart[] = [];
  const assigns: string[] = [];
  for (const child of node.namedChildren) {
    if (child === body) continue;
    const part = arithmetic(run, child);
    inner.push(...part.inner);
    assigns.push(...part.assigns);
  }
  return {
    kind: 'loop',
    ...rangeOf(node),
    condition: [],
    inner,
    assigns,
    body: body ? run.statements(body) : [],
  };
}

function caseStatement(run: Lowering, node: RawNode): Statement {
  const subject = childOf(node, 'value') ?? node;
  const items: CaseItem[] = [];
  for (const child of node.namedChildren) {
    if (child.type !== 'case_item') continue;
    const values = childrenOf(child, 'value');
    const ends = child.children.findIndex(one => one.type === ')');
    const last = child.children.at(-1)?.type ?? '';
    items.push({
      patterns: values.map(value => lowerWord(run, value)),
      body: statementsIn(run, child.children.slice(ends + 1)),
      any: values.some(value => value.text === '*'),
      termination: last.startsWith(';') && last.length > 1 ? last : ';;',
    });
  }
  return { kind: 'case', ...rangeOf(node), subject: lowerWord(run, subject), items };
}

function functionStatement(run: Lowering, node: RawNode): Statement {
  const name = childOf(node, 'name') ?? node;
  const bodyNode = childOf(node, 'body');
  if (!bodyNode) return { kind: 'unreadable', ...rangeOf(node) };
  const body = lowerStatement(run, bodyNode);
  const redirects = node.namedChildren.filter(child => child.type.endsWith('_redirect'));
  return {
    kind: 'function',
    ...rangeOf(node),
    name: run.script.text.slice(name.startIndex, name.endIndex),
    body: withRedirects(
      body,
      redirects.flatMap(child => lowerRedirects(run, child)),
      node.endIndex,
    ),
  };
}

/** What stands between the brackets, flat: operators become words of text. */
function testStatement(run: Lowering, node: RawNode): Statement {
  const words: Word[] = [];
  const walk = (at: RawNode): void => {
    if (/_expression$/.test(at.type)) {
      for (const child of at.children) walk(child);
    } else if (!at.isNamed || at.type === 'test_operator') {
      const text = at.text;
      words.push({ ...rangeOf(at), parts: [{ kind: 'text', text, quoted: false, ...rangeOf(at) }] });
    } else words.push({ ...rangeOf(at), parts: wordParts(run, at) });
  };
  const inside = node.children.slice(1, -1);
  if (inside.some(child => child.type === 'ERROR')) return { kind: 'unreadable', ...rangeOf(node) };
  for (const child of inside) walk(child);
  return { kind: 'test', ...rangeOf(node), double: node.children[0]?.type === '[[', words };
}
