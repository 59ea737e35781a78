/**
 * Follows simple commands: expands assignments, words and redirections, and then runs a function, a builtin, a
 * wrapper that starts another command, or a program.
 */

import { BUILTINS } from '../programs/names.ts';
import { unwrap } from '../programs/wrappers.ts';
import type { FunctionStatement, Range, SimpleStatement } from '../syntax.ts';
import { assign, noteEnvironment } from './flow-assign.ts';
import { runBuiltin } from './flow-builtins.ts';
import type { Argument, CommandFact, Field } from './flow-facts.ts';
import { runProgram } from './flow-programs.ts';
import { openRedirects } from './flow-redirects.ts';
import { noteOpaque, type Run } from './flow-run.ts';
import { copyState, isCertain, joinStates, putVariable, streamsOf } from './flow-state.ts';
import { variableIn } from './flow-variables.ts';
import { type Expansion, expandFields, type PossibleField } from './flow-words.ts';
import { EMPTY, literal, show, type Value, variablesIn } from './values.ts';

type Call = (cx: Expansion, statement: FunctionStatement, args: readonly Value[] | null) => void;

interface Started {
  readonly cx: Expansion;
  readonly words: readonly Field[];
  readonly at: Range;
  readonly through: string | null;
  readonly call: Call;
}

/** The most combinations of possible words that are followed separately. */
const MAX_WAYS = 8;

export function followSimple(cx: Expansion, statement: SimpleStatement, call: Call): void {
  const { state } = cx;
  const fields = statement.words.flatMap(word => expandFields(cx, word));
  if (fields.length === 0) {
    for (const assignment of statement.assignments) assign(cx, assignment, false);
    const streams = streamsOf(state);
    openRedirects(cx, statement.redirects, null);
    Object.assign(state, streams);
    return;
  }
  const putBack = prefixed(cx, statement);
  const streams = streamsOf(state);
  const index = cx.run.commands.length;
  const isExec = literal(fields[0]?.values[0] ?? []) === 'exec' && fields.length === 1;
  openRedirects(cx, statement.redirects, index);
  const ways = waysOf(fields);
  const [only] = ways;
  if (ways.length === 1 && only) start({ cx, words: only, at: statement, through: null, call });
  else {
    const states = ways.map(words => {
      const way = copyState(state);
      way.certain = false;
      start({ cx: { ...cx, state: way }, words, at: statement, through: null, call });
      return way;
    });
    joinStates(state, states);
  }
  if (!isExec) Object.assign(state, streams);
  putBack();
}

/** Sets the variables of `a=1 cmd`, and returns a function that restores them after the command. */
function prefixed(cx: Expansion, statement: SimpleStatement): () => void {
  const before = statement.assignments.map(
    ({ name }) => [name, variableIn(cx.state.variables, name)] as const,
  );
  const { setsPath } = cx.run;
  for (const assignment of statement.assignments) {
    for (const value of assign(cx, assignment, true))
      noteEnvironment(cx, assignment, value, cx.run.commands.length);
  }
  cx.run.setsPath ||= setsPath;
  return () => {
    for (const [name, variable] of before) putVariable(cx.state, name, variable);
  };
}

function waysOf(fields: readonly PossibleField[]): Field[][] {
  if (fields.every(field => field.values.length === 1))
    return [fields.map(({ values, many, start, end }) => ({ start, end, value: values[0] ?? EMPTY, many }))];
  let ways: Field[][] = [[]];
  for (const { values, many, start, end } of fields) {
    ways = ways.flatMap(way => values.map(value => [...way, { start, end, value, many }]));
    if (ways.length > MAX_WAYS) ways = ways.slice(0, MAX_WAYS);
  }
  return ways;
}

/** Starts a command with expanded words, some of which may be unknown. */
function start(started: Started): void {
  const { cx, words, at, through } = started;
  const { run, state } = cx;
  const [first, ...rest] = words;
  if (!first) return;
  const { name, lookup } = programName(first.value);
  const definition =
    name !== null && lookup === 'path' && through !== 'command' ? run.functions.get(name) : undefined;
  const kind = definition
    ? 'function'
    : name === null
      ? 'unknown'
      : lookup === 'path' && BUILTINS.has(name) && through !== 'xargs' && through !== 'env'
        ? 'builtin'
        : 'program';
  const args: Argument[] = rest.map(({ start: from, end, value }) => ({
    start: from,
    end,
    value,
    text: show(value),
    role: 'unknown',
  }));
  const fact: CommandFact = {
    index: run.commands.length,
    start: at.start,
    end: at.end,
    certain: isCertain(state),
    name,
    word: show(first.value),
    nameAt: { start: first.start, end: first.end },
    kind,
    lookup,
    arguments: args,
    through,
    stdin: state.stdin,
    stdout: state.stdout,
    stderr: state.stderr,
    stdoutTo: state.stdout === 'file' ? state.stdoutTo : null,
    reached: state.dead === null,
    checked: state.checked,
  };
  run.commands.push(fact);
  if (definition) {
    const isKnown = !rest.some(field => field.many);
    started.call(cx, definition, isKnown ? rest.map(field => field.value) : null);
    return;
  }
  if (name === null) {
    dynamic(run, first);
    return;
  }
  const inner = unwrap(name, rest);
  if (inner !== null) {
    for (const arg of args) arg.role = 'option';
    startInner(started, name, inner);
    return;
  }
  if (kind === 'builtin' && runBuiltin(cx, fact, rest)) return;
  runProgram(cx, fact, rest);
}

/** Records a command whose name is computed, and which may be anything. */
function dynamic(run: Run, word: Field): void {
  noteOpaque(run, 'dynamic-command', word);
  if (word.value.every(part => part.kind === 'hole')) run.opaqueVariables = true;
}

function startInner(started: Started, name: string, inner: ReturnType<typeof unwrap> & object): void {
  const { cx } = started;
  for (const field of inner.assignments) noteEnvironment(cx, field, field.value, cx.run.commands.length);
  if (inner.words.length === 0) return;
  const { state } = cx;
  if (inner.sure) {
    start({ ...started, words: inner.words, through: name });
    if (name === 'exec' && state.dead === null) {
      cx.run.exits.push(copyState(state));
      state.dead = 'script';
    }
    return;
  }
  const way = copyState(state);
  Object.assign(way, { certain: false, checked: false });
  start({ ...started, cx: { ...cx, state: way }, words: inner.words, through: name });
  joinStates(state, [copyState(state), way]);
}

function programName(value: Value): { name: string | null; lookup: CommandFact['lookup'] } {
  const whole = literal(value);
  if (whole !== null) {
    const isAbsolute = whole.startsWith('/');
    const name = whole.split('/').at(-1) ?? '';
    return {
      name: name === '' ? null : name,
      lookup: isAbsolute ? 'absolute' : whole.includes('/') ? 'other' : 'path',
    };
  }
  // In `${pkgs.openssl}/bin/openssl` the directory is computed, but the program is known.
  const last = value.at(-1);
  const first = value[0];
  const name = last?.kind === 'text' ? /\/bin\/([^/\s]+)$/.exec(last.text)?.[1] : undefined;
  const isHole = first?.kind === 'hole' && value.length === 2 && variablesIn(value).length === 0;
  return { name: isHole ? (name ?? null) : null, lookup: 'other' };
}
