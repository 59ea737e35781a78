// The results of a run as tables.

import { isApt } from './judge.mjs';

const SEVERITIES = ['hint', 'info', 'warning', 'error'];
const rank = severity => SEVERITIES.indexOf(severity);
const isGrave = ({ severity }) => rank(severity) >= rank('warning');
const percent = (part, whole) => `${Math.round((100 * part) / whole)} %`;

/** @typedef {import('./run.mjs').Result} Result */

const apt = ({ operator, findings }) => findings.filter(finding => isApt(operator, finding));
const isPlaced = result => apt(result).some(({ hit }) => hit === 'place' || hit === 'name');
/** New errors and warnings that do not point at the mistake: consequences of it, or false alarms. */
export const strayOf = ({ findings }) => findings.filter(finding => finding.hit === null && isGrave(finding));

function grouped(results, keyOf) {
  const groups = new Map();
  for (const result of results) groups.set(keyOf(result), [...(groups.get(keyOf(result)) ?? []), result]);
  return [...groups];
}

function countsOf(results) {
  const caught = results.filter(({ isCaught }) => isCaught);
  return {
    all: results.length,
    fleets: new Set(results.map(({ fleet }) => fleet)).size,
    caught: caught.length,
    placed: results.filter(isPlaced).length,
    grave: caught.filter(result => apt(result).some(isGrave)).length,
    stray: results.reduce((sum, result) => sum + strayOf(result).length, 0),
  };
}

function rulesOf(results) {
  const counts = new Map();
  for (const result of results)
    for (const rule of new Set(apt(result).map(({ rule }) => rule)))
      counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 3)
    .map(([rule, count]) => `\`${rule}\` ${count}`)
    .join(', ');
}

const share = ({ caught, all }) => `${caught} (${percent(caught, all)})`;

/** @param {readonly Result[]} results */
export function operatorTable(results) {
  const line = (name, some, rules) => {
    const counts = countsOf(some);
    const { all, fleets, placed, grave, stray } = counts;
    return `| ${[name, all, fleets, share(counts), placed, grave, stray, rules].join(' | ')} |`;
  };
  const shareOf = ([, some]) => some.filter(({ isCaught }) => isCaught).length / some.length;
  const operators = grouped(results, ({ operator }) => operator).sort((a, b) => shareOf(a) - shareOf(b));
  const blind = new Set(operators.filter(group => shareOf(group) === 0).map(([operator]) => operator));
  const sighted = results.filter(({ operator }) => !blind.has(operator));
  return [
    '| mistake | planted | fleets | caught | at its place | as error or warning | stray | by |',
    '|---|---:|---:|---:|---:|---:|---:|---|',
    ...operators.map(([operator, some]) => line(operator, some, rulesOf(some))),
    line('**all**', results, ''),
    ...(blind.size === 0 ? [] : [line(`without the ${blind.size} at 0`, sighted, '')]),
  ].join('\n');
}

/** @param {readonly Result[]} results */
export function fleetTable(results) {
  const fleets = grouped(results, ({ fleet }) => fleet).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    '| fleet | planted | caught | stray |',
    '|---|---:|---:|---:|',
    ...fleets.map(([fleet, some]) => {
      const counts = countsOf(some);
      return `| ${[fleet.replace('+', '/'), counts.all, share(counts), counts.stray].join(' | ')} |`;
    }),
  ].join('\n');
}

const oneLine = text => text.replace(/\s*\n\s*/g, ' ');

/** What was missed, one a line. @param {readonly Result[]} results */
export function missedLines(results) {
  return results
    .filter(({ isCaught }) => !isCaught)
    .map(({ operator, fleet, file, line, before, after, findings, error }) => {
      const others = [...new Set(findings.map(({ rule }) => rule))].join(', ');
      const said = error ?? (others === '' ? '' : `(${others})`);
      return `${operator} | ${fleet} | ${file}:${line} | ${oneLine(before)} -> ${oneLine(after)} ${said}`.trim();
    });
}

/** New errors and warnings that do not point at the mistake, one a line. @param {readonly Result[]} results */
export function strayLines(results) {
  return results.flatMap(result =>
    strayOf(result).map(
      ({ rule, file, line, message }) =>
        `${result.operator} | ${result.fleet} | ${result.file}:${result.line} | ${rule} at ${file}:${line}: ${message}`,
    ),
  );
}
