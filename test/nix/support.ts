/**
 * Nix texts in, values out: what the evaluator's tests share.
 */
import { BudgetExceeded, DEFAULT_STEPS } from '../../server/src/nix/eval/budget.ts';
import { display, isClosed } from '../../server/src/nix/eval/construct.ts';

import { type Evaluation, withBudget } from '../../server/src/nix/eval/evaluation.ts';
import { createEvaluation } from '../../server/src/nix/eval/evaluator.ts';
import { describeFailure } from '../../server/src/nix/eval/failures.ts';
import { fileScope } from '../../server/src/nix/eval/scopes.ts';
import type { Lazy, NixFiles, Origin, Scope, Value } from '../../server/src/nix/eval/value.ts';
import { createParser } from '../../server/src/nix/parse/parse.ts';
import { lineStartsOf, type SourceFile } from '../../server/src/nix/source.ts';

const parser = await createParser();

export function sourceFile(path: string, text: string): SourceFile {
  return { path, text, ...parser.parse(text), lineStarts: lineStartsOf(text) };
}

export type Texts = Readonly<Record<string, string>>;

/** A workspace in memory: `{ path: text }`. */
export function memoryFiles(texts: Texts): NixFiles {
  const parsed = new Map<string, SourceFile>();
  const names = Object.keys(texts);
  const kind = (path: string): 'file' | 'directory' | null => {
    if (path in texts) return 'file';
    const prefix = path === '' ? '' : `${path}/`;
    return names.some(name => name.startsWith(prefix)) ? 'directory' : null;
  };
  return {
    parse: path => {
      const known = parsed.get(path);
      if (known !== undefined) return known;
      const text = texts[path];
      if (text === undefined) return null;
      const file = sourceFile(path, text);
      parsed.set(path, file);
      return file;
    },
    text: path => texts[path] ?? null,
    kind,
    list: directory => {
      if (kind(directory) !== 'directory') return null;
      const prefix = directory === '' ? '' : `${directory}/`;
      const found = new Map<string, 'file' | 'directory'>();
      for (const path of names) {
        if (!path.startsWith(prefix)) continue;
        const [first = '', ...below] = path.slice(prefix.length).split('/');
        found.set(first, below.length === 0 ? 'file' : 'directory');
      }
      return [...found].map(([name, kind]) => ({ name, kind }));
    },
  };
}

export interface Evaluated {
  readonly cx: Evaluation;
  readonly value: Value;
}

/** Evaluates a text as the file `test.nix` beside other files. `names` are further names in scope. */
export function evalText(
  text: string,
  texts: Texts = {},
  names: Readonly<Record<string, Lazy>> = {},
): Evaluated {
  const cx = createEvaluation(memoryFiles(texts));
  const value = withBudget(cx, DEFAULT_STEPS, () => evalIn(cx, text, names));
  if (value instanceof BudgetExceeded) throw value;
  return { cx, value };
}

/** Evaluates an expression in a given evaluation. */
export function evalIn(cx: Evaluation, text: string, names: Readonly<Record<string, Lazy>> = {}): Value {
  const file = sourceFile('test.nix', text);
  const outer = fileScope(cx, file);
  const scope: Scope = { ...outer, parent: outer, names: new Map(Object.entries(names)) };
  return cx.evaluate(file.root, scope);
}

/** A value as people read it: Nix's notation, with what is not known between «». */
export function show(cx: Evaluation, lazy: Lazy, depth = 0): string {
  const value = cx.force(lazy);
  if (depth > 20) return '…';
  switch (value.kind) {
    case 'null':
      return 'null';
    case 'bool':
    case 'int':
    case 'float':
      return String(value.value);
    case 'string':
      return JSON.stringify(display(value));
    case 'path':
      return value.text.startsWith('/') ? value.text : `./${value.text}`;
    case 'list':
      return `[${value.items.map(item => ` ${item.kind === 'spread' ? `«… ${item.of.reason}»` : show(cx, item, depth + 1)}`).join('')} ]`;
    case 'attrs': {
      const entries = [...value.entries].map(
        ([name, entry]) => ` ${name}${entry.optional ? '?' : ''} = ${show(cx, entry.value, depth + 1)};`,
      );
      for (const pattern of value.patterns)
        entries.push(
          ` "${display(pattern.name)}"${pattern.optional ? '?' : ''} = ${show(cx, pattern.value, depth + 1)};`,
        );
      if (value.open !== null) entries.push(` «… ${value.open.reason}»`);
      return `{${entries.join('')} }`;
    }
    case 'lambda':
    case 'builtin':
      return '«function»';
    case 'unknown':
      return `«${value.reason}»`;
    case 'failure':
      return `«failure ${value.failure}: ${describeFailure(value)}»`;
  }
}

/** Evaluates and shows in one go. */
export function shown(text: string, texts: Texts = {}, names: Readonly<Record<string, Lazy>> = {}): string {
  const { cx, value } = evalText(text, texts, names);
  return show(cx, value);
}

export type Plain =
  | { readonly complete: true; readonly value: unknown }
  | { readonly complete: false; readonly why: string };

/** A value as JSON has it, if all of it is known, as `nix-instantiate --json --strict` would give it. */
export function toPlain(cx: Evaluation, lazy: Lazy): Plain {
  const plain = plainOf(cx, lazy, 0);
  if (plain.complete && cx.tolerated.size > 0) return incomplete('a failure was passed over');
  return plain;
}

function incomplete(why: string): Plain {
  return { complete: false, why };
}

function plainOf(cx: Evaluation, lazy: Lazy, depth: number): Plain {
  const value = cx.force(lazy);
  if (depth > 200) return incomplete('depth');
  switch (value.kind) {
    case 'null':
      return { complete: true, value: null };
    case 'bool':
    case 'int':
    case 'float':
      return { complete: true, value: value.value };
    case 'string':
      return value.text === null ? incomplete('hole') : { complete: true, value: value.text };
    case 'list': {
      const items: unknown[] = [];
      for (const item of value.items) {
        const plain = item.kind === 'spread' ? incomplete(item.of.reason) : plainOf(cx, item, depth + 1);
        if (!plain.complete) return plain;
        items.push(plain.value);
      }
      return { complete: true, value: items };
    }
    case 'attrs': {
      if (!isClosed(value)) return incomplete('open set');
      const entries: Record<string, unknown> = Object.create(null);
      for (const [name, entry] of value.entries) {
        const plain = entry.optional ? incomplete(`perhaps ${name}`) : plainOf(cx, entry.value, depth + 1);
        if (!plain.complete) return plain;
        entries[name] = plain.value;
      }
      return { complete: true, value: entries };
    }
    case 'unknown':
      return incomplete(value.reason);
    case 'failure':
      return incomplete(`${value.failure}: ${value.message}`);
    default:
      return incomplete(value.kind);
  }
}

/** The text that an origin points at. */
export function at(origin: Origin | null): string {
  return origin === null ? '' : origin.file.text.slice(origin.start, origin.end);
}
