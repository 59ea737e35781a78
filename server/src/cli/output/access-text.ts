/**
 * Renders who can read what, and who gains and loses access, as text for people and as Markdown for pull requests.
 */
import { counted } from '../../checks/facts/wording.ts';
import { code, plain } from '../../editor/words/markdown.ts';
import type {
  AccessDifference,
  Loss,
  ReaderState,
  SecretAccess,
  SecretReader,
} from '../../generate/backends/access-matrix.ts';
import { inLine, readerText, shortKey, viaText } from '../../generate/backends/access-words.ts';
import { type Reader, readerId } from '../../store/readers.ts';
import type { Paint } from '../io.ts';

const NOTE: Readonly<Record<ReaderState, string>> = {
  now: '',
  pending: 'not yet: the next "varsmith fix" gives it',
  leaving: 'still: the next "varsmith fix" takes it away',
};

/** Notes for secrets that no generator makes, which `varsmith fix` leaves unchanged. */
const OTHER_NOTE: Readonly<Record<ReaderState, string>> = {
  now: '',
  pending: 'not yet: it is not encrypted to it',
  leaving: 'still encrypted to it, without a link',
};

/** Returns a paragraph for each secret: its name, then a line for each reader. */
export function matrixText(secrets: readonly SecretAccess[], paint: Paint): string {
  if (secrets.length === 0) return 'No secret matches.\n';
  return secrets.map(secret => secretText(secret, paint)).join('\n');
}

function secretText(secret: SecretAccess, paint: Paint): string {
  const rows = secret.readers.map(reader => [
    reader.kind === 'unknown' ? 'nobody here' : [reader.kind, inLine(reader.name)].join(' ').trim(),
    reader.key === null ? 'no key yet' : shortKey(reader.key),
    [viaText(reader), secret.stored ? (secret.declared ? NOTE : OTHER_NOTE)[reader.state] : '']
      .filter(text => text !== '')
      .join('; '),
  ]);
  const width = (column: number) => Math.max(0, ...rows.map(row => row[column]?.length ?? 0));
  const [first, second] = [width(0), width(1)];
  const lines = rows.map(([who = '', key = '', how = '']) =>
    `  ${who.padEnd(first)}  ${key.padEnd(second)}  ${how}`.trimEnd(),
  );
  if (lines.length === 0) lines.push('  nobody');
  return `${paint('bold', inLine(secret.secret))}  ${paint('dim', aboutText(secret))}\n${lines.join('\n')}\n`;
}

function aboutText({ kind, machines, neededFor, declared, stored }: SecretAccess): string {
  const names = machines.map(inLine).join(', ');
  if (kind === 'machine-key') return `opens all that machine ${names} can read`;
  if (kind === 'other') return 'kept by "clan secrets"';
  if (!declared) return 'stored, and not known to be declared';
  return [
    `for ${neededFor ?? 'services'}, declared by ${names}`,
    ...(stored ? [] : ['not generated yet']),
  ].join(', ');
}

interface About {
  /** The revision as typed. */
  readonly revision: string;
  readonly commit: string;
}

/** The secrets that a reader gains or loses access to at the same time. */
interface Row {
  readonly verb: 'gains' | 'loses';
  readonly reader: Reader;
  readonly when: string;
  readonly secrets: string[];
}

/** Returns the rows, gains before losses. A reader's simultaneous changes share a row. */
function rowsOf(differences: readonly AccessDifference[]): Row[] {
  const rows = new Map<string, Row>();
  const add = (verb: Row['verb'], reader: SecretReader | Loss, difference: AccessDifference) => {
    const when = whenText(verb, reader.state, difference);
    const id = [verb, readerId(reader), viaText(reader), when].join('\0');
    const row = rows.get(id) ?? { verb, reader, when, secrets: [] };
    row.secrets.push(difference.secret);
    rows.set(id, row);
  };
  for (const difference of differences)
    for (const reader of difference.gains) add('gains', reader, difference);
  for (const difference of differences)
    for (const reader of difference.losses) add('loses', reader, difference);
  return [...rows.values()];
}

function whenText(
  verb: Row['verb'],
  state: ReaderState,
  { kind, machines, change, stored, declared }: AccessDifference,
): string {
  const all =
    kind === 'machine-key' ? `with it all that machine ${machines.map(inLine).join(', ')} can read` : '';
  const when =
    state === 'pending' && verb === 'gains' && !stored
      ? 'once it is generated'
      : state === 'pending'
        ? pendingText(verb, declared)
        : change === 'gone'
          ? 'it is no longer there'
          : '';
  return [all, when].filter(text => text !== '').join('; ');
}

function pendingText(verb: Row['verb'], declared: boolean): string {
  if (declared) return 'with the next "varsmith fix"';
  return verb === 'gains' ? 'when it is encrypted anew, not yet' : 'when it is encrypted anew, still there';
}

export function differenceText(
  differences: readonly AccessDifference[],
  { revision, commit }: About,
  paint: Paint,
): string {
  const since = `since ${inLine(revision)} (${commit.slice(0, 10)})`;
  if (differences.length === 0) return `Nobody gains or loses access ${since}.\n`;
  const lines = rowsOf(differences).map(({ verb, reader, when, secrets }) => {
    const how = [viaText(reader), when].filter(text => text !== '').join('; ');
    const head = `${verb === 'gains' ? '+' : '-'} ${readerText(reader)} ${verb} access to:`;
    const names = secrets.map(name => `    ${inLine(name)}\n`).join('');
    return `${paint(verb === 'gains' ? 'yellow' : 'dim', head)}${how === '' ? '' : ` (${how})`}\n${names}`;
  });
  return `Access ${since}: ${counted(differences.length, 'secret')}.\n${lines.join('')}`;
}

/** Renders differences as Markdown. Names are escaped, as the author of a pull request may have chosen them. */
export function differenceMarkdown(
  differences: readonly AccessDifference[],
  { revision, commit }: About,
  notes: readonly string[],
): string {
  const since = `since ${cell(code(inLine(revision)))} (${code(commit.slice(0, 10))})`;
  const remarks = notes.map(note => `\n> ${plain(inLine(note))}\n`).join('');
  if (differences.length === 0) return `### Access\n\nNobody gains or loses access ${since}.\n${remarks}`;
  const rows = rowsOf(differences);
  const table = (verb: Row['verb'], title: string) => {
    const ofVerb = rows.filter(row => row.verb === verb);
    if (ofVerb.length === 0) return '';
    const lines = ofVerb.map(({ reader, when, secrets }) => {
      const who = reader.kind === 'unknown' ? 'nobody here' : `${reader.kind} ${nameText(reader)}`.trim();
      const how = [viaText(reader), when].filter(text => text !== '').join('; ');
      const key = reader.key === null ? 'no key yet' : code(shortKey(reader.key));
      const names = secrets.map(name => code(inLine(name))).join('<br>');
      return `| ${[who, key, names].map(cell).join(' | ')} | ${cell(plain(how))} |\n`;
    });
    return `\n**${title}**\n\n| Who | Key | Secrets | How |\n|---|---|---|---|\n${lines.join('')}`;
  };
  return `### Access\n\nWho can read what, ${since}.\n${table('gains', 'Gains access')}${table('loses', 'Loses access')}${remarks}`;
}

function nameText({ name }: Reader): string {
  return name === '' ? '' : code(inLine(name));
}

/** Escapes bars, which would end the cell even inside code. */
function cell(text: string): string {
  return text.replace(/(?<!\\)\|/g, '\\|');
}
