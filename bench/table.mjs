/**
 * The rows of the performance table, what each is held to, and how they are written. Pure: figures in, text out.
 */
import { figure } from './driver/report.mjs';

/** `judge` is the statistic held against `bar`; a row without a bar is there to be read beside the others. */
export const ROWS = [
  { id: 'start', label: 'start → initialize', unit: 'ms', judge: 'p50', bar: 120 },
  { id: 'open', label: 'open → first finding, fresh process', unit: 'ms', judge: 'p95', bar: 60 },
  { id: 'cold', label: 'start → first finding, opened at once', unit: 'ms', judge: 'p50' },
  { id: 'keystroke', label: 'keystroke → findings, host of 500 lines', unit: 'ms', judge: 'p95', bar: 16 },
  {
    id: 'keystroke-script',
    label: 'keystroke → findings, script of 500 lines',
    unit: 'ms',
    judge: 'p95',
    bar: 16,
  },
  { id: 'typing-host', label: 'typing in the host, every text new', unit: 'ms', judge: 'p95', bar: 16 },
  { id: 'typing-script', label: 'typing in the script, every text new', unit: 'ms', judge: 'p95', bar: 16 },
  { id: 'keystroke-pull', label: 'keystroke → findings, pulled', unit: 'ms', judge: 'p95', bar: 16 },
  { id: 'keystroke-matrix', label: 'keystroke → findings, matrix', unit: 'ms', judge: 'p95', bar: 16 },
  { id: 'keystroke-registry', label: 'keystroke → findings, registry', unit: 'ms', judge: 'p95', bar: 16 },
  { id: 'whole-matrix', label: 'keystroke → all is current, matrix', unit: 'ms', judge: 'p95' },
  { id: 'whole-registry', label: 'keystroke → all is current, registry', unit: 'ms', judge: 'p95' },
  { id: 'cross-file', label: 'key renamed in registry → matrix', unit: 'ms', judge: 'p95', bar: 50 },
  { id: 'hover', label: 'hover', unit: 'ms', judge: 'p95', bar: 5 },
  { id: 'burst', label: 'burst of 20 edits', unit: 'ms', judge: 'p95', bar: 60 },
  { id: 'memory', label: 'server memory after editing', unit: 'MiB', judge: 'value', bar: 120 },
  { id: 'peak', label: 'its peak', unit: 'MiB', judge: 'value' },
  { id: 'memory-all', label: 'server memory, whole fleet open', unit: 'MiB', judge: 'value', bar: 120 },
  { id: 'peak-all', label: 'its peak', unit: 'MiB', judge: 'value' },
  { id: 'check', label: 'check on clan-core, whole process', unit: 'ms', judge: 'p50', bar: 1500 },
  { id: 'estate-inspect', label: 'inspect, 1,000 machines × 20', unit: 'ms', judge: 'p50', bar: 4000 },
  { id: 'estate-peak', label: 'its peak memory', unit: 'MiB', judge: 'value', bar: 400 },
  { id: 'files-inspect', label: 'inspect, 4,300 files', unit: 'ms', judge: 'p50', bar: 2000 },
  { id: 'more-files-inspect', label: 'inspect, 10,000 files', unit: 'ms', judge: 'p50' },
  {
    id: 'estate-keystroke',
    label: 'keystroke → findings, 1,000 machines',
    unit: 'ms',
    judge: 'p95',
    bar: 50,
  },
  { id: 'estate-shared', label: 'keystroke → findings, module of all', unit: 'ms', judge: 'p95', bar: 50 },
  { id: 'generate-loop', label: '200 scripts in a bare loop', unit: 'ms', judge: 'value' },
  { id: 'generate-one', label: 'generate them, one worker, over it', unit: '×', judge: 'value', bar: 1.3 },
  { id: 'generate-two', label: 'generate them, two workers, over it', unit: '×', judge: 'value', bar: 0.625 },
  { id: 'activate', label: 'activate()', unit: 'ms', judge: 'value', bar: 50 },
  { id: 'vsix', label: 'packed extension', unit: 'MB', judge: 'value', bar: 2 },
];

/**
 * Whether a bar was reached: 'reached', 'not reached', 'not measured', or '' where there is none. An answer that
 * never came is slower than any bar.
 */
export function verdict(row, cell) {
  if (row.bar === undefined) return '';
  if (cell === undefined || cell.missing !== undefined) return 'not measured';
  return cell.lost === undefined && cell[row.judge] <= row.bar ? 'reached' : 'not reached';
}

/**
 * The main table as Markdown, columns aligned so that it reads as well on a terminal.
 *
 * @param figures row id → server → cell (see parts/cells.mjs)
 * @param names server → heading; the first is the one that is judged
 */
export function mainTable(figures, names) {
  const [judged, ...others] = Object.keys(names);
  const body = ROWS.filter(row => figures[row.id] !== undefined).map(row => {
    const cells = figures[row.id];
    const bar =
      row.bar === undefined ? '' : `≤ ${row.bar} ${row.unit}${/^p/.test(row.judge) ? ` ${row.judge}` : ''}`;
    return [
      `${row.label} (${row.unit})`,
      bar,
      cellText(cells[judged]),
      verdict(row, cells[judged]),
      ...others.map(name => cellText(cells[name])),
    ];
  });
  const heads = ['measure', 'bar', names[judged], 'bar is', ...others.map(name => names[name])];
  return markdown([heads, ...body]);
}

/** How `check` grows with the fleet; the last column tells a line from a curve. */
export function scalingTable({ sizes, missing }) {
  if (missing !== undefined) return `Not measured: ${missing}.`;
  const body = sizes.map(({ machines, files, p50, p95, peakMiB, findings }, i) => {
    const before = sizes[i - 1];
    const each = before === undefined ? null : (p50 - before.p50) / (machines - before.machines);
    const cells = [
      machines,
      files,
      findings,
      `${figure(p50)} / ${figure(p95)}`,
      figure(peakMiB),
      figure(each),
    ];
    return cells.map(String);
  });
  const heads = [
    'machines',
    'files',
    'findings',
    'check (ms)',
    'peak memory (MiB)',
    'ms for each machine more',
  ];
  return markdown([heads, ...body]);
}

/** How a cold `inspect` grows; the last column tells a line from a curve. */
export function estateTable(sizes) {
  const body = sizes.map(({ machines, files, generators, p50, p95, peakMiB }, i) => {
    const before = sizes[i - 1];
    const each = before === undefined ? null : (p50 - before.p50) / (machines - before.machines);
    return [
      machines,
      files,
      generators,
      `${figure(p50)} / ${figure(p95)}`,
      figure(peakMiB),
      figure(each),
    ].map(String);
  });
  const heads = [
    'machines',
    'files',
    'generators',
    'inspect (ms)',
    'peak memory (MiB)',
    'ms for each machine more',
  ];
  return markdown([heads, ...body]);
}

/** The kinds of edits in public fleets, in the order of columns. */
const EDITS = ['comment', 'string', 'secret'];

/** A public fleet may take this much longer than the example fleet, of which all is seen: a factor, and milliseconds. */
const BESIDE_EXAMPLE = { times: 1.5, more: 4 };

/** Whether all edits of a fleet are as fast as the bar, which the example fleet's own figures make. */
export function publicVerdict(example, fleet) {
  if (fleet === example) return '';
  if (example?.edits === undefined || fleet.edits === undefined) return 'not measured';
  const { times, more } = BESIDE_EXAMPLE;
  const within = kind =>
    ['finding', 'hover'].every(
      until => fleet.edits[kind][until].p95 <= times * example.edits[kind][until].p95 + more,
    );
  return EDITS.every(within) ? 'reached' : 'not reached';
}

/** Keystrokes in public fleets; the first is the example fleet, by which the others are judged. */
export function publicTable([example, ...others]) {
  const body = [example, ...others].flatMap(fleet => [
    ...(fleet.before === undefined
      ? []
      : [publicRow({ ...fleet.before, name: `${fleet.name}, before` }, '')]),
    publicRow(fleet, publicVerdict(example, fleet)),
  ]);
  const heads = EDITS.flatMap(kind => [`${kind}: finding`, 'hover', 'CPU']);
  return markdown([['fleet', 'machines', ...heads, 'bar is'], ...body]);
}

function publicRow(fleet, verdict) {
  const cells = EDITS.flatMap(kind => {
    const { finding, hover, cpuMs } = fleet.edits?.[kind] ?? {};
    return [cellText(finding), cellText(hover), fleet.edits === undefined ? '' : figure(cpuMs)];
  });
  if (fleet.edits === undefined) cells[0] = cellText(fleet);
  return [fleet.name, String(fleet.machines), ...cells, verdict];
}

function cellText(cell) {
  if (cell === undefined) return '';
  if (cell.missing !== undefined) return `– ${cell.missing}`.replaceAll(/[|\n]/g, ' ');
  if (cell.value !== undefined) return figure(cell.value);
  const lost = cell.lost === undefined ? '' : ` (${cell.lost} lost)`;
  return `${figure(cell.p50)} / ${figure(cell.p95)}${lost}`;
}

function markdown([heads, ...body]) {
  const widths = heads.map((head, i) => Math.max(head.length, ...body.map(cells => cells[i].length)));
  const line = cells => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  return [line(heads), line(widths.map(width => '-'.repeat(width))), ...body.map(line)].join('\n');
}
