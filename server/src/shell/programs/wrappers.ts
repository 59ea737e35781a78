/** Recognises commands that start another command: `env`, `exec`, `sudo`, `timeout`, `xargs`, … */
import type { Field } from '../flow/flow-facts.ts';
import { concat, literal, text, unknownFrom, type Value } from '../flow/values.ts';
import data from './data/wrappers.json' with { type: 'json' };

interface Wrapper {
  /** Options that take the next word: letters for `-x`, names for `--x`. */
  readonly withValue: readonly string[];
  /** The number of operands before the command. */
  readonly operands: number;
  /** False if the command may not run, or may run more than once. */
  readonly sure: boolean;
  readonly assignments?: boolean;
}

const PLAIN: Wrapper = { withValue: [], operands: 0, sure: true };

const WRAPPERS: ReadonlyMap<string, Wrapper> = new Map(
  Object.entries(data.wrappers as Readonly<Record<string, Partial<Wrapper>>>).map(([name, wrapper]) => [
    name,
    { ...PLAIN, ...wrapper },
  ]),
);

export interface Wrapped {
  readonly words: readonly Field[];
  readonly assignments: readonly Field[];
  readonly sure: boolean;
}

/** Returns the command that a command starts, or `null` if it starts none. */
export function unwrap(name: string, words: readonly Field[]): Wrapped | null {
  const wrapper = WRAPPERS.get(name);
  if (wrapper === undefined) return null;
  // `command -v x` only checks whether the command exists.
  if (name === 'command' && /^-\w*[vV]/.test(literal(words[0]?.value ?? []) ?? '')) return null;
  const assignments: Field[] = [];
  let { operands } = wrapper;
  let replacement: string | null = null;
  let at = 0;
  for (; at < words.length; at++) {
    const value = literal(words[at]?.value ?? []);
    const shown = value ?? leadingText(words[at]?.value ?? []);
    if (shown === '--') {
      at++;
      break;
    }
    if (shown.startsWith('-') && shown.length > 1) {
      const takes = takesValue(wrapper, shown);
      if (name === 'xargs' && /^-I/.test(shown)) {
        replacement = shown.length > 2 ? shown.slice(2) : literal(words[at + 1]?.value ?? []);
      }
      if (takes) at++;
      continue;
    }
    if (wrapper.assignments && /^[A-Za-z_]\w*=/.test(shown)) {
      assignments.push(words[at] as Field);
      continue;
    }
    if (operands-- > 0) continue;
    break;
  }
  const rest = words.slice(at);
  if (name === 'xargs' && rest.length > 0)
    return { words: fromInput(rest, replacement), assignments, sure: false };
  return { words: rest, assignments, sure: wrapper.sure };
}

function leadingText(value: Value): string {
  const [first] = value;
  return first?.kind === 'text' ? first.text : '';
}

/** Returns whether an option takes the next word. `-n5` and `--x=y` already contain their value. */
function takesValue(wrapper: Wrapper, option: string): boolean {
  if (option.startsWith('--')) return !option.includes('=') && wrapper.withValue.includes(option.slice(2));
  for (let at = 1; at < option.length; at++) {
    if (wrapper.withValue.includes(option.charAt(at))) return at === option.length - 1;
  }
  return false;
}

/** Adds the words that `xargs` appends to the command or inserts for `{}`, with unknown values. */
function fromInput(words: readonly Field[], replacement: string | null): Field[] {
  if (replacement === null) {
    const last = words[words.length - 1] as Field;
    return [...words, { start: last.start, end: last.end, value: unknownFrom([]), many: true }];
  }
  return words.map(word => ({ ...word, value: replaced(word.value, replacement) }));
}

function replaced(value: Value, replacement: string): Value {
  return concat(
    ...value.flatMap(part => {
      if (part.kind !== 'text' || replacement === '') return [[part]];
      const pieces = part.text.split(replacement);
      return pieces.flatMap((piece, index) => (index === 0 ? [text(piece)] : [unknownFrom([]), text(piece)]));
    }),
  );
}
