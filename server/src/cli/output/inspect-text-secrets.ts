/** Describes secrets of sops-nix and agenix in the summary for people. */
import { counted, joined } from '../../checks/facts/wording.ts';
import { type Paint, printable } from '../io.ts';
import type { Inspection } from './inspection.ts';

type Secret = Inspection['secrets'][number];
type File = Inspection['encryptedFiles'][number];

/** The most lines that are written; the rest is counted. */
const MAX_LINES = 60;

const KEEPERS = { sops: 'sops-nix', age: 'agenix' } as const;

/** Returns a section for each of the two that is in use, and one for the encrypted files. */
export function secretsText({ secrets, encryptedFiles }: Inspection, paint: Paint): string {
  return [
    ...(['sops', 'age'] as const).map(keeper =>
      section(
        paint,
        `secret of ${KEEPERS[keeper]}`,
        `secrets of ${KEEPERS[keeper]}`,
        secrets.filter(secret => secret.keeper === keeper),
        secretLine,
      ),
    ),
    section(paint, 'file of secrets', 'files of secrets', encryptedFiles, fileLine),
  ]
    .filter(text => text !== '')
    .join('\n\n');
}

function section<T>(
  paint: Paint,
  word: string,
  words: string,
  all: readonly T[],
  line: (item: T) => readonly [string, string],
): string {
  if (all.length === 0) return '';
  const lines = all.slice(0, MAX_LINES).map(line);
  const width = Math.max(...lines.map(([name]) => printable(name).length));
  return [
    paint('bold', counted(all.length, word, words)),
    ...lines.map(([name, text]) => `  ${printable(name).padEnd(width)}  ${printable(text)}`.trimEnd()),
    ...(all.length > MAX_LINES ? [`  … and ${all.length - MAX_LINES} more`] : []),
  ].join('\n');
}

function secretLine({ name, machines, sources, uses, deployedPath, definitions }: Secret): [string, string] {
  const where = sources.map(({ file, key, keyFound }) => {
    const other = key === null || key === name ? '' : ` (${key})`;
    return `${file}${other}${keyFound === false ? ', without that key' : ''}`;
  });
  const words = [
    definitions.length === 0 ? "of clan's sops/secrets" : joined(where) || 'file not known',
    deployedPath === null ? '' : `→ ${deployedPath}`,
    machines.length === 0 ? 'on no machine that is known' : `on ${joined(machines)}`,
    counted(uses.length, 'use'),
  ];
  return [
    name,
    words
      .filter(word => word !== '')
      .join(', ')
      .replace(', →', ' →'),
  ];
}

function fileLine({ file, exists, encrypted, keys, recipients }: File): [string, string] {
  if (!exists) return [file, 'not there'];
  const words = [
    encrypted === false ? 'NOT ENCRYPTED' : '',
    keys.length === 0 ? '' : counted(keys.length, 'key'),
    recipients.length === 0 ? '' : `for ${joined([...new Set(recipients.map(({ name }) => name))], 6)}`,
  ];
  return [file, words.filter(word => word !== '').join(', ')];
}
