/**
 * Bash's builtins, as far as they change what comes after: `cd`, `exit`, `read`, `set`, `shift`, …
 */
import type { CommandFact, Field } from './flow-facts.ts';
import { noteText } from './flow-redirects.ts';
import { noteOpaque } from './flow-run.ts';
import { copyState } from './flow-state.ts';
import { testValues } from './flow-test.ts';
import { type Expansion, setVariable } from './flow-words.ts';
import { concat, isUncertain, literal, text, unknownFrom, type Value, variablesIn } from './values.ts';

/** @returns false if it is no builtin that is followed here */
export function runBuiltin(cx: Expansion, fact: CommandFact, words: readonly Field[]): boolean {
  const { run, state } = cx;
  const texts = words.map(word => literal(word.value));
  switch (fact.name) {
    case 'cd':
    case 'pushd':
      changeDirectory(cx, words);
      break;
    case 'popd':
      state.cwd = unknownFrom(run.options.directories);
      break;
    case 'exit':
      leave(cx, texts[0] ?? (words.length === 0 ? '' : null));
      break;
    case 'return':
      if (texts[0] !== undefined && texts[0] !== null && Number(texts[0]) > 0 && state.checked)
        state.dead = 'failed';
      else {
        run.returns.push(copyState(state));
        state.dead = 'function';
      }
      break;
    case 'break':
    case 'continue':
      run.breaks.push(copyState(state));
      state.dead = 'loop';
      break;
    case 'false':
      if (state.checked) state.dead = 'failed';
      break;
    case 'set':
      setOptions(cx, fact, words, texts);
      break;
    case 'shift':
      state.positional = state.positional?.slice(Number(texts[0] ?? 1)) ?? null;
      break;
    case 'read':
      for (const name of namesOf(words, 'adinNptu')) setUnknown(cx, name);
      if (namesOf(words, 'adinNptu').length === 0) setUnknownName(cx, 'REPLY', fact);
      break;
    case 'mapfile':
    case 'readarray':
      for (const name of namesOf(words, 'dnOsuCc')) setUnknown(cx, name);
      break;
    case 'getopts':
      for (const word of words.slice(1, 2)) setUnknown(cx, word);
      break;
    case 'printf':
      return printVariable(cx, words, texts);
    case 'eval':
      noteOpaque(run, 'eval', fact);
      break;
    case 'source':
    case '.':
      noteOpaque(run, 'source', fact);
      break;
    case 'trap':
      if (words[0] && mentions(cx, words[0].value)) noteOpaque(run, 'eval', fact);
      break;
    case 'test':
    case '[':
      testValues(
        cx,
        words.map(word => ({ at: word, values: [word.value] })),
        fact.index,
      );
      break;
    case 'command':
    case 'type':
    case 'hash':
      for (const text of texts) if (text !== null && !text.startsWith('-')) run.probed.add(text);
      break;
    case 'let':
      for (const word of words) setUnknownIn(cx, word);
      break;
    case 'echo':
      for (const [index, word] of words.entries()) {
        const argument = fact.arguments[index];
        if (argument) argument.role = 'text';
        noteText(cx, word, word.value, fact.index);
      }
      break;
    default:
      break;
  }
  return true;
}

/** Does text that is run later name a directory that matters? */
function mentions(cx: Expansion, value: Value): boolean {
  const { directories } = cx.run.options;
  if (variablesIn(value).some(name => directories.includes(name)) || isUncertain(value)) return true;
  const whole = literal(value) ?? '';
  return directories.some(name => new RegExp(`\\$\\{?${name}\\b`).test(whole));
}

function changeDirectory(cx: Expansion, words: readonly Field[]): void {
  const { state } = cx;
  const operands = words.filter(
    word => !/^-[LPe@]*$/.test(literal(word.value) ?? '') || literal(word.value) === '-',
  );
  const [word] = operands;
  if (word === undefined) state.cwd = [{ kind: 'variable', name: 'HOME' }];
  else if (literal(word.value) === '-' || word.many) state.cwd = unknownFrom(cx.run.options.directories);
  else {
    const [first] = word.value;
    const relative = first?.kind === 'text' && !first.text.startsWith('/');
    state.cwd = relative ? concat(state.cwd, text('/'), word.value) : word.value;
  }
}

function leave(cx: Expansion, status: string | null): void {
  const { state, run } = cx;
  if (status !== null && status !== '' && status !== '0') state.dead = 'failed';
  else {
    run.exits.push(copyState(state));
    state.dead = 'script';
  }
}

const LETTERS: Readonly<Record<string, string>> = {
  x: 'xtrace',
  e: 'errexit',
  u: 'nounset',
  v: 'verbose',
  f: 'noglob',
  n: 'noexec',
  a: 'allexport',
};

function setOptions(
  cx: Expansion,
  fact: CommandFact,
  words: readonly Field[],
  texts: readonly (string | null)[],
): void {
  const { run, state } = cx;
  for (let at = 0; at < words.length; at++) {
    const word = texts[at];
    if (word === '--' || word === null || word === undefined || !/^[-+][A-Za-z]+$/.test(word)) {
      const rest = words.slice(word === '--' ? at + 1 : at);
      state.positional = rest.some(field => field.many) ? null : rest.map(field => field.value);
      return;
    }
    const on = word.startsWith('-');
    for (const letter of word.slice(1)) {
      const name = letter === 'o' ? texts[++at] : LETTERS[letter];
      if (!name) continue;
      run.shellOptions.push({ start: fact.start, end: fact.end, certain: fact.certain, name, on });
      if (name === 'errexit') {
        state.errexit = on;
        state.checked = on;
      }
      if (name === 'pipefail') state.pipefail = on;
    }
  }
}

/** The words that are names: after options, of which the letters of `withValue` take the next word. */
function namesOf(words: readonly Field[], withValue: string): Field[] {
  const names: Field[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as Field;
    const value = literal(word.value) ?? '';
    const option = /^-([A-Za-z]+)$/.exec(value)?.[1];
    if (option === undefined) names.push(word);
    else if (option.endsWith('a') && withValue.includes('a')) names.push(...words.slice(++at, at + 1));
    else if (withValue.includes(option.at(-1) ?? '')) at++;
  }
  return names;
}

function setUnknown(cx: Expansion, word: Field): void {
  const name = literal(word.value);
  if (name === null || !/^\w+$/.test(name)) cx.run.opaqueVariables = true;
  else setUnknownName(cx, name, word);
}

function setUnknownName(cx: Expansion, name: string, at: { start: number; end: number }): void {
  setVariable(cx, name, [unknownFrom(cx.run.options.directories)], at, at);
}

function setUnknownIn(cx: Expansion, word: Field): void {
  for (const name of (literal(word.value) ?? '').match(/[A-Za-z_]\w*/g) ?? []) setUnknownName(cx, name, word);
}

/** `printf -v a …`; without `-v` it is a program like others. */
function printVariable(cx: Expansion, words: readonly Field[], texts: readonly (string | null)[]): boolean {
  const [, name] = words;
  if (texts[0] !== '-v' || !name) return false;
  setUnknown(cx, name);
  return true;
}
