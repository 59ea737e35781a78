/**
 * Finds files other than Nix that the programs which read them reject: an unfinished merge, broken YAML or JSON, an encrypted
 * file that is cut off. What such a file may say is not known, so nothing else is concluded from it.
 */

import { flakeOf } from '../../../fleet/secrets/secrets-files.ts';
import { mergeMark } from '../../../nix/merge-marks.ts';
import type { Range } from '../../../nix/syntax.ts';
import { jsonFlaw } from '../../../store/json-flaw.ts';
import { howToMerge } from '../../../store/merge-advice.ts';
import type { CheckContext, Report, Severity } from '../../rule.ts';
import { ageRulesOf, startOf } from '../sops/agenix-rules.ts';
import { secretFilesOf, secretsOf } from '../sops/joined-secrets.ts';
import { notSecrets } from '../sops/not-secrets.ts';
import { declaredFiles, filesUnderRules, isOpaque } from '../sops/sops-files.ts';

/** Yields a report for each broken file, at the place where reading it ends. */
export function* brokenData(context: CheckContext): Iterable<Report> {
  yield* brokenJson(context);
  for (const { path, flaw } of secretsOf(context).configs)
    if (flaw !== null)
      yield reportOf(path, flaw, {
        severity: 'warning',
        reader: 'sops',
        consequence: 'It creates and updates no file here until this is mended',
      });
  yield* brokenSopsFiles(context);
  yield* mergedAgeFiles(context);
}

/** The files of JSON that every evaluation of the flake reads. */
const READ_BY_NIX = ['flake.lock', 'inventory.json'];

function* brokenJson({ sources, fleet }: CheckContext): Iterable<Report> {
  if (sources.kind('flake.nix') !== 'file') return;
  for (const path of READ_BY_NIX) {
    if (path === 'inventory.json' && !fleet.isClan) continue;
    const text = sources.kind(path) === 'file' ? sources.text(path) : null;
    if (text === null || isJson(text)) continue;
    yield reportOf(path, jsonFlaw(text), {
      severity: 'error',
      reader: 'Nix',
      consequence: 'No part of the flake can be evaluated',
    });
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function* brokenSopsFiles(context: CheckContext): Iterable<Report> {
  const { sources } = context;
  const declared = declaredFiles(context, 'sops');
  const paths = new Set([...declared.keys(), ...filesUnderRules(context).map(({ path }) => path)]);
  for (const path of paths) {
    const flaw = isOpaque(sources, path) ? null : secretFilesOf(context).flaw(path);
    if (flaw === null || notSecrets(sources, path) !== null) continue;
    const isUsed = declared.has(path) && flakeOf(sources, path) === '';
    yield reportOf(path, flaw, {
      severity: isUsed ? 'error' : 'warning',
      reader: 'sops',
      consequence: isUsed
        ? 'No machine gets a secret of it'
        : 'Nothing in it can be decrypted until this is mended',
    });
  }
}

function* mergedAgeFiles(context: CheckContext): Iterable<Report> {
  const declared = declaredFiles(context, 'age');
  const ruled = ageRulesOf(context).flatMap(({ rules }) => rules.map(({ path }) => path));
  for (const path of new Set([...declared.keys(), ...ruled])) {
    const start = context.sources.kind(path) === 'file' ? startOf(context.sources, path) : null;
    if (start === null || !isMergedAge(start)) continue;
    const line = start.indexOf('\n');
    yield reportOf(
      path,
      { start: 0, end: line < 0 ? start.length : line, reason: 'a merge in it is not finished' },
      { severity: 'error', reader: 'age', consequence: 'Nothing can decrypt it' },
    );
  }
}

/** Returns whether an age file begins with the mark of an unfinished merge. It may be binary, and then has no lines. */
export function isMergedAge(start: string): boolean {
  return /^<{7} \S.*\r?\n/.test(start) || mergeMark(start) !== null;
}

interface Words {
  readonly severity: Severity;
  /** The program that rejects the file. */
  readonly reader: string;
  /** A sentence without its full stop. */
  readonly consequence: string;
}

function reportOf(
  file: string,
  { start, end, reason }: Range & { readonly reason: string },
  { severity, reader, consequence }: Words,
): Report {
  return {
    at: { file, start, end },
    severity,
    message: `${reader} cannot read this file: ${reason}. ${consequence}. ${wayOut(file, reason)}`,
  };
}

function wayOut(path: string, reason: string): string {
  if (/merge/.test(reason)) return howToMerge(path);
  return /cut off|ends too early|empty/.test(reason)
    ? `Restore it with \`git checkout COMMIT -- ${path}\`, from a commit in which it is whole.`
    : 'Correct the place; nothing else in the file has to change.';
}
