/** Follows redirections: the files that they open, and the destinations of a command's streams. */

import type { Range, Redirect } from '../syntax.ts';
import type { Stream } from './flow-facts.ts';
import { isDevice, noteRead, noteWrite } from './flow-run.ts';
import { copyState, joinStates, type State, streamsOf } from './flow-state.ts';
import { type Expansion, expandWord } from './flow-words.ts';
import { literal, pathOf, type Value, variablesIn } from './values.ts';

type Streams = ReturnType<typeof streamsOf>;

/** Follows redirections around a body, and restores the streams afterwards. */
export function followRedirects(
  cx: Expansion,
  redirects: readonly Redirect[],
  command: number | null,
  body: () => void,
): void {
  const streams = streamsOf(cx.state);
  openRedirects(cx, redirects, command);
  body();
  Object.assign(cx.state, streams);
}

/** Opens the targets of redirections and changes the streams permanently, as `exec > file` does. */
export function openRedirects(cx: Expansion, redirects: readonly Redirect[], command: number | null): void {
  for (const redirect of redirects) openRedirect(cx, redirect, command);
}

function openRedirect(cx: Expansion, redirect: Redirect, command: number | null): void {
  const { state } = cx;
  const { operator, descriptor } = redirect;
  if (redirect.heredoc !== null) {
    state.stdin = 'text';
    for (const value of expandWord(cx, redirect.heredoc, false))
      noteText(cx, redirect.heredoc, value, command);
    return;
  }
  if (redirect.target === null) return;
  const values = expandWord(cx, redirect.target, true);
  if (operator === '<<<') {
    state.stdin = 'text';
    for (const value of values) noteText(cx, redirect.target, value, command);
    return;
  }
  const [value] = values;
  if ((operator === '>&' || operator === '<&') && value && /^\d*-?$/.test(literal(value) ?? '?')) {
    duplicate(state, descriptor ?? (operator === '>&' ? 1 : 0), literal(value) ?? '');
    return;
  }
  const ways = values.map(value => {
    const way = values.length === 1 ? state : copyState(state);
    if (values.length > 1) way.certain = false;
    openPath({ ...cx, state: way }, redirect, redirect.target as Range, value, command);
    return way;
  });
  if (ways.length > 1) joinStates(state, ways);
  setStream(state, operator, descriptor, values, cx);
}

function openPath(cx: Expansion, redirect: Redirect, at: Range, value: Value, command: number | null): void {
  const path = pathOf(value, cx.state.cwd);
  const { operator } = redirect;
  if (operator.startsWith('<')) {
    noteRead(cx.run, cx.state, { at, path, how: 'stdin', command });
    if (operator === '<>') noteWrite(cx.run, cx.state, { at, path, how: 'append', command, sure: true });
    return;
  }
  const how = operator.endsWith('>>') ? 'append' : 'redirect';
  noteWrite(cx.run, cx.state, { at, path, how, command, sure: true });
}

function setStream(
  state: State,
  operator: string,
  descriptor: number | null,
  values: readonly Value[],
  cx: Expansion,
): void {
  if (operator.startsWith('<')) {
    if ((descriptor ?? 0) === 0) state.stdin = 'file';
    return;
  }
  const stream = streamOf(state, values, cx);
  const both = operator === '&>' || operator === '&>>' || (operator === '>&' && descriptor === null);
  if (both || (descriptor ?? 1) === 1) {
    state.stdout = stream;
    const [path, ...others] = values.map(value => pathOf(value, state.cwd));
    // `/dev/stdout` is the current destination itself.
    if (path === undefined || !isDevice(path)) state.stdoutTo = others.length > 0 ? null : (path ?? null);
  }
  if (both || descriptor === 2) state.stderr = stream;
}

function streamOf(state: State, values: readonly Value[], cx: Expansion): Stream {
  const paths = values.map(value => pathOf(value, state.cwd));
  const [path] = paths;
  if (path === undefined || !isDevice(path)) return 'file';
  if (path.rest === 'dev/stdout' || path.rest === 'dev/fd/1') return cx.state.stdout;
  if (path.rest === 'dev/stderr' || path.rest === 'dev/fd/2') return cx.state.stderr;
  return path.rest === 'dev/null' ? 'discarded' : 'log';
}

function duplicate(streams: Streams, descriptor: number, source: string): void {
  const from: Stream | null = source === '1' ? streams.stdout : source === '2' ? streams.stderr : null;
  if (source === '-') {
    if (descriptor === 1) streams.stdout = 'discarded';
    if (descriptor === 2) streams.stderr = 'discarded';
    return;
  }
  // The destination of a descriptor that the script opened itself is not tracked.
  if (descriptor === 1) {
    streams.stdout = from ?? 'file';
    if (source !== '1') streams.stdoutTo = null;
  }
  if (descriptor === 2) streams.stderr = from ?? 'file';
}

/** Records the paths in a text that is written to a file, as opposed to being opened. */
export function noteText(cx: Expansion, at: Range, value: Value, command: number | null): void {
  const { directories } = cx.run.options;
  if (!variablesIn(value).some(name => directories.includes(name))) return;
  for (const [index, part] of value.entries()) {
    if (part.kind !== 'variable' || !directories.includes(part.name)) continue;
    const next = value[index + 1];
    const rest = next?.kind === 'text' ? (/^\/[^\s"'`,;:)}\]]*/.exec(next.text)?.[0] ?? '') : '';
    const after = next?.kind === 'text' && rest === next.text ? value.slice(index + 2) : [];
    const path = pathOf(
      [part, ...(rest === '' ? [] : [{ kind: 'text' as const, text: rest }]), ...after],
      cx.state.cwd,
    );
    noteRead(cx.run, cx.state, { at, path, how: 'text', command });
  }
}
