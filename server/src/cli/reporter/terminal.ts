/**
 * Asks on a terminal: a line, a hidden line that is typed twice, or several lines, hidden or not. The input is only
 * given to the caller.
 * The keys are those of clan's own prompts (clan-core d7c35d912, clan_lib/vars/prompt.py).
 */
import { StringDecoder } from 'node:string_decoder';
import { Cancelled } from '../../generate/run-failure.ts';
import { type Input, type Output, printable } from '../io.ts';

export interface Terminal {
  readonly input: Input;
  readonly output: Output;
  /** A request to stop that is not typed, such as a system shutdown. */
  readonly signal: AbortSignal;
}

export interface Asked {
  /** The label of the prompt, without a colon. */
  readonly label: string;
  readonly hidden: boolean;
  readonly multiline: boolean;
  /** The existing value: shown for editing, or kept by Enter if input is hidden. */
  readonly previous: string | null;
}

const ATTEMPTS = 3;

/**
 * Asks for a value.
 * @throws Cancelled; Error after three confirmations that do not match
 */
export async function askFor(terminal: Terminal, asked: Asked): Promise<string> {
  const { output } = terminal;
  const label = printable(asked.label);
  const hint = asked.multiline ? ' (Ctrl-D ends it)' : '';
  if (!asked.hidden) {
    const text = `${label}${hint}: ${asked.multiline ? '\n' : ''}`;
    return typed(terminal, text, asked, asked.previous ?? '');
  }
  const kept =
    asked.previous === null
      ? ''
      : asked.multiline
        ? ' (Ctrl-D keeps the old one)'
        : ' (Enter keeps the old one)';
  for (let left = ATTEMPTS - 1; left >= 0; left--) {
    const value = await typed(terminal, `${label} (hidden)${kept || hint}: `, asked, '');
    output.write('\n');
    if (value === '' && asked.previous !== null) return asked.previous;
    const again = await typed(terminal, `Confirm ${label} (hidden)${hint}: `, asked, '');
    output.write('\n');
    if (value === again) return value;
    if (left > 0) output.write(`The values do not match. ${left} attempt${left === 1 ? '' : 's'} left.\n`);
  }
  throw new Error(`${asked.label} was not confirmed in ${ATTEMPTS} attempts.`);
}

/**
 * Asks a yes-or-no question.
 * @throws Cancelled
 */
export async function confirm(terminal: Terminal, question: string): Promise<boolean> {
  const answer = await typed(terminal, `${question} [y/N] `, { hidden: false, multiline: false }, '');
  return /^y(es)?$/i.test(answer.trim());
}

const ENTER = /[\r\n]/;
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const CTRL_U = '\u0015';
const BACKSPACE = new Set(['\u0008', '\u007f']);

function typed(
  { input, output, signal }: Terminal,
  label: string,
  { hidden, multiline }: Pick<Asked, 'hidden' | 'multiline'>,
  start: string,
): Promise<string> {
  const decoder = new StringDecoder('utf8');
  const characters = [...start];
  const show = (text: string) => {
    if (!hidden) output.write(text);
  };
  function back(): void {
    const gone = characters.pop();
    if (gone === undefined) return;
    if (gone !== '\n') {
      show('\b \b');
      return;
    }
    // Moves to the end of the previous line.
    const line = characters.slice(characters.lastIndexOf('\n') + 1);
    show(`\u001b[A\r${line.length > 0 ? `\u001b[${line.length}C` : ''}`);
  }

  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Cancelled());
    let pending = '';
    const leave = () => end(() => reject(new Cancelled()));
    signal.addEventListener('abort', leave, { once: true });
    const stop = input.keys(bytes => {
      for (const key of decoder.write(Buffer.from(bytes))) if (take(key)) return;
    });
    // Written only now, when the terminal no longer echoes what is typed.
    output.write(label);
    show(start);
    function end(settle: () => void): true {
      stop();
      signal.removeEventListener('abort', leave);
      if (!hidden) output.write('\n');
      settle();
      return true;
    }
    /** Handles a key. Returns true at the end of the input. */
    function take(key: string): boolean {
      if (pending !== '') {
        // Arrow keys and the like: ESC [ … letter.
        pending =
          pending === '\u001b'
            ? key === '[' || key === 'O'
              ? pending + key
              : ''
            : /[@-~]/.test(key)
              ? ''
              : pending;
        return false;
      }
      if (key === '\u001b') pending = key;
      else if (key === CTRL_C) return leave();
      else if (key === CTRL_D) {
        if (multiline) return end(() => resolve(characters.join('')));
        if (characters.length === 0) return end(() => reject(new Cancelled()));
      } else if (ENTER.test(key)) {
        if (!multiline) return end(() => resolve(characters.join('')));
        characters.push('\n');
        show('\r\n');
      } else if (BACKSPACE.has(key)) back();
      else if (key === CTRL_U) {
        while (characters.length > 0 && characters.at(-1) !== '\n') back();
      } else if (key >= ' ' || key === '\t') {
        characters.push(key);
        show(key);
      }
      return false;
    }
  });
}
