/**
 * Baselines: existing findings that a fleet has accepted for now, so that it can adopt the checks at once. The file
 * contains fingerprints, and for readers also rule, file and message.
 */
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import * as v from 'valibot';
import { FINGERPRINT_VERSION } from '../checks/engine/fingerprint.ts';
import type { Finding } from '../checks/rule.ts';
import { lineStartsOf, positionAt } from '../nix/source.ts';
import { plainOf, readJson } from '../workspace/settings/json.ts';
import { writeChanges } from '../workspace/write.ts';
import { UsageError } from './io.ts';

const schema = v.object({
  schemaVersion: v.literal(1),
  fingerprintVersion: v.literal(FINGERPRINT_VERSION),
  findings: v.array(
    v.object({ rule: v.string(), file: v.string(), message: v.string(), fingerprint: v.string() }),
  ),
});

export type Baseline = v.InferOutput<typeof schema>;

/** Findings separated by a baseline. */
export interface BaselineResult {
  readonly silenced: ReadonlySet<Finding>;
  /** The number of entries without a matching finding. */
  readonly obsolete: number;
}

/**
 * Reads a baseline.
 * @param absolute path of the file
 * @param shown the path as typed
 * @throws UsageError if the file is missing or not a baseline
 */
export function readBaseline(absolute: string, shown: string): Baseline {
  const text = readText(absolute);
  if (text === null)
    throw new UsageError(`There is no baseline "${shown}". \`--write-baseline ${shown}\` makes one.`);
  const json = readJson(text);
  if ('error' in json) {
    const { line, character } = positionAt(lineStartsOf(text), json.error.start);
    throw new UsageError(`${shown}:${line + 1}:${character + 1}: This is not JSON: ${json.error.reason}.`);
  }
  const result = v.safeParse(schema, plainOf(json.root));
  if (result.success) return result.output;
  throw new UsageError(
    `"${shown}" is not a baseline of this version of Varsmith. \`--write-baseline ${shown}\` makes a new one.`,
  );
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

/**
 * Writes a baseline, replacing an existing one.
 * @throws WriteError
 */
export function writeBaseline(absolute: string, baseline: Baseline): void {
  const before = readText(absolute);
  const after = `${JSON.stringify(baseline, null, 2)}\n`;
  if (before !== after) writeChanges(dirname(absolute), [{ path: basename(absolute), before, after }]);
}

/** Returns the text of a file, or `null` if it does not exist. */
function readText(absolute: string): string | null {
  try {
    return readFileSync(absolute, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new UsageError(`"${absolute}" cannot be read (${code ?? 'unknown reason'}).`);
  }
}
