/**
 * Writes findings as SARIF, which code scanning services and many editors read.
 * Source: OASIS, Static Analysis Results Interchange Format 2.1.0 (errata 01).
 */
import { pathToFileURL } from 'node:url';
import { messageWithCure } from '../../../checks/cure.ts';
import { FINGERPRINT_VERSION } from '../../../checks/engine/fingerprint.ts';
import { ruleUrl } from '../../../checks/pages/pages.ts';
import type { Finding, Fix, Rule, Severity } from '../../../checks/rule.ts';
import type { Place } from '../../../nix/places.ts';
import { compareTexts } from '../../../std.ts';
import type { Io } from '../../io.ts';
import { jsonText } from '../json-text.ts';
import type { CheckReport } from './check-report.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const HOME = 'https://github.com/varsmith/varsmith';

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
  hint: 'note',
};

export function writeSarif(report: CheckReport, { stdout, version: programVersion }: Io): void {
  const run = {
    tool: {
      driver: {
        name: 'Varsmith',
        version: programVersion,
        informationUri: HOME,
        rules: report.rules.map(ruleDescriptor),
      },
    },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { ROOT: { uri: `${pathToFileURL(report.root).href.replace(/\/$/, '')}/` } },
    invocations: [{ executionSuccessful: true }],
    results: allFindings(report).map(finding => result(report, finding)),
  };
  stdout.write(`${jsonText({ $schema: SCHEMA, version: '2.1.0', runs: [run] })}\n`);
}

/** Returns all findings in order. Those that the baseline silences are included, and marked as suppressed. */
function allFindings({ findings, baseline }: CheckReport): readonly Finding[] {
  if (baseline === null) return findings;
  const all = [...findings, ...baseline.silenced];
  return all.sort(
    (a, b) => compareTexts(a.at.file, b.at.file) || a.at.start - b.at.start || compareTexts(a.rule, b.rule),
  );
}

function ruleDescriptor({ id, severity, optional, summary, documentation }: Rule) {
  return {
    id,
    shortDescription: { text: summary },
    fullDescription: {
      text: plainText(firstParagraph(documentation)),
      markdown: firstParagraph(documentation),
    },
    help: { text: plainText(documentation), markdown: documentation },
    helpUri: ruleUrl(id),
    defaultConfiguration: { level: LEVELS[severity], ...(optional === true ? { enabled: false } : {}) },
  };
}

function firstParagraph(text: string): string {
  return (text.trim().split(/\n\s*\n/, 1)[0] ?? '').replace(/\s*\n\s*/g, ' ');
}

/** Returns Markdown as plain text: code and emphasis without their markup, links followed by their address. */
function plainText(markdown: string): string {
  return markdown
    .trim()
    .replace(/^```.*\n?/gm, '')
    .replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, '$1 ($2)')
    .replace(/\*\*([^*\n]+)\*\*/g, '$1')
    .replace(/`([^`]+)`/g, '$1');
}

function result(report: CheckReport, finding: Finding) {
  const { rule, severity, at, machines, related, fixes } = finding;
  return {
    ruleId: rule,
    ruleIndex: report.rules.findIndex(({ id }) => id === rule),
    level: LEVELS[severity],
    message: { text: messageWithCure(finding) },
    locations: [{ physicalLocation: physicalLocation(report, at) }],
    partialFingerprints: { [`varsmith/v${FINGERPRINT_VERSION}`]: report.fingerprints().get(finding) ?? '' },
    ...suppressions(report, finding),
    ...(related.length > 0
      ? {
          relatedLocations: related.map((candidate, i) => ({
            id: i + 1,
            physicalLocation: physicalLocation(report, candidate.at),
            message: { text: candidate.message },
          })),
        }
      : {}),
    ...(fixes.length > 0 ? { fixes: fixes.map(fix => sarifFix(report, fix)) } : {}),
    ...(machines.length > 0 ? { properties: { machines } } : {}),
  };
}

/** Returns the suppressions of a result: if one result has this property, all must have it (3.27.23). */
function suppressions({ baseline }: CheckReport, finding: Finding) {
  if (baseline === null) return {};
  if (!baseline.silenced.includes(finding)) return { suppressions: [] };
  const justification = `Listed in the baseline ${baseline.file}.`;
  return { suppressions: [{ kind: 'external', status: 'accepted', justification }] };
}

function sarifFix(report: CheckReport, { title, edits }: Fix) {
  const files = [...new Set(edits.map(({ file }) => file))];
  return {
    description: { text: title },
    artifactChanges: files.map(file => ({
      artifactLocation: artifactLocation(file),
      replacements: edits
        .filter(edit => edit.file === file)
        .map(edit => ({ deletedRegion: region(report, edit), insertedContent: { text: edit.text } })),
    })),
  };
}

function physicalLocation(report: CheckReport, place: Place) {
  return { artifactLocation: artifactLocation(place.file), region: region(report, place) };
}

function artifactLocation(file: string) {
  return { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: 'ROOT' };
}

function region({ spanOf }: CheckReport, place: Place) {
  const { line, column, endLine, endColumn } = spanOf(place);
  return { startLine: line, startColumn: column, endLine, endColumn };
}
