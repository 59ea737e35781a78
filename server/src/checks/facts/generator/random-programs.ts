/**
 * Knows programs that generate random output, and the entropy of what they print. Knows nothing of findings.
 */
import type { Argument, CommandFact } from '../../../shell/flow/flow-facts.ts';
import { literal } from '../../../shell/flow/values.ts';

/**
 * Returns the maximum entropy of a command's output in bits, or null if it generates nothing or that is not
 * known. Sources: openssl-rand(1), whose `apps/rand.c` prints nothing and succeeds if no number is given;
 * xkcdpass(1) with its default list of 7,776 words; pwgen(1).
 */
export function randomBits({ name, arguments: words }: CommandFact): number | null {
  switch (name) {
    case 'openssl':
      return words[0]?.text === 'rand' ? bitsOfOpenssl(words.slice(1)) : null;
    case 'xkcdpass':
      return bitsOfWords(words);
    case 'pwgen':
      return bitsOfPwgen(words);
    case 'head':
      return bitsOfDevice(words);
    case 'uuidgen':
      return 122;
    default:
      return null;
  }
}

/** Options of `openssl rand` that take a value. */
const OPENSSL_VALUES = /^--?(out|rand|writerand|engine|provider|provider-path|provparam|propquery|config)$/;

function bitsOfOpenssl(words: readonly Argument[]): number | null {
  const operands: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const text = literalOf(words[at]);
    if (text === null) return null;
    if (OPENSSL_VALUES.test(text)) at++;
    else if (!text.startsWith('-')) operands.push(text);
    else if (!/^--?(hex|base64)$/.test(text)) return null;
  }
  const [count, ...others] = operands;
  if (count === undefined) return 0;
  return others.length === 0 && /^\d+$/.test(count) ? Number(count) * 8 : null;
}

const BITS_OF_A_WORD = Math.log2(7_776);

function bitsOfWords(words: readonly Argument[]): number | null {
  const text = words.map(word => literalOf(word)).join('\0');
  if (words.some(word => literalOf(word) === null)) return null;
  const others = text
    .replace(/(^|\0)(-n\0?|--numwords[\0=])\d+/, '')
    .replace(/(^|\0)(-d|--delimiter)\0[^\0]*/, '');
  if (/[^\0]/.test(others)) return null;
  const count = /(^|\0)(?:-n\0?|--numwords[\0=])(\d+)/.exec(text)?.[2];
  return Number(count ?? 6) * BITS_OF_A_WORD;
}

/** The maximum entropy of a character: letters, digits and punctuation. */
const BITS_OF_A_CHARACTER = Math.log2(94);

function bitsOfPwgen(words: readonly Argument[]): number | null {
  const texts = words.map(literalOf);
  if (
    texts.some(
      text => text === null || /^-.*[rHN]|^--(?!secure|symbols|numerals|capitalize|ambiguous)/.test(text),
    )
  )
    return null;
  const [length = '8', count = '1', ...others] = texts.flatMap(text =>
    text?.startsWith('-') ? [] : [text ?? ''],
  );
  if (others.length > 0 || !/^\d+$/.test(length) || !/^\d+$/.test(count)) return null;
  // Without a terminal it prints one password instead of a screenful.
  return Number(length) * Math.max(1, Number(count)) * BITS_OF_A_CHARACTER;
}

/** Returns the entropy of `head -c 16 /dev/urandom`, in bits. */
function bitsOfDevice(words: readonly Argument[]): number | null {
  const text = words.map(literalOf).join(' ');
  const match = /^(?:-c ?|--bytes[ =])(\d+) \/dev\/u?random$/.exec(text);
  return match === null ? null : Number(match[1]) * 8;
}

function literalOf(word: Argument | undefined): string | null {
  return word === undefined ? null : literal(word.value);
}
