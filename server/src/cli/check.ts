/** `varsmith check`: finds, chooses, writes. What a format looks like is the business of its writer. */
import type { Finding, Rule, Severity } from '../checks/rule.ts';
import { suggest } from '../checks/suggest.ts';
import type { NixFiles } from '../nix/value.ts';
import { oneOf, readArguments } from './arguments.ts';
import { EXIT, type Io, UsageError } from './io.ts';
import { countFiles, openWorkspace } from './load.ts';
import { type SpanOf, spansIn } from './positions.ts';

export const SEVERITIES = ['error', 'warning', 'info', 'hint'] as const satisfies readonly Severity[];

/** Everything a writer may show. */
export interface CheckReport {
  /** Absolute path. */
  readonly root: string;
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Record<Severity, number>>;
  /** Nix files looked at. */
  readonly fileCount: number;
  readonly milliseconds: number;
  readonly files: NixFiles;
  readonly spanOf: SpanOf;
  readonly rules: readonly Rule[];
}

export type Writer = (report: CheckReport, io: Io) => void;

const WRITERS: Readonly<Record<'text' | 'json' | 'sarif' | 'github', () => Promise<Writer>>> = {
  text: async () => (await import('./write-text.ts')).writeText,
  json: async () => (await import('./write-json.ts')).writeJson,
  sarif: async () => (await import('./write-sarif.ts')).writeSarif,
  github: async () => (await import('./write-github.ts')).writeGithub,
};

export async function check(args: readonly string[], io: Io): Promise<number> {
  const begun = performance.now();
  const given = readArguments(args, { format: 'value', rule: 'value', severity: 'value' }, 1);
  const format = oneOf('--format', given.option('format'), ['text', 'json', 'sarif', 'github'], 'text');
  const threshold = oneOf('--severity', given.option('severity'), SEVERITIES, 'error');
  const wanted = given.options('rule');
  const [{ rules }, write] = await Promise.all([import('../checks/index.ts'), WRITERS[format]()]);
  rejectUnknownRules(wanted, rules);

  const workspace = await openWorkspace(given.positions[0], io);
  const all = [...workspace.snapshot().findings.values()].flat();
  const findings = wanted.length === 0 ? all : all.filter(({ rule }) => wanted.includes(rule));
  const counts: Record<Severity, number> = { error: 0, warning: 0, info: 0, hint: 0 };
  for (const { severity } of findings) counts[severity]++;
  for (const { path, reason } of workspace.files.skipped()) {
    if (reportsSkipped(path)) io.stderr.write(`varsmith: ${path || '.'} was left out: ${reason}.\n`);
  }
  write(
    {
      root: workspace.root,
      findings,
      counts,
      fileCount: countFiles(workspace),
      milliseconds: Math.round(performance.now() - begun),
      files: workspace.files,
      spanOf: spansIn(workspace.files),
      rules: wanted.length === 0 ? rules : rules.filter(({ id }) => wanted.includes(id)),
    },
    io,
  );
  const atOrAbove = SEVERITIES.slice(0, SEVERITIES.indexOf(threshold) + 1);
  return atOrAbove.some(severity => counts[severity] > 0) ? EXIT.findings : EXIT.ok;
}

/** Folders and Nix files matter; that a picture which somebody's code reads is not text does not. */
function reportsSkipped(path: string): boolean {
  return path.endsWith('.nix') || !path.includes('.');
}

function rejectUnknownRules(wanted: readonly string[], rules: readonly Rule[]): void {
  for (const id of wanted)
    if (!rules.some(rule => rule.id === id)) throw new UsageError(unknownRule(id, rules));
}

/** The sentence about a rule that does not exist. */
export function unknownRule(id: string, rules: readonly Rule[]): string {
  const ids = rules.map(rule => rule.id);
  const near = suggest(id, ids) ?? ids.find(each => each.endsWith(`/${id}`)) ?? null;
  return `There is no rule "${id}".${near ? ` Did you mean "${near}"?` : ''} \`varsmith rules\` lists them.`;
}
