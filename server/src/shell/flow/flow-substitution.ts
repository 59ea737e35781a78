/**
 * Follows commands inside words: `$(…)`, backquotes, `<(…)`. Their output is unknown, except for a few commands that
 * only print a path.
 */

import type { CommandPart, ProcessPart, Statement, Word } from '../syntax.ts';
import { common, copyState, excluding, including } from './flow-state.ts';
import { type Expansion, expandWord } from './flow-words.ts';
import { concat, EMPTY, literal, pathOf, text, unknownFrom, type Value } from './values.ts';

type Follow = (cx: Expansion, statements: readonly Statement[]) => void;

/** Follows `$(…)` and returns its output as far as it is known. */
export function followCommandPart(cx: Expansion, part: CommandPart, follow: Follow): Value {
  const { run, state } = cx;
  const outer = run.touched;
  const exits = run.exits;
  run.touched = new Set();
  run.exits = [];
  const inner: Expansion = { ...cx, state: copyState(state) };
  // `$(…)` does not inherit `set -e` in Bash.
  Object.assign(inner.state, { stdout: 'captured', checked: false, inSubprocess: true });
  const { written } = inner.state;
  follow(withState(cx, inner.state), part.body);
  const now = inner.state.written;
  if (inner.state.dead === null && inner.state.exited.size === state.exited.size)
    for (const key of now) state.written = including(state.written, key);
  state.removed = common(state.removed, inner.state.removed);
  state.written = excluding(state.written, key => written.has(key) && !now.has(key));
  const printed = run.touched;
  run.touched = outer;
  run.exits = exits;
  for (const name of printed) outer.add(name);
  return knownOutput(cx, part.body) ?? unknownFrom(printed);
}

/** Follows `<(…)` or `>(…)` and returns the path of a pipe. */
export function followProcess(cx: Expansion, part: ProcessPart, follow: Follow): Value {
  const state = copyState(cx.state);
  Object.assign(state, { stdout: 'pipe', checked: false, certain: false, inSubprocess: true });
  follow(withState(cx, state), part.body);
  cx.state.removed = common(cx.state.removed, state.removed);
  return [{ kind: 'temporary', id: cx.run.temporaries++ }];
}

function withState(cx: Expansion, state: Expansion['state']): Expansion {
  return { ...cx, state };
}

/** Returns the output of a single `mktemp`, `pwd`, `dirname x` or the like, or `null` for other commands. */
function knownOutput(cx: Expansion, body: readonly Statement[]): Value | null {
  const [only] = body;
  if (body.length !== 1 || only?.kind !== 'simple' || only.assignments.length > 0) return null;
  const [name, ...args] = only.words;
  if (only.redirects.some(redirect => redirect.descriptor !== 2)) return null;
  switch (name && programOf(name)) {
    case 'mktemp':
      return temporary(cx, args);
    case 'pwd':
      return cx.state.cwd;
    case 'dirname':
      return lastPart(cx, args, value => value.replace(/\/+[^/]*\/*$/, ''), /\/[^/]/);
    case 'basename':
      return args.length === 1 ? baseOf(cx, args) : null;
    case 'realpath':
    case 'readlink':
      return operand(cx, args);
    default:
      return null;
  }
}

function temporary(cx: Expansion, args: readonly Word[]): Value | null {
  const values = args.flatMap(word => quietly(cx, word));
  const elsewhere = values.some(
    value => pathOf(value, cx.state.cwd).root === 'variable' || literal(value) === null,
  );
  return elsewhere ? null : [{ kind: 'temporary', id: cx.run.temporaries++ }];
}

/** Returns the operand if there is exactly one. */
function operand(cx: Expansion, args: readonly Word[]): Value | null {
  const operands = args.filter(word => !/^-[a-z-]/.test(plain(word) ?? ''));
  const [word] = operands;
  if (operands.length !== 1 || !word) return null;
  const values = quietly(cx, word);
  return values.length === 1 ? (values[0] ?? null) : null;
}

function lastPart(
  cx: Expansion,
  args: readonly Word[],
  change: (text: string) => string,
  needs: RegExp,
): Value | null {
  const value = operand(cx, args);
  const last = value?.at(-1);
  if (!value || last?.kind !== 'text' || !needs.test(last.text)) return null;
  return concat(value.slice(0, -1), text(change(last.text)));
}

function baseOf(cx: Expansion, args: readonly Word[]): Value | null {
  const value = operand(cx, args);
  if (!value) return null;
  const shown = value.at(-1);
  if (shown?.kind !== 'text') return null;
  const name = /[^/]+(?=\/*$)/.exec(shown.text)?.[0];
  const slash = shown.text.lastIndexOf('/', shown.text.length - 2);
  if (name === undefined || (slash === -1 && value.length > 1)) return null;
  return text(name) ?? EMPTY;
}

/** Returns the name of a program if it is known, also for paths such as `${pkgs.coreutils}/bin/mktemp`. */
function programOf(word: Word): string | null {
  const [first, last] = word.parts;
  const below = first?.kind === 'hole' && word.parts.length === 2 && last?.kind === 'text';
  return below ? (/^\/bin\/([^/]+)$/.exec(last.text)?.[1] ?? null) : plain(word);
}

/** Returns the values of a word without recording its reads, which already are recorded. */
function quietly(cx: Expansion, word: Word): Value[] {
  return expandWord(cx, word, false);
}

function plain(word: Word): string | null {
  let value = '';
  for (const part of word.parts) {
    if (part.kind !== 'text') return null;
    value += part.text;
  }
  return value;
}
