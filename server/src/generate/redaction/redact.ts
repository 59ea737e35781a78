/**
 * Removes known secrets from a script's output, in every form in which they may appear. A script may print its
 * inputs and outputs as they are, quoted, encoded or in part; values derived in other ways and never stored
 * cannot be recognised, so output is shown for failures only.
 */

import { FRAME, formsOf } from './forms.ts';
import { findTexts, indexGrams } from './substring-index.ts';
import { folded, isContinued, type Views, viewsOf, withoutQuotes } from './views.ts';

/** In bytes. Shorter secrets would match everywhere; if one may be present, nothing is shown. */
export const MIN_LENGTH = 4;

/** In bytes. Any part of a secret this long is hidden. */
const RUN = 8;

/** In bytes. Longer output is cut at the beginning. */
export const MOST_SHOWN = 64 * 1024;

const MARK = '[secret]';

/**
 * Removes secrets from an output.
 *
 * @param output only its end is shown if it is long @param secrets whole values; their lines count individually
 * @param open texts that may be seen, such as the script itself; parts of secrets in them stay @returns null if
 * the output may contain a secret too short to be recognised
 */
export function redacted(
  output: string | Uint8Array,
  secrets: Iterable<Uint8Array>,
  open: Iterable<Uint8Array> = [],
): string | null {
  return redactedText(output, secrets, open, false);
}

/** @param areSeparate true if zero bytes separate texts, and are not those of UTF-16 */
function redactedText(
  output: string | Uint8Array,
  secrets: Iterable<Uint8Array>,
  open: Iterable<Uint8Array>,
  areSeparate: boolean,
): string | null {
  const bytes = typeof output === 'string' ? Buffer.from(output, 'utf8') : Buffer.from(output);
  const text = endOf(bytes);
  const hidden = [...secrets].filter(secret => secret.length > 0);
  if (hidden.length === 0 || text.length === 0) return text.toString('utf8');
  const shown = shownOf(text, hiddenIn(text, hidden, open, areSeparate));
  return hidden.some(secret => holdsShort(shown, secret)) ? null : shown;
}

/** Removes secrets from several texts at once, none of which may contain a zero byte. */
export function redactedAll(
  texts: readonly string[],
  secrets: Iterable<Uint8Array>,
  open: Iterable<Uint8Array>,
): readonly string[] | null {
  return redactedText(texts.join('\0'), secrets, open, true)?.split('\0') ?? null;
}

/** Returns the end of the output, beginning with a whole line if possible. */
function endOf(output: Buffer): Buffer {
  if (output.length <= MOST_SHOWN) return output;
  const end = output.subarray(-MOST_SHOWN);
  return end.subarray(end.indexOf('\n') + 1);
}

/** Returns, for each byte, whether it is part of a secret. */
function hiddenIn(
  text: Buffer,
  secrets: readonly Uint8Array[],
  open: Iterable<Uint8Array>,
  areSeparate: boolean,
): Uint8Array {
  const hidden = new Uint8Array(text.length);
  const views = viewsOf(text);
  const { bytes, bounds } = views;
  const runs = indexGrams(bytes, bounds, RUN);
  for (const shown of open) for (const form of formsOf(shown)) runs.take(form, () => undefined);
  for (const secret of secrets)
    for (const part of withoutFrames(secret))
      for (const form of formsOf(part)) runs.take(form, at => hide(hidden, views, at, RUN));
  findTexts(bytes, bounds, wholeSecretsIn(secrets), (at, length) => hide(hidden, views, at, length));
  for (let at = areSeparate ? text.indexOf(0) : -1; at !== -1; at = text.indexOf(0, at + 1)) hidden[at] = 0;
  return hidden;
}

function hide(hidden: Uint8Array, { starts, ends }: Views, at: number, length: number): void {
  const [first, last] = [at, at + length - 1];
  const start = Math.min(starts[first] as number, starts[last] as number);
  hidden.fill(1, start, Math.max(ends[first] as number, ends[last] as number));
}

function withoutFrames(secret: Uint8Array): Uint8Array[] {
  const text = Buffer.from(secret).toString('latin1');
  return FRAME.test(text) ? text.split(FRAME).map(part => trimmed(Buffer.from(part, 'latin1'))) : [secret];
}

/** In bytes. Longer secrets are searched for by all of their parts. */
const LONGEST_WHOLE = 64;

/** Yields secrets and lines that are long enough to be recognised, but too short for a search by parts. */
function* wholeSecretsIn(secrets: readonly Uint8Array[]): Iterable<Uint8Array> {
  for (const secret of secrets)
    for (const piece of piecesOf(secret)) {
      if (piece.length > LONGEST_WHOLE || FRAME.test(piece.toString('latin1'))) continue;
      for (const form of [folded(piece), withoutQuotes(piece)]) if (form.length >= MIN_LENGTH) yield form;
    }
}

/** Yields the secret and its lines, without surrounding white space. */
function* piecesOf(secret: Uint8Array): Iterable<Buffer> {
  const bytes = trimmed(Buffer.from(secret.buffer, secret.byteOffset, secret.length));
  yield bytes;
  for (let from = 0, end = bytes.indexOf('\n'); from < bytes.length; end = bytes.indexOf('\n', from)) {
    const to = end === -1 ? bytes.length : end;
    if (from > 0 || to < bytes.length) yield trimmed(bytes.subarray(from, to));
    from = to + 1;
  }
}

function trimmed(bytes: Buffer): Buffer {
  let [from, to] = [0, bytes.length];
  while (from < to && isSpace(bytes[from])) from++;
  while (to > from && isSpace(bytes[to - 1])) to--;
  return bytes.subarray(from, to);
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
}

function holdsShort(shown: string, secret: Uint8Array): boolean {
  for (const piece of piecesOf(secret))
    if (piece.length > 0 && piece.length < MIN_LENGTH && shown.includes(piece.toString('utf8'))) return true;
  return false;
}

function shownOf(text: Buffer, hidden: Uint8Array): string {
  let shown = '';
  let from = 0;
  for (let at = hidden.indexOf(1); at !== -1; at = hidden.indexOf(1, from)) {
    let start = at;
    while (start > from && isContinued(text[start])) start--;
    shown += text.toString('utf8', from, start) + MARK;
    from = endOfRun(text, hidden, at);
  }
  return shown + text.toString('utf8', from);
}

/**
 * Returns the end of a hidden range, extended to whole characters. Ranges separated only by white space are
 * merged.
 */
function endOfRun(text: Buffer, hidden: Uint8Array, at: number): number {
  let end = at;
  for (;;) {
    while (hidden[end] === 1) end++;
    while (isContinued(text[end])) end++;
    let next = end;
    while (isSpace(text[next])) next++;
    if (hidden[next] !== 1) return end;
    end = next;
  }
}
