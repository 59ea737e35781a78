// What nixfmt would do to a text, as far as these checks go, for machines that do not have nixfmt: line ends, widths,
// and the lists, sets and arguments that it would break or join. A text without a mistake of these kinds may have others.
import type { Range } from '../../server/src/nix/syntax.ts';
import { sourceFile } from './support.ts';

const WIDTH = 100;

interface Node extends Range {
  readonly kind?: string;
  readonly items?: readonly Range[];
  readonly bindings?: readonly Range[];
  readonly formals?: readonly { readonly start: number; readonly fallback: unknown }[] | null;
  readonly ellipsis?: boolean;
}

/** Sentences with 1-based lines. */
export function formattingMistakes(text: string): string[] {
  const { root, errors, comments } = sourceFile('file.nix', text);
  const mistakes = errors.length > 0 ? ['not valid Nix'] : [];
  const lines = text.split('\n');
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length;
  const say = (at: number, what: string) => void mistakes.push(`${lineOf(at)}: ${what}`);
  if (!text.endsWith('\n') || text.endsWith('\n\n')) mistakes.push('one line break at the end');
  lines.forEach((line, index) => {
    if (/[ \t]$/.test(line)) mistakes.push(`${index + 1}: space at the end`);
    if (/^ *\t/.test(line)) mistakes.push(`${index + 1}: a tab`);
    if (/^( {2})* \S/.test(line)) mistakes.push(`${index + 1}: odd indentation`);
    if (line === '' && lines[index + 1] === '' && index + 2 < lines.length)
      mistakes.push(`${index + 1}: two empty lines`);
    if (line.length > WIDTH && !/^\s*#/.test(line)) mistakes.push(`${index + 1}: too wide`);
  });
  visit(root, false);
  return mistakes;

  function visit(value: unknown, inString: boolean): void {
    if (Array.isArray(value)) for (const one of value) visit(one, inString);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const node = value as Node;
    if (node.kind === 'list') look(node, '[', node.items ?? []);
    if (node.kind === 'attrs') look(node, '{', node.bindings ?? []);
    if (node.kind === 'lambda' && node.formals) lookAtFormals(node, node.formals);
    for (const child of Object.values(value)) visit(child, inString || node.kind === 'string');
  }

  /** Nothing, or one thing, on the line of its brackets; otherwise each on a line of its own. */
  function look(node: Node, bracket: string, parts: readonly Range[]): void {
    const open = text.indexOf(bracket, node.start);
    const oneLine = lineOf(open) === lineOf(node.end);
    if (oneLine && text[open + 1] !== ' ') say(open, 'no space inside of brackets');
    if (oneLine && parts.length > 1) say(open, 'several things on one line');
    if (!oneLine && parts.length === 0 && !comments.some(({ start }) => start > open && start < node.end))
      say(open, 'an empty line inside of brackets');
    if (oneLine) return;
    const starts = parts.map(({ start }) => lineOf(start));
    if (new Set(starts).size < starts.length || starts[0] === lineOf(open)) say(open, 'things share a line');
    const indent = /^ */.exec(lines[lineOf(node.end) - 1] ?? '')?.[0] ?? '';
    if (
      text
        .slice(0, node.end - 1)
        .split('\n')
        .at(-1) !== indent
    )
      say(node.end, 'a bracket shares its line');
    if (/^ */.exec(lines[lineOf(open) - 1] ?? '')?.[0] !== indent)
      say(node.end, 'a bracket is not below its line');
  }

  function lookAtFormals(node: Node, formals: NonNullable<Node['formals']>): void {
    const first = formals[0];
    const last = formals[formals.length - 1];
    if (!first || !last) return;
    const oneLine = lineOf(first.start) === lineOf(last.start);
    const short = formals.length <= 2 && formals.every(({ fallback }) => fallback === null);
    if (formals.length > 1 && oneLine !== short) say(node.start, 'arguments on the wrong lines');
    if (formals.length === 1 && first.fallback !== null && text[first.start - 1] !== ' ')
      say(node.start, 'arguments on the wrong lines');
  }
}
