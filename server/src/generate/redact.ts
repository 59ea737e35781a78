/**
 * Output of a script that can be shown: without the secrets that are known. A script may print what it was given or has
 * made; what it derives from that and never stores cannot be recognised, so output is shown of failures only.
 */

/** In bytes. Shorter ones would be found everywhere; where one of them may be, nothing is shown. */
export const MIN_LENGTH = 4;

const MARK = '[secret]';

/**
 * @param secrets whole values; their lines count by themselves
 * @returns null where something of a secret that is too short to be told apart may be in it
 */
export function redacted(output: string, secrets: Iterable<Uint8Array>): string | null {
  const texts = new Set<string>();
  for (const secret of secrets) {
    const whole = Buffer.from(secret).toString('utf8').trim();
    for (const text of [whole, ...whole.split(/\r?\n/).map(line => line.trim())])
      if (text !== '') texts.add(text);
  }
  // The longest first: one secret may be the beginning of another.
  const known = [...texts].sort((a, b) => b.length - a.length);
  let shown = output;
  for (const text of known) {
    if (text.length < MIN_LENGTH) {
      if (shown.includes(text)) return null;
    } else shown = shown.replaceAll(text, MARK);
  }
  return shown;
}
