/** `varsmith merge`: the reports of several runners as one. */

import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { sortedUnique } from '../../std.ts';
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

/** The schema of the output of `check --format json`, as far as it is read. */
const REPORT = v.looseObject({
  schemaVersion: v.literal(1),
  root: v.string(),
  findings: v.array(FINDING),
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
  const merged = mergedReport(first, others);
  if (format === 'json') io.stdout.write(`${jsonText(merged)}\n`);
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

/** Returns one report: findings that differ in their machines alone become one finding with all of them. */
function mergedReport(first: Report, others: readonly Report[]) {
  const all = [first, ...others];
  const byIdentity = new Map<string, Finding>();
  for (const { findings } of all)
    for (const finding of findings) {
      const { machines, ...rest } = finding;
      const identity = JSON.stringify(rest);
      const earlier = byIdentity.get(identity)?.machines ?? [];
      byIdentity.set(identity, { ...finding, machines: sortedUnique([...earlier, ...machines]) });
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
    summary: {
      ...{ errors: count('error'), warnings: count('warning'), infos: count('info'), hints: count('hint') },
      files: Math.max(...all.map(({ summary }) => summary.files)),
      milliseconds: Math.max(...all.map(({ summary }) => summary.milliseconds)),
    },
  };
}

function lineOf({ file, line, column, severity, rule, message }: Finding): string {
  return printable(`${file}:${line}:${column}: ${severity}: ${message} [${rule}]`);
}
