/** Follows Bash's builtins as far as they affect later commands: `cd`, `exit`, `read`, `set`, `shift`, … */
import type { CommandFact, Field } from './flow-facts.ts';
import { noteText } from './flow-redirects.ts';
import { noteOpaque } from './flow-run.ts';
import { copyState } from './flow-state.ts';
import { testValues } from './flow-test.ts';
import { type Expansion, setVariable } from './flow-words.ts';
import { concat, isUncertain, literal, text, unknownFrom, type Value, variablesIn } from './values.ts';

/** A call of a builtin. */
interface BuiltinCall {
  readonly cx: Expansion;
  readonly fact: CommandFact;
  /** The arguments of the call. */
  readonly words: readonly Field[];
  /** The texts of the arguments, with `null` for unknown ones. */
  readonly texts: readonly (string | null)[];
}

/**
 * Follows a builtin; one without an effect on later commands does nothing.
 * @returns false if it has to be followed as a program, as a `printf` that prints
 */
export function runBuiltin(cx: Expansion, fact: CommandFact, words: readonly Field[]): boolean {
  const texts = words.map(word => literal(word.value));
  // `printf -v a …` sets a variable.
  if (fact.name === 'printf' && (texts[0] !== '-v' || words[1] === undefined)) return false;
  EFFECTS.get(fact.name ?? '')?.({ cx, fact, words, texts });
  return true;
}

const EFFECTS: ReadonlyMap<string, (call: BuiltinCall) => void> = new Map([
  ['cd', changeDirectory],
  ['pushd', changeDirectory],
  ['popd', leaveDirectory],
  ['exit', leaveScript],
  ['return', leaveFunction],
  ['break', leaveLoop],
  ['continue', leaveLoop],
  ['false', fail],
  ['set', setOptions],
  ['shift', shiftPositional],
  ['read', readLine],
  ['mapfile', call => setUnknowns(call, 'dnOsuCc')],
  ['readarray', call => setUnknowns(call, 'dnOsuCc')],
  ['getopts', setSecond],
  ['printf', setSecond],
  ['eval', call => noteOpaque(call.cx.run, 'eval', call.fact)],
  ['source', call => noteOpaque(call.cx.run, 'source', call.fact)],
  ['.', call => noteOpaque(call.cx.run, 'source', call.fact)],
  ['trap', setTrap],
  ['test', testFiles],
  ['[', testFiles],
  ['command', probe],
  ['type', probe],
  ['hash', probe],
  ['let', calculate],
  ['echo', echo],
]);

/** Returns whether text that is run later mentions one of the watched directories. */
function mentions(cx: Expansion, value: Value): boolean {
  const { directories } = cx.run.options;
  if (variablesIn(value).some(name => directories.includes(name)) || isUncertain(value)) return true;
  const whole = literal(value) ?? '';
  return directories.some(name => new RegExp(`\\$\\{?${name}\\b`).test(whole));
}

function changeDirectory({ cx, words }: BuiltinCall): void {
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

function leaveDirectory({ cx: { run, state } }: BuiltinCall): void {
  state.cwd = unknownFrom(run.options.directories);
}

function leaveScript({ cx, words, texts }: BuiltinCall): void {
  const { state, run } = cx;
  const status = texts[0] ?? (words.length === 0 ? '' : null);
  if (status !== null && status !== '' && status !== '0') state.dead = 'failed';
  else {
    run.exits.push(copyState(state));
    state.dead = 'script';
  }
}

function leaveFunction({ cx, texts }: BuiltinCall): void {
  const { state, run } = cx;
  if (Number(texts[0] ?? 0) > 0 && state.checked) state.dead = 'failed';
  else {
    run.returns.push(copyState(state));
    state.dead = 'function';
  }
}

function leaveLoop({ cx: { run, state } }: BuiltinCall): void {
  run.breaks.push(copyState(state));
  state.dead = 'loop';
}

function fail({ cx: { state } }: BuiltinCall): void {
  if (state.checked) state.dead = 'failed';
}

function shiftPositional({ cx: { state }, texts }: BuiltinCall): void {
  state.positional = state.positional?.slice(Number(texts[0] ?? 1)) ?? null;
}

/** Follows `read`, which sets `REPLY` if no name is given. */
function readLine({ cx, fact, words }: BuiltinCall): void {
  const names = namesOf(words, 'adinNptu');
  for (const name of names) setUnknown(cx, name);
  if (names.length === 0) setUnknownName(cx, 'REPLY', fact);
}

function setTrap({ cx, fact, words }: BuiltinCall): void {
  if (words[0] && mentions(cx, words[0].value)) noteOpaque(cx.run, 'eval', fact);
}

function testFiles({ cx, fact, words }: BuiltinCall): void {
  testValues(
    cx,
    words.map(word => ({ at: word, values: [word.value] })),
    fact.index,
  );
}

/** Records the programs whose existence the script checks. */
function probe({ cx, texts }: BuiltinCall): void {
  for (const name of texts) if (name !== null && !name.startsWith('-')) cx.run.probed.add(name);
}

function echo({ cx, fact, words }: BuiltinCall): void {
  for (const [index, word] of words.entries()) {
    const argument = fact.arguments[index];
    if (argument) argument.role = 'text';
    noteText(cx, word, word.value, fact.index);
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

function setOptions({ cx, fact, words, texts }: BuiltinCall): void {
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

/**
 * Returns the words that are variable names: those after the options. Option letters in `withValue` take the next
 * word.
 */
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

function setUnknowns({ cx, words }: BuiltinCall, withValue: string): void {
  for (const name of namesOf(words, withValue)) setUnknown(cx, name);
}

/** Follows `getopts letters name` and `printf -v name`. */
function setSecond({ cx, words: [, name] }: BuiltinCall): void {
  if (name !== undefined) setUnknown(cx, name);
}

function setUnknown(cx: Expansion, word: Field): void {
  const name = literal(word.value);
  if (name === null || !/^\w+$/.test(name)) cx.run.opaqueVariables = true;
  else setUnknownName(cx, name, word);
}

function setUnknownName(cx: Expansion, name: string, at: { start: number; end: number }): void {
  const { start, end } = at;
  setVariable(cx, { name, nameAt: at, start, end }, [unknownFrom(cx.run.options.directories)]);
}

/** Follows `let`, which may set every name in its expressions. */
function calculate({ cx, words }: BuiltinCall): void {
  for (const word of words)
    for (const name of (literal(word.value) ?? '').match(/[A-Za-z_]\w*/g) ?? [])
      setUnknownName(cx, name, word);
}
