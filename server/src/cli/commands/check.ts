/**
 * `varsmith check`: finds and fixes mistakes, applies the baseline, and prints the result. The writers of the formats
 * are separate.
 */
import { fingerprintsOf, lineTextIn } from '../../checks/engine/fingerprint.ts';
import { singles, summarised } from '../../checks/facts/leftover-summaries.ts';
import type { Finding, Severity } from '../../checks/rule.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { absolutePath, oneOf, type Parsed } from '../arguments.ts';
import { EXIT, type Io, printable, UsageError } from '../io.ts';
import { countFiles, openConfigured } from '../load.ts';
import { askedByOption } from '../nix-option.ts';
import { baselineText } from '../output/baseline-text.ts';
import { type BaselineReport, type Fingerprints, SEVERITIES, type Writer } from '../output/check-report.ts';
import { spansIn } from '../output/positions.ts';
import { isAskedFor, rejectUnknownRules } from '../rule-names.ts';
import { readCommand } from '../table/read-command.ts';

const WRITERS: Readonly<Record<'text' | 'lines' | 'json' | 'sarif' | 'github', () => Promise<Writer>>> = {
  text: async () => (await import('../output/write-text.ts')).writeText,
  json: async () => (await import('../output/write-json.ts')).writeJson,
  sarif: async () => (await import('../output/write-sarif.ts')).writeSarif,
  lines: async () => (await import('../output/write-lines.ts')).writeLines,
  github: async () => (await import('../output/write-github.ts')).writeGithub,
};

export async function check(args: readonly string[], io: Io): Promise<number> {
  const begun = performance.now();
  const parsed = readCommand('check', args);
  const format = oneOf(
    '--format',
    parsed.option('format'),
    ['text', 'lines', 'json', 'sarif', 'github'],
    'text',
  );
  const threshold = oneOf('--severity', parsed.option('severity'), SEVERITIES, 'error');
  const wanted = parsed.options('rule');
  rejectContradictions(parsed);
  const [{ rules }, write] = await Promise.all([import('../../checks/rules/index.ts'), WRITERS[format]()]);
  rejectUnknownRules(wanted, rules);

  const workspace = await openConfigured(parsed.positions[0], io);
  await askedByOption(parsed, workspace, io);
  noteRulesThatAreOff(workspace, wanted, io);
  const isWanted = (rule: string) => wanted.length === 0 || isAskedFor(rule, wanted);
  const fingerprintsIn = (findings: readonly Finding[]): Fingerprints => {
    let computed: ReadonlyMap<Finding, string> | null = null;
    return () => {
      computed ??= fingerprintsOf(findings, lineTextIn(workspace.files));
      return computed;
    };
  };
  // Baselines and fixes refer to individual findings.
  const all = () => singles([...workspace.snapshot().findings.values()].flat());
  const sifter = await sifterOf(parsed, io, isWanted);
  const openOf = (findings: readonly Finding[]) =>
    sifter(
      findings.filter(({ rule }) => isWanted(rule)),
      fingerprintsIn(findings),
    ).open;

  let fixed: number | null = null;
  if (parsed.flag('fix')) {
    const { fix } = await import('../output/check-fix.ts');
    const dryRun = parsed.flag('dry-run');
    // A dry run fixes nothing, so its exit code describes the current state.
    const before = dryRun ? countsOf(openOf(all())) : null;
    fixed = fix(workspace, openOf, dryRun, io);
    if (before !== null) return codeOf(before, threshold);
  }

  const everything = all();
  const fingerprints = fingerprintsIn(everything);
  const target = parsed.option('write-baseline');
  const findings = everything.filter(({ rule }) => isWanted(rule));
  const sifted =
    target === undefined
      ? sifter(findings, fingerprints)
      : await writeNewBaseline(absolutePath(io.cwd, target), target, findings, fingerprints, io);
  const open = summarised(sifted.open, id => rules.find(rule => rule.id === id));
  const counts = countsOf(open);
  for (const { path, reason } of workspace.files.skipped()) {
    if (reportsSkipped(path))
      io.stderr.write(`varsmith: ${printable(path) || '.'} was left out: ${reason}.\n`);
  }
  // The formats for other programs cannot contain this message.
  if (sifted.baseline !== null && (format === 'sarif' || format === 'github'))
    io.stderr.write(`varsmith: ${printable(baselineText(sifted.baseline))}\n`);
  write(
    {
      root: workspace.root,
      findings: open,
      counts,
      baseline: sifted.baseline,
      fixed,
      fileCount: countFiles(workspace),
      milliseconds: Math.round(performance.now() - begun),
      files: workspace.files,
      spanOf: spansIn(workspace.files),
      fingerprints: fingerprintsIn([...everything, ...open.filter(({ covers }) => covers !== undefined)]),
      rules: rules.filter(({ id }) => isWanted(id)),
    },
    io,
  );
  return codeOf(counts, threshold);
}

/** Findings that the baseline does not silence. */
interface Open {
  readonly open: readonly Finding[];
  readonly baseline: BaselineReport | null;
}

type Sifter = (findings: readonly Finding[], fingerprints: Fingerprints) => Open;

/**
 * Returns the function that applies the baseline. The file is read first, so that an invalid one stops the command
 * early.
 */
async function sifterOf(parsed: Parsed, io: Io, isWanted: (rule: string) => boolean): Promise<Sifter> {
  const file = parsed.option('baseline');
  if (file === undefined) return findings => ({ open: findings, baseline: null });
  const { readBaseline, applyBaseline } = await import('../baseline.ts');
  const baseline = readBaseline(absolutePath(io.cwd, file), file);
  return (findings, fingerprints) => {
    const { silenced, obsolete } = applyBaseline(baseline, findings, fingerprints(), isWanted);
    return {
      open: findings.filter(finding => !silenced.has(finding)),
      baseline: { file, silenced: findings.filter(finding => silenced.has(finding)), obsolete },
    };
  };
}

/** Writes all findings to the new baseline, so that none is left open. */
async function writeNewBaseline(
  absolute: string,
  file: string,
  findings: readonly Finding[],
  fingerprints: Fingerprints,
  io: Io,
): Promise<Open> {
  const { baselineOf, writeBaseline } = await import('../baseline.ts');
  writeBaseline(absolute, baselineOf(findings, fingerprints()));
  io.stderr.write(`varsmith: wrote ${findings.length} findings to ${file}.\n`);
  return { open: [], baseline: { file, silenced: findings, obsolete: 0 } };
}

function rejectContradictions(parsed: Parsed): void {
  if (parsed.flag('dry-run')) {
    if (!parsed.flag('fix')) throw new UsageError('--dry-run shows what --fix would do: give both.');
    if (parsed.option('format') !== undefined)
      throw new UsageError('--dry-run prints a diff: leave out --format.');
    if (parsed.option('write-baseline') !== undefined)
      throw new UsageError('--dry-run writes nothing: leave out --write-baseline.');
  }
  if (parsed.option('write-baseline') !== undefined && parsed.options('rule').length > 0)
    throw new UsageError('A new baseline is about all rules: leave out --rule.');
}

function noteRulesThatAreOff({ rules }: Workspace, wanted: readonly string[], io: Io): void {
  for (const { rule, severity } of rules) {
    if (severity !== 'off' || !wanted.includes(rule.id)) continue;
    const why =
      rule.optional === true
        ? `is off by default: { "rules": { "${rule.id}": "${rule.severity}" } } in varsmith.json switches it on`
        : 'is switched off by varsmith.json';
    io.stderr.write(`varsmith: ${rule.id} ${why}.\n`);
  }
}

function countsOf(findings: readonly Finding[]): Record<Severity, number> {
  const counts: Record<Severity, number> = { error: 0, warning: 0, info: 0, hint: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}

function codeOf(counts: Readonly<Record<Severity, number>>, threshold: Severity): number {
  const atOrAbove = SEVERITIES.slice(0, SEVERITIES.indexOf(threshold) + 1);
  return atOrAbove.some(severity => counts[severity] > 0) ? EXIT.findings : EXIT.ok;
}

/** Returns whether a skipped path is reported: folders and Nix files are, binary files are not. */
function reportsSkipped(path: string): boolean {
  return path.endsWith('.nix') || !path.includes('.');
}
