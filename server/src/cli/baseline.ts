/** Reads and writes the file of a baseline. */
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import * as v from 'valibot';
import { type Baseline, baselineOf } from '../checks/engine/baseline.ts';
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
 * Writes a baseline that silences the findings, replacing an existing one.
 * @param absolute path of the file
 * @throws WriteError
 */
export function writeNewBaseline(
  absolute: string,
  findings: readonly Finding[],
  fingerprints: ReadonlyMap<Finding, string>,
): void {
  const before = readText(absolute);
  const after = `${JSON.stringify(baselineOf(findings, fingerprints), null, 2)}\n`;
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
