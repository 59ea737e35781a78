/**
 * Writes an account of what Nix contradicts, for a report to Varsmith's authors: kinds of facts and counts, without a name,
 * text or value that belongs to the fleet.
 */

import type { NixWitness, WitnessedFact, WitnessedSecret } from '../fleet/model/nix-answer.ts';
import { groupBy } from '../std.ts';

/** An account as Markdown, and the number of facts in it. */
export interface Account {
  readonly markdown: string;
  readonly facts: number;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A contradicted fact without names. */
interface Anonymous {
  readonly what: string;
  readonly read: string;
  readonly nix: string;
  readonly machine: string;
}

/** @param version the version of this program */
export function disagreementIn(witnesses: readonly NixWitness[], version: string): Account {
  const contradicted = witnesses.flatMap(({ facts, secrets }) => [
    ...facts.filter(isContradicted).map(anonymous),
    ...secrets.filter(isContradicted).map(anonymousSecret),
  ]);
  const versions = [...new Set(witnesses.map(({ answer }) => answer.version))].join(', ');
  const kinds = groupBy(contradicted, ({ what, read, nix }) => `| ${what} | ${read} | ${nix} |`);
  const rows = [...kinds].map(
    ([row, facts]) =>
      `${row} ${counted(facts.length, 'fact')} on ${counted(new Set(facts.map(({ machine }) => machine)).size, 'machine')} |`,
  );
  const lines = [
    '# Varsmith and Nix disagree',
    '',
    `Varsmith ${version} on Node ${process.version}, Nix ${versions}: ${counted(contradicted.length, 'fact')}.`,
    ...(rows.length === 0
      ? ['', 'Nix contradicts nothing that Varsmith reads.']
      : ['', '| fact | Varsmith reads | Nix says | how often |', '|---|---|---|---|', ...rows]),
    '',
    'This page has no name, text or value of the fleet. What helps most is the declaration that is read wrongly, reduced to a few',
    'lines with other names:',
    '',
    '```nix',
    '',
    '```',
    '',
  ];
  return { markdown: lines.join('\n'), facts: contradicted.length };
}

function isContradicted({ witness }: Pick<WitnessedFact, 'witness'>): boolean {
  return witness === 'contradicted';
}

function anonymous({ fact, read, nix, machine }: WitnessedFact): Anonymous {
  return { what: `generator: ${kindOf(fact)}`, ...sides(fact, read, nix), machine };
}

function anonymousSecret({ keeper, fact, read, nix, machine }: WitnessedSecret): Anonymous {
  return { what: `${keeper} secret: ${fact}`, ...sides(fact, read, nix), machine };
}

/** Removes the name from a fact: `file key: owner` is `file: owner`. */
function kindOf(fact: string): string {
  const [kind] = fact.split(' ', 1);
  const option = /: ([A-Za-z]+)$/.exec(fact)?.[1];
  return option === undefined ? (kind as string) : `${kind}: ${option}`;
}

/** A machine or an item is there or not; all else has values. */
function sides(fact: string, read: unknown, nix: unknown): Pick<Anonymous, 'read' | 'nix'> {
  if (fact === 'script') return { read: 'a text', nix: 'another text' };
  const isItem = fact === 'machine' || /^(file|prompt|dependency|package) [^:]*$/.test(fact);
  const shown = isItem ? presence : plain;
  return { read: shown(read), nix: shown(nix) };
}

function presence(value: unknown): string {
  return value === null ? 'absent' : 'there';
}

/** Words of Nix and clan-core, which say nothing about a fleet. */
const COMMON = new Set([
  ...['root', 'wheel', 'hidden', 'line', 'multiline', 'multiline-hidden'],
  ...['users', 'services', 'activation', 'partitioning', 'yaml', 'json', 'binary', 'dotenv', 'ini'],
]);

function plain(value: unknown): string {
  if (value === null) return 'nothing';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string' && (COMMON.has(value) || /^[0-7]{3,4}$/.test(value))) return `\`${value}\``;
  return typeof value === 'string' ? 'a text' : 'another value';
}
