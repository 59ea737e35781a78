/** A report of `varsmith check` as its writers take it. */
import type { Finding, Rule, Severity } from '../../checks/rule.ts';
import type { NixFiles } from '../../nix/eval/value.ts';
import type { Io } from '../io.ts';
import type { SpanOf } from './positions.ts';

export const SEVERITIES = ['error', 'warning', 'info', 'hint'] as const satisfies readonly Severity[];

/** The effect of a baseline. */
export interface BaselineReport {
  /** As the caller has named the file. */
  readonly file: string;
  readonly silenced: readonly Finding[];
  /** Entries that no finding answers to any more. */
  readonly obsolete: number;
}

/** Computed when first asked for: most formats and most runs need none. */
export type Fingerprints = () => ReadonlyMap<Finding, string>;

/** Everything a writer may show. */
export interface CheckReport {
  /** Absolute path. */
  readonly root: string;
  /** Without those that the baseline silences. */
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Record<Severity, number>>;
  /** Null: none was given. */
  readonly baseline: BaselineReport | null;
  /** How many fixes `--fix` has applied; null without it. */
  readonly fixed: number | null;
  /** Number of Nix files that were checked. */
  readonly fileCount: number;
  readonly milliseconds: number;
  readonly files: NixFiles;
  readonly spanOf: SpanOf;
  /** By which a finding, silenced or not, is known again. */
  readonly fingerprints: Fingerprints;
  readonly rules: readonly Rule[];
}
export type Writer = (report: CheckReport, io: Io) => void;
