/** The report of `varsmith check`, as its writers receive it. */
import type { Finding, Rule, Severity } from '../../../checks/rule.ts';
import type { NixFiles } from '../../../nix/eval/value.ts';
import type { Fingerprints, SeverityCounts } from '../../../workspace/check.ts';
import type { Io } from '../../io.ts';
import type { askedData } from '../nix-report.ts';
import type { SpanOf } from '../positions.ts';

export const SEVERITIES = ['error', 'warning', 'info', 'hint'] as const satisfies readonly Severity[];

/** The effect of a baseline. */
export interface BaselineReport {
  /** The file as typed. */
  readonly file: string;
  readonly silenced: readonly Finding[];
  /** The number of entries without a matching finding. */
  readonly obsolete: number;
}

/** Everything that a writer may show. */
export interface CheckReport {
  /** Absolute path. */
  readonly root: string;
  /** Findings that the baseline does not silence. */
  readonly findings: readonly Finding[];
  readonly counts: SeverityCounts;
  /** `null` if no baseline was given. */
  readonly baseline: BaselineReport | null;
  /** The number of fixes that `--fix` applied, or `null` without it. */
  readonly fixed: number | null;
  /** The number of checked Nix files. */
  readonly fileCount: number;
  readonly milliseconds: number;
  /** The question to Nix and how it went, or `null` if it was not to be asked. */
  readonly nix: ReturnType<typeof askedData> | null;
  readonly files: NixFiles;
  readonly spanOf: SpanOf;
  /** Identify findings across runs, including silenced ones. */
  readonly fingerprints: Fingerprints;
  readonly rules: readonly Rule[];
}
export type Writer = (report: CheckReport, io: Io) => void;
