/** `varsmith merge`: the reports of several runners as one. */

import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { machinesText, quoted } from '../../checks/facts/wording.ts';
import { sortedUnique, uniqueBy } from '../../std.ts';
import { absolutePath, oneOf } from '../arguments.ts';
import { EXIT, type Io, printable, UsageError } from '../io.ts';
import { SEVERITIES } from '../output/check/check-report.ts';
import { jsonText } from '../output/json-text.ts';
import { readCommand } from '../table/read-command.ts';

const FINDING = v.looseObject({
  rule: v.string(),
  severity: v.picklist(SEVERITIES),
  message: v.string(),
  file: v.string(),
  line: v.number(),
  column: v.number(),
  machines: v.array(v.string()),
});

/** The question to Nix in a report, as far as it is read. */
const ASKED = v.looseObject({
  shard: v.nullable(v.object({ index: v.number(), count: v.number() })),
  machines: v.array(v.looseObject({ name: v.string() })),
  unasked: v.array(v.string()),
});

/** The schema of the output of `check --format json`, as far as it is read. */
const REPORT = v.looseObject({
  schemaVersion: v.literal(1),
  root: v.string(),
  findings: v.array(FINDING),
  nix: v.optional(ASKED),
  summary: v.looseObject({ files: v.number(), milliseconds: v.number() }),
});

type Report = v.InferOutput<typeof REPORT>;
type Finding = v.InferOutput<typeof FINDING>;

export async function merge(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('merge', args);
  const format = oneOf('--format', parsed.option('format'), ['text', 'json'], 'text');
  const threshold = oneOf('--severity', parsed.option('severity'), SEVERITIES, 'error');
  const [first, ...others] = parsed.positions.map(path => readReport(absolutePath(io.cwd, path), path));
  if (first === undefined) throw new UsageError('Name the report files of "varsmith check --format json".');
  mustBeWhole([first, ...others]);
  const merged = mergedReport(first, others);
  if (format === 'json') io.stdout.write(`${jsonText(merged)}\n`);
  else if (merged.findings.length === 0) io.stdout.write('Nothing found\n');
  else for (const finding of merged.findings) io.stdout.write(`${lineOf(finding)}\n`);
  const counted = SEVERITIES.slice(0, SEVERITIES.indexOf(threshold) + 1);
  return merged.findings.some(({ severity }) => counted.includes(severity)) ? EXIT.findings : EXIT.ok;
}

/** @throws UsageError if the file is no report */
function readReport(absolute: string, shown: string): Report {
  try {
    return v.parse(REPORT, JSON.parse(readFileSync(absolute, 'utf8')));
  } catch {
    throw new UsageError(`"${shown}" is not a report of "varsmith check --format json".`);
  }
}

/**
 * Throws unless the reports are about all machines: a lost one would pass for a fleet without findings.
 * @throws UsageError with what is missing or given twice
 */
function mustBeWhole(reports: readonly Report[]): void {
  const asked = reports.flatMap(({ nix }) => nix ?? []);
  const shards = asked.flatMap(({ shard }) => shard ?? []);
  const counts = sortedUnique(shards.map(({ count }) => String(count)));
  if (counts.length > 1)
    throw new UsageError(`These reports are shards of different numbers: ${counts.join(' and ')} in all.`);
  const count = shards[0]?.count ?? 0;
  for (let index = 1; index <= count; index++) {
    const reportsOfShard = shards.filter(shard => shard.index === index).length;
    if (reportsOfShard === 0)
      throw new UsageError(
        `There is no report of shard ${index} of ${count}: "varsmith check --nix --shard ${index}/${count} --format json" writes it.`,
      );
    if (reportsOfShard > 1) throw new UsageError(`The report of shard ${index} of ${count} is given twice.`);
  }
  const machines = new Set(asked.flatMap(nix => nix.machines.map(({ name }) => name)));
  const lacking = sortedUnique(asked.flatMap(({ unasked }) => unasked)).filter(name => !machines.has(name));
  if (lacking.length > 0)
    throw new UsageError(`No report is about ${machinesText(lacking)}: Nix was asked about the others only.`);
}

/** Returns one report: findings that differ in their machines alone, also in the message, become one finding with all of them. */
function mergedReport(first: Report, others: readonly Report[]) {
  const all = [first, ...others];
  const byIdentity = new Map<string, Finding>();
  for (const { findings } of all)
    for (const finding of findings) {
      const { machines, message, ...rest } = finding;
      const pattern = withoutMachines(message, machines);
      const identity = JSON.stringify([rest, pattern]);
      const all = sortedUnique([...(byIdentity.get(identity)?.machines ?? []), ...machines]);
      byIdentity.set(identity, { ...finding, machines: all, message: withMachines(pattern, all) });
    }
  const findings = [...byIdentity.values()].sort(
    (left, right) =>
      Number(left.file > right.file) - Number(left.file < right.file) ||
      left.line - right.line ||
      left.column - right.column,
  );
  const count = (wanted: Finding['severity']) =>
    findings.filter(({ severity }) => severity === wanted).length;
  return {
    schemaVersion: 1,
    root: first.root,
    findings,
    ...mergedNix(all),
    summary: {
      ...{ errors: count('error'), warnings: count('warning'), infos: count('info'), hints: count('hint') },
      files: Math.max(...all.map(({ summary }) => summary.files)),
      milliseconds: Math.max(...all.map(({ summary }) => summary.milliseconds)),
    },
  };
}

/** Returns what Nix was asked about in all reports; nothing where it was asked in none. */
function mergedNix(reports: readonly Report[]) {
  const [first, ...others] = reports.flatMap(({ nix }) => nix ?? []);
  if (first === undefined) return {};
  const machines = uniqueBy(
    [first, ...others].flatMap(nix => nix.machines),
    ({ name }) => name,
  );
  return { nix: { ...first, shard: null, machinesFrom: null, machines, unasked: [] } };
}

/** How messages name the machines of a finding; the mark stands for them in a message. */
const NAMINGS = [
  (machines: readonly string[]) => `${machines.length === 1 ? 'machine' : 'machines'} ${quoted(machines)}`,
  machinesText,
];
const markOf = (naming: number) => `\0${naming}\0`;

/** Returns the message with marks where it names all machines of the finding. */
function withoutMachines(message: string, machines: readonly string[]): string {
  if (machines.length === 0) return message;
  return NAMINGS.reduce(
    (text, name, naming) => text.replace(wordsOf(name(machines)), markOf(naming)),
    message,
  );
}

/** Matches the text where no longer name begins with it. */
function wordsOf(text: string): RegExp {
  return new RegExp(`${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`, 'g');
}

function withMachines(pattern: string, machines: readonly string[]): string {
  return NAMINGS.reduce((text, name, naming) => text.replaceAll(markOf(naming), name(machines)), pattern);
}

function lineOf({ file, line, column, severity, rule, message }: Finding): string {
  return printable(`${file}:${line}:${column}: ${severity}: ${message} [${rule}]`);
}
