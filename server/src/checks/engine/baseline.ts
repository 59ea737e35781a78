/**
 * Baselines: existing findings that a fleet has accepted for now, so that it can adopt the checks at once. They
 * contain fingerprints, and for readers also rule, file and message.
 */
import type { Finding } from '../rule.ts';
import { FINGERPRINT_VERSION } from './fingerprint.ts';

export interface Baseline {
  readonly schemaVersion: 1;
  readonly fingerprintVersion: typeof FINGERPRINT_VERSION;
  readonly findings: readonly {
    readonly rule: string;
    readonly file: string;
    readonly message: string;
    readonly fingerprint: string;
  }[];
}

/** Findings separated by a baseline. */
export interface BaselineResult {
  readonly silenced: ReadonlySet<Finding>;
  /** The number of entries without a matching finding. */
  readonly obsolete: number;
}

/**
 * Applies a baseline. Each entry silences one finding; entries of rules that were not run are neither used nor
 * obsolete.
 */
export function applyBaseline(
  { findings: entries }: Baseline,
  findings: readonly Finding[],
  fingerprints: ReadonlyMap<Finding, string>,
  wasRun: (rule: string) => boolean,
): BaselineResult {
  const silencedPrints = new Set(entries.map(({ fingerprint }) => fingerprint));
  const silenced = new Set(findings.filter(finding => silencedPrints.has(fingerprints.get(finding) ?? '')));
  const met = new Set([...silenced].map(finding => fingerprints.get(finding)));
  const obsolete = entries.filter(({ rule, fingerprint }) => wasRun(rule) && !met.has(fingerprint)).length;
  return { silenced, obsolete };
}

/** Returns the baseline of findings, in a stable order. */
export function baselineOf(
  findings: readonly Finding[],
  fingerprints: ReadonlyMap<Finding, string>,
): Baseline {
  const entries = findings.map(finding => ({
    rule: finding.rule,
    file: finding.at.file,
    message: finding.message,
    fingerprint: fingerprints.get(finding) ?? '',
  }));
  const key = (entry: (typeof entries)[number]) => [entry.file, entry.rule, entry.fingerprint].join('\0');
  entries.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return { schemaVersion: 1, fingerprintVersion: FINGERPRINT_VERSION, findings: entries };
}
