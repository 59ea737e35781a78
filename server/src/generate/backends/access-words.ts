/** Describes gains and losses of access in words, for people and commit messages. */
import { type AccessChange, type Reader, type ReaderLink, readerId } from '../../store/readers.ts';

/** The number of secrets that a sentence names; the others are counted. */
const NAMED = 12;

/** Describes a reader: "user mallory (age1qxy0…k2f9ab)". */
export function readerText({ kind, name, key }: Pick<Reader, 'kind' | 'name' | 'key'>): string {
  const shown = key === null ? 'no key yet' : shortKey(key);
  if (kind === 'unknown') return `key ${shown}, which belongs to no one here,`;
  return kind === 'admin' ? `admin key ${shown}` : `${kind} ${inLine(name)} (${shown})`;
}

/** Returns the beginning and the end of a public key, enough to identify it. */
export function shortKey(key: string): string {
  const line = inLine(key);
  return line.length > 24 ? `${line.slice(0, 12)}…${line.slice(-6)}` : line;
}

/**
 * Describes the link that gives access: "through group ops". Empty for a link of the reader's own name, which
 * adds nothing.
 */
export function viaText({ kind, name, via }: Reader): string {
  if (via.some(link => link.kind === kind && link.name === name)) return '';
  return via.map(linkText).join(' and ');
}

function linkText({ kind, name }: ReaderLink): string {
  return kind === 'setting' ? `by ${inLine(name)}` : `through ${kind} ${inLine(name)}`;
}

/**
 * Returns a sentence without full stop for each reader that gains or loses access: "user mallory (age1…) gains
 * access to shared/ca/key, through group ops".
 */
export function accessSentences(changes: readonly AccessChange[]): string[] {
  const groups = new Map<
    string,
    { readonly start: string; readonly end: string; readonly secrets: string[] }
  >();
  const note = (verb: string, reader: Reader, { place }: AccessChange) => {
    const via = viaText(reader);
    const id = `${verb}\0${readerId(reader)}\0${via}`;
    const start = `${readerText(reader)} ${verb} access to`;
    const group = groups.get(id) ?? { start, end: via === '' ? '' : `, ${via}`, secrets: [] };
    group.secrets.push(inLine(`${place.key}/${place.file}`));
    groups.set(id, group);
  };
  for (const change of changes) {
    for (const gain of change.gained) note('gains', gain, change);
    for (const reader of change.lost) note('loses', reader, change);
  }
  return [...groups.values()].map(({ start, end, secrets }) => `${start} ${secretsText(secrets)}${end}`);
}

/** Like `accessSentences` for changes to stored secrets; access to new secrets is summarised. */
export function accessSummary(changes: readonly AccessChange[]): string[] {
  const lines = accessSentences(changes.filter(change => !change.isNew));
  const fresh = changes.filter(change => change.isNew);
  if (fresh.length === 0) return lines;
  const readers = new Map<string, { readonly text: string; count: number; readonly first: string }>();
  for (const { place, gained } of fresh)
    for (const gain of gained) {
      const id = readerId(gain);
      const entry = readers.get(id) ?? {
        ...{ text: readerText(gain), count: 0 },
        first: inLine(`${place.key}/${place.file}`),
      };
      entry.count++;
      readers.set(id, entry);
    }
  for (const { text, count, first } of readers.values())
    lines.push(`${text} gains access to ${count === 1 ? `${first}, which is new` : `${count} new secrets`}`);
  return lines;
}

/** Returns the body of a commit message about access; empty if no access changes. */
export function accessMessage(changes: readonly (AccessChange | null)[]): string {
  const groups = new Map<string, string[]>();
  for (const change of changes) {
    if (change === null || change.gained.length + change.lost.length === 0) continue;
    const lines = [
      ...change.gained.map(reader => `+ ${withVia(reader)}`),
      ...change.lost.map(reader => `- ${withVia(reader)}`),
    ].join('\n');
    groups.set(lines, [...(groups.get(lines) ?? []), inLine(`${change.place.key}/${change.place.file}`)]);
  }
  return [...groups].map(([lines, secrets]) => `\n\nAccess to ${secrets.join(', ')}:\n${lines}`).join('');
}

function withVia(reader: Reader): string {
  const via = viaText(reader);
  return `${readerText(reader).replace(/,$/, '')}${via === '' ? '' : `, ${via}`}`;
}

function secretsText(secrets: readonly string[]): string {
  if (secrets.length <= NAMED) return secrets.join(', ');
  return `${secrets.slice(0, NAMED - 1).join(', ')} and ${secrets.length - NAMED + 1} more`;
}

/**
 * Returns a name on a single line, without characters that break the line or change the direction of writing.
 */
export function inLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd');
}
