// Adds up the rows of many fleets, and writes them as tables of docs/truth.md.

import { counted, nameOf } from './rows.mjs';

/**
 * @typedef {object} Result what came of one fleet
 * @property {string} fleet
 * @property {import('./ask.mjs').Truth} truth
 * @property {readonly import('./rows.mjs').Row[]} rows
 */

/** Causes of the unknown that are fewer are not worth a line. */
const FEWEST = 5;

const percent = (part, whole) => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`);
const number = value => value.toLocaleString('en');

/** @param {Result} result */
function machinesOf({ truth }) {
  const machines = Object.values(truth.machines);
  const evaluated = machines.filter(({ generators }) => generators !== undefined);
  const generators = evaluated.reduce((sum, machine) => sum + Object.keys(machine.generators).length, 0);
  return { all: machines.length, evaluated: evaluated.length, generators };
}

function countsOf(rows) {
  const counts = counted(rows);
  return { ...counts, compared: counts.equal + counts.wrong + counts.unknown };
}

/** @param {readonly Result[]} results */
export function fleetTable(results) {
  const line = (name, machines, rows) => {
    const { compared, equal, wrong, unknown, other, silent } = countsOf(rows);
    const cells = [compared, equal, wrong, unknown, other, silent].map(number);
    const { evaluated, all, generators } = machines;
    return `| ${[name, `${evaluated} of ${all}`, generators, ...cells].join(' | ')} |`;
  };
  const sum = field => results.reduce((total, result) => total + machinesOf(result)[field], 0);
  const together = { all: sum('all'), evaluated: sum('evaluated'), generators: sum('generators') };
  return [
    '| fleet | machines | generators | compared | equal | wrong | unknown | not judged | Nix could not say |',
    '|---|---:|---:|---:|---:|---:|---:|---:|---:|',
    ...results.map(result => line(result.fleet, machinesOf(result), result.rows)),
    line(
      '**together**',
      together,
      results.flatMap(({ rows }) => rows),
    ),
  ].join('\n');
}

/** The same in short, with the fleets of this repository in a line. @param {readonly Result[]} own @param {readonly Result[]} open */
export function joinedTable(own, open) {
  const line = (name, results) => {
    const { compared, wrong, unknown } = countsOf(results.flatMap(({ rows }) => rows));
    const [all, evaluated] = ['all', 'evaluated'].map(field =>
      results.reduce((sum, result) => sum + machinesOf(result)[field], 0),
    );
    const share = `${((100 * unknown) / compared).toFixed(2)} %`;
    return `| ${[name, `${evaluated} of ${all}`, number(compared), wrong, unknown, share].join(' | ')} |`;
  };
  return [
    '| fleet | machines | facts compared | wrong | unknown | of all |',
    '|---|---:|---:|---:|---:|---:|',
    line(`${own.length} small ones of this repository`, own),
    ...open.map(result => line(result.fleet, [result])),
    line('**together**', [...own, ...open]),
  ].join('\n');
}

const ORIGINS = [
  ['declared by the fleet', row => row.origin === 'fleet'],
  ['the same without `group`', row => row.origin === 'fleet' && row.field !== 'file.group'],
  ["clan-core's services", row => row.origin === 'clan-core'],
  ['services of other inputs', row => row.origin === 'input'],
];

/** @param {readonly Result[]} results */
export function originTable(results) {
  const rows = results.flatMap(result => result.rows);
  const line = ([name, isOf]) => {
    const { compared, equal, wrong, unknown } = countsOf(rows.filter(isOf));
    const known = percent(equal + wrong, compared);
    return `| ${[name, number(compared), number(equal), known, wrong, number(unknown)].join(' | ')} |`;
  };
  return [
    '| facts | compared | equal | known | wrong | unknown |',
    '|---|---:|---:|---:|---:|---:|',
    ...ORIGINS.map(line),
  ].join('\n');
}

/** Wrong rows, told apart by whether they are known. @param {readonly Result[]} results */
export function wrongRows(results, known) {
  return results.flatMap(({ fleet, rows }) =>
    rows
      .filter(({ verdict }) => verdict === 'wrong')
      .map(row => ({ ...row, fleet, name: nameOf(row), cause: known[fleet]?.[nameOf(row)] ?? null })),
  );
}

/** Rows that are known to be wrong and are not any more. @param {readonly Result[]} results */
export function mendedRows(results, known) {
  return results.flatMap(({ fleet, rows }) => {
    const wrong = new Set(rows.filter(({ verdict }) => verdict === 'wrong').map(nameOf));
    return Object.keys(known[fleet] ?? {})
      .filter(name => !wrong.has(name))
      .map(name => ({ fleet, name }));
  });
}

/** One line a cause and fleet. */
export function wrongTable(rows) {
  if (rows.length === 0) return 'Nothing is wrong.';
  const groups = grouped(rows, ({ cause }) => cause ?? 'not yet explained');
  return [
    '| cause | rows | where |',
    '|---|---:|---|',
    ...[...groups].map(
      ([cause, some]) =>
        `| ${cause} | ${some.length} | ${[...new Set(some.map(({ fleet, generator, item }) => `${fleet}: ${generator || item}`))].join('; ')} |`,
    ),
  ].join('\n');
}

function grouped(list, keyOf) {
  const groups = new Map();
  for (const entry of list) groups.set(keyOf(entry), [...(groups.get(keyOf(entry)) ?? []), entry]);
  return groups;
}

/** What is unknown, by cause. @param {readonly Result[]} results */
export function unknownTable(results) {
  const unknown = results.flatMap(({ rows }) => rows).filter(({ verdict }) => verdict === 'unknown');
  const causeOf = ({ origin, field, why }) =>
    `${origin === 'fleet' ? 'own' : 'of a service'} | ${field} | ${why.startsWith('holes') ? 'holes' : why}`;
  const groups = [...grouped(unknown, causeOf)].sort((a, b) => b[1].length - a[1].length);
  const few = groups.filter(([, rows]) => rows.length < FEWEST);
  const rest = few.reduce((sum, [, rows]) => sum + rows.length, 0);
  return [
    '| whose | field | why | facts |',
    '|---|---|---|---:|',
    ...groups
      .filter(([, rows]) => rows.length >= FEWEST)
      .map(([cause, rows]) => `| ${cause} | ${rows.length} |`),
    ...(rest === 0 ? [] : [`| | ${few.length} others | | ${rest} |`]),
  ].join('\n');
}
