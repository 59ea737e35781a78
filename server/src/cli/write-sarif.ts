/**
 * Findings as SARIF, which code scanning services and many editors read.
 *
 * Source: OASIS, Static Analysis Results Interchange Format 2.1.0 (errata 01).
 */
import { pathToFileURL } from 'node:url';
import type { Finding, Fix, Rule, Severity } from '../checks/rule.ts';
import type { Place } from '../fleet/model.ts';
import type { CheckReport } from './check.ts';
import type { Io } from './io.ts';

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
    results: report.findings.map(finding => result(report, finding)),
  };
  stdout.write(`${JSON.stringify({ $schema: SCHEMA, version: '2.1.0', runs: [run] }, null, 2)}\n`);
}

function ruleDescriptor({ id, severity, summary, documentation }: Rule) {
  return {
    id,
    shortDescription: { text: summary },
    fullDescription: { text: firstParagraph(documentation), markdown: firstParagraph(documentation) },
    help: { text: documentation, markdown: documentation },
    helpUri: `${HOME}/blob/main/docs/rules.md#${id.replace(/[^a-z0-9_-]/g, '')}`,
    defaultConfiguration: { level: LEVELS[severity] },
  };
}

function firstParagraph(text: string): string {
  return (text.trim().split(/\n\s*\n/, 1)[0] ?? '').replace(/\s*\n\s*/g, ' ');
}

function result(report: CheckReport, finding: Finding) {
  const { rule, severity, message, at, machines, related, fixes } = finding;
  return {
    ruleId: rule,
    ruleIndex: report.rules.findIndex(({ id }) => id === rule),
    level: LEVELS[severity],
    message: { text: message },
    locations: [{ physicalLocation: physicalLocation(report, at) }],
    ...(related.length > 0
      ? {
          relatedLocations: related.map((each, i) => ({
            id: i + 1,
            physicalLocation: physicalLocation(report, each.at),
            message: { text: each.message },
          })),
        }
      : {}),
    ...(fixes.length > 0 ? { fixes: fixes.map(fix => sarifFix(report, fix)) } : {}),
    ...(machines.length > 0 ? { properties: { machines } } : {}),
  };
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
