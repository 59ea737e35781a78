/**
 * Edits the text of a sops document in place, so that everything else is preserved byte for byte: adds a value,
 * removes one, or replaces fields of the `sops` block. Knows nothing of keys or encryption.
 */
import { isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import { StoreFailure } from '../store-failure.ts';
import { type DocumentFormat, type Pair, pairsOf } from './sops-document.ts';
import type { AgeEntry } from './sops-metadata.ts';

/** A replacement of the text between two half-open UTF-16 offsets. */
interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The indentation that sops uses in YAML. */
const INDENT = '    ';

/** A document to edit. */
export interface Editing {
  readonly text: string;
  readonly format: DocumentFormat;
  /** The top-level pairs of each YAML document. */
  readonly roots: readonly (readonly Pair[])[];
}

/**
 * Adds a value to the first document and returns the new text.
 * @param names the maps from the top; missing ones are created
 * @param value an encrypted value, or an empty string
 * @throws StoreFailure if an existing value is in the way
 */
export function withValue(editing: Editing, names: readonly string[], value: string): string {
  const { text, format, roots } = editing;
  let pairs = roots[0] ?? [];
  let parent: Pair | null = null;
  let depth = 0;
  for (; depth < names.length; depth++) {
    const name = names[depth] as string;
    const sameKey = depth === 0 && name === 'sops' ? undefined : pairs.find(pair => pair.key === name);
    if (sameKey === undefined) break;
    const shown = names.slice(0, depth + 1).join('/');
    if (depth === names.length - 1)
      throw new StoreFailure('unsupported', `The file already has a value "${shown}".`);
    if (!isMap(sameKey.value))
      throw new StoreFailure(
        'unsupported',
        `"${shown}" is a value of the file, so nothing can lie below it.`,
      );
    parent = sameKey;
    pairs = pairsOf(sameKey.value);
  }
  const rest = names.slice(depth);
  const isFlow =
    format === 'json' || (parent === null ? startsWithBrace(text) : (parent.value as YAMLMap).flow === true);
  return spliced(
    text,
    isFlow ? intoBraces(text, parent, pairs, rest, value) : intoLines(text, parent, pairs, rest, value),
  );
}

/**
 * Removes a value from the first document, with the maps that become empty. Returns the new text, or `null` if only
 * the `sops` block would be left.
 * @throws StoreFailure if there is no such value
 */
export function withoutValue({ text, roots }: Editing, names: readonly string[]): string | null {
  const steps: { readonly pairs: readonly Pair[]; readonly pair: Pair; readonly isFlow: boolean }[] = [];
  let pairs = roots[0] ?? [];
  let isFlow = startsWithBrace(text);
  for (const name of names) {
    const pair = pairs.find(pair => pair.key === name);
    if (pair === undefined)
      throw new StoreFailure('unsupported', `The file has no value "${names.join('/')}".`);
    steps.push({ pairs, pair, isFlow });
    if (steps.length === names.length) break;
    if (!isMap(pair.value))
      throw new StoreFailure(
        'unsupported',
        `"${pair.key}" is a value of the file, so it cannot contain other keys.`,
      );
    pairs = pairsOf(pair.value);
    isFlow = pair.value.flow === true;
  }
  // A map is removed together with its last value.
  let at = steps.length - 1;
  while (at > 0 && steps[at]?.pairs.length === 1) at--;
  const step = steps[at];
  if (step === undefined) return null;
  const others = step.pairs.filter(pair => pair !== step.pair && !(at === 0 && pair.key === 'sops'));
  if (at === 0 && others.length === 0 && roots.length === 1) return null;
  return spliced(text, step.isFlow ? outOfBraces(step.pairs, step.pair) : outOfLines(text, step.pair));
}

/** Replaces fields of the `sops` block in each document that is a map with a block of its own. */
export function withFields({ text, roots }: Editing, fields: Readonly<Record<string, string>>): string {
  const splices = roots.flatMap(root => {
    const block = root.find(({ key }) => key === 'sops')?.value;
    return Object.entries(fields).map(([name, value]): Splice => {
      const node = pairsOf(block).find(({ key }) => key === name)?.value ?? null;
      if (!isScalar(node) || !node.range)
        throw new StoreFailure('malformed', `The "sops" block has no "${name}".`);
      const [start, end] = node.range;
      const isPlain = node.type === 'PLAIN' && /^ENC\[/.test(value);
      return { start, end, text: isPlain ? value : JSON.stringify(value) };
    });
  });
  return splices.sort((a, b) => b.start - a.start).reduce(spliced, text);
}

function startsWithBrace(text: string): boolean {
  return /^\s*\{/.test(text);
}

function spliced(text: string, { start, end, text: inserted }: Splice): string {
  return text.slice(0, start) + inserted + text.slice(end);
}

/** Inserts after the last value of a map in block style, and at the top level before the `sops` block. */
function intoLines(
  text: string,
  parent: Pair | null,
  pairs: readonly Pair[],
  names: readonly string[],
  value: string,
): Splice {
  const eol = eolOf(text);
  const first = pairs[0];
  const outer = first === undefined ? '' : columnOf(text, startOf(first.at));
  const lines = names.map((name, depth) => {
    const end = depth === names.length - 1 ? ` ${value || '""'}` : '';
    return `${outer}${INDENT.repeat(depth)}${yamlName(name)}:${end}`;
  });
  const block = lines.map(line => line + eol).join('');
  const metadata = parent === null ? pairs.find(({ key }) => key === 'sops') : undefined;
  if (metadata !== undefined) {
    const at = lineStart(text, startOf(metadata.at));
    return { start: at, end: at, text: block };
  }
  const last = pairs.at(-1);
  const at = last === undefined ? text.length : lineEnd(text, endOf(last));
  const isOpen = at > 0 && text[at - 1] !== '\n';
  return { start: at, end: at, text: isOpen ? eol + block : block };
}

/** Inserts after the last value in braces, and at the top level before `sops`, in the layout of the other values. */
function intoBraces(
  text: string,
  parent: Pair | null,
  pairs: readonly Pair[],
  names: readonly string[],
  value: string,
): Splice {
  const metadata = parent === null ? pairs.find(({ key }) => key === 'sops') : undefined;
  const model = metadata ?? pairs.at(-1);
  const gap = model === undefined ? '' : (/\s*$/.exec(text.slice(0, startOf(model.at)))?.[0] ?? '');
  const unit = /\n([ \t]+)"/.exec(text)?.[1] ?? '\t';
  const entry = bracesOf(names, value, gap.includes('\n') ? { gap, unit } : null);
  if (metadata !== undefined) {
    const at = startOf(metadata.at);
    return { start: at, end: at, text: `${entry},${gap || ' '}` };
  }
  if (model !== undefined) {
    const at = endOf(model);
    return { start: at, end: at, text: `,${gap || ' '}${entry}` };
  }
  const at = startOf(parent?.value as Node) + 1;
  return { start: at, end: at, text: entry };
}

function bracesOf(
  [name = '', ...below]: readonly string[],
  value: string,
  layout: { readonly gap: string; readonly unit: string } | null,
): string {
  const key = JSON.stringify(name);
  if (below.length === 0) return `${key}: ${JSON.stringify(value)}`;
  const inner = layout && { gap: layout.gap + layout.unit, unit: layout.unit };
  const entry = bracesOf(below, value, inner);
  return `${key}: {${inner?.gap ?? ''}${entry}${layout?.gap ?? ''}}`;
}

/** Removes the lines of a pair, but not a comment above them. */
function outOfLines(text: string, pair: Pair): Splice {
  return { start: lineStart(text, startOf(pair.at)), end: lineEnd(text, endOf(pair)), text: '' };
}

/** Removes a pair with the comma after it, or the one before it if the pair is the last. */
function outOfBraces(pairs: readonly Pair[], pair: Pair): Splice {
  const index = pairs.indexOf(pair);
  const next = pairs[index + 1];
  if (next !== undefined) return { start: startOf(pair.at), end: startOf(next.at), text: '' };
  const previous = pairs[index - 1];
  return { start: previous === undefined ? startOf(pair.at) : endOf(previous), end: endOf(pair), text: '' };
}

/** Returns a name in a form that YAML reads as the same text. */
function yamlName(name: string): string {
  return /^[A-Za-z_][\w./-]*$/.test(name) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(name)
    ? name
    : JSON.stringify(name);
}

function startOf(node: Node | Pair['at']): number {
  return node.range?.[0] ?? 0;
}

/** Returns the offset after the last character of a pair, without spaces, comments and line breaks. */
function endOf({ at, value }: Pair): number {
  return value === null ? (at.range?.[1] ?? 0) + 1 : endOfValue(value);
}

function endOfValue(node: Node): number {
  const inFlow = (isMap(node) || isSeq(node)) && node.flow === true;
  if (isMap(node) && !inFlow) {
    const last = pairsOf(node).at(-1);
    if (last !== undefined) return endOf(last);
  }
  const item = isSeq(node) && !inFlow ? (node.items.at(-1) as Node | undefined) : undefined;
  return item === undefined ? (node.range?.[1] ?? 0) : endOfValue(item);
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** Returns the offset after the line break of the line on which a value ends. */
function lineEnd(text: string, at: number): number {
  // A multi-line text includes its own line break.
  if (text[at - 1] === '\n') return at;
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end + 1;
}

/** Returns the indentation of a name on its line, as spaces. */
function columnOf(text: string, at: number): string {
  return ' '.repeat(at - lineStart(text, at));
}

function eolOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** Returns the `sops` block of a new YAML file in sops' layout. */
export function yamlMetadata(fields: Readonly<Record<string, unknown>>, age: readonly AgeEntry[]): string {
  const entries = age.flatMap(({ enc, recipient }) => [
    `${INDENT}${INDENT}- enc: |`,
    ...enc
      .trimEnd()
      .split('\n')
      .map(line => `${INDENT.repeat(3)}${line}`),
    `${INDENT}${INDENT}  recipient: ${recipient}`,
  ]);
  const others = Object.entries(fields).map(([name, value]) => `${INDENT}${name}: ${yamlField(value)}`);
  return `${['sops:', `${INDENT}age:`, ...entries, ...others].join('\n')}\n`;
}

function yamlField(value: unknown): string {
  const isPlain = typeof value !== 'string' || /^(ENC\[|[A-Za-z_][\w.-]*$|\d+\.\d+\.\d+$)/.test(value);
  return isPlain ? String(value) : JSON.stringify(value);
}
