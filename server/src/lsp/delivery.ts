/**
 * How diagnostics reach the client: pushed as soon as they are known, or held ready for a client that asks, with
 * a word to it when there is something new to ask for.
 */
import {
  type CancellationToken,
  type Connection,
  type Diagnostic,
  type DocumentDiagnosticParams,
  type DocumentDiagnosticReport,
  DocumentDiagnosticReportKind,
  type FullDocumentDiagnosticReport,
  type RelatedFullDocumentDiagnosticReport,
  type ResultProgressReporter,
  type WorkspaceDiagnosticParams,
  type WorkspaceDiagnosticReport,
  type WorkspaceDiagnosticReportPartialResult,
  type WorkspaceDocumentDiagnosticReport,
} from 'vscode-languageserver';
import type { Client } from './client.ts';
import type { Documents } from './documents.ts';
import { tell } from './guard.ts';
import type { Reports } from './reports.ts';
import { pathOfUri, uriOfPath } from './to-protocol.ts';

export interface Delivery {
  /**
   * @param changed absolute paths of files whose diagnostics are others now
   * @param edited absolute paths of open documents with a new version; they go first, changed or not
   */
  deliver(changed: readonly string[], edited: ReadonlySet<string>): void;
}

/** Diagnostics are sent by us; a document's come with its version. */
export function createPush(connection: Connection, documents: Documents, reports: Reports): Delivery {
  const send = (absolute: string) => {
    const document = documents.of(absolute);
    const report = reports.of(absolute);
    const uri = document?.uri ?? report?.uri ?? uriOfPath(absolute);
    const diagnostics = [...(report?.items ?? [])];
    tell(() =>
      connection.sendDiagnostics({ uri, diagnostics, ...(document ? { version: document.version } : {}) }),
    );
  };
  return {
    deliver(changed, edited) {
      for (const absolute of edited) if (documents.of(absolute)) send(absolute);
      for (const absolute of changed) if (!edited.has(absolute)) send(absolute);
    },
  };
}

export interface Pull extends Delivery {
  document(params: DocumentDiagnosticParams): DocumentDiagnosticReport;
  /** Answers at once, or, where the client takes partial results, stays open and reports until cancelled. */
  workspace(
    params: WorkspaceDiagnosticParams,
    token: CancellationToken,
    partial: ResultProgressReporter<WorkspaceDiagnosticReportPartialResult> | undefined,
  ): Promise<WorkspaceDiagnosticReport>;
}

type FullReport = FullDocumentDiagnosticReport & { readonly resultId: string };

/** The id of a file that has never had a diagnostic. */
const NOTHING = '0';

/** Diagnostics are asked for by the client. */
export function createPull(
  connection: Connection,
  documents: Documents,
  reports: Reports,
  { refreshesDiagnostics, takesRelatedReports }: Client,
): Pull {
  /** Absolute paths of files whose diagnostics have changed since a client that takes them with others asked last. */
  const untold = new Set<string>();
  const streams = new Set<(absolutes: readonly string[]) => void>();

  const reportOf = (absolute: string): FullReport => {
    const report = reports.of(absolute);
    return {
      kind: DocumentDiagnosticReportKind.Full,
      resultId: report?.id ?? NOTHING,
      items: [...(report?.items ?? [])] as Diagnostic[],
    };
  };
  const fullReport = (absolute: string, uri: string): WorkspaceDocumentDiagnosticReport => {
    return { ...reportOf(absolute), uri, version: documents.of(absolute)?.version ?? null };
  };
  const uriOf = (absolute: string) =>
    documents.of(absolute)?.uri ?? reports.of(absolute)?.uri ?? uriOfPath(absolute);

  return {
    deliver(changed, edited) {
      if (takesRelatedReports) for (const absolute of changed) untold.add(absolute);
      if (changed.length > 0) for (const stream of streams) stream(changed);
      // A client asks again for what it edits; it cannot know of the other files.
      if (!refreshesDiagnostics || changed.every(absolute => edited.has(absolute))) return;
      tell(() => connection.languages.diagnostics.refresh());
    },
    document({ textDocument, previousResultId }) {
      const absolute = pathOfUri(textDocument.uri);
      const report = absolute === null ? null : reports.of(absolute);
      const resultId = report?.id ?? NOTHING;
      const related = relatedTo(absolute);
      if (previousResultId === resultId)
        return { kind: DocumentDiagnosticReportKind.Unchanged, resultId, ...related };
      return {
        kind: DocumentDiagnosticReportKind.Full,
        resultId,
        items: [...(report?.items ?? [])],
        ...related,
      };
    },
    workspace({ previousResultIds }, token, partial) {
      const items = allReports(previousResultIds);
      if (!partial) return Promise.resolve({ items });
      partial.report({ items });
      return new Promise(resolve => {
        const stream = (absolutes: readonly string[]) =>
          partial.report({ items: absolutes.map(absolute => fullReport(absolute, uriOf(absolute))) });
        streams.add(stream);
        const end = () => {
          streams.delete(stream);
          resolve({ items: [] });
        };
        if (token.isCancellationRequested) end();
        else token.onCancellationRequested(end);
      });
    },
  };

  /** What has changed elsewhere since the last answer that could say so. */
  function relatedTo(absolute: string | null): Pick<RelatedFullDocumentDiagnosticReport, 'relatedDocuments'> {
    const others = [...untold].filter(each => each !== absolute);
    untold.clear();
    if (others.length === 0) return {};
    const told = others.map((other): [string, FullDocumentDiagnosticReport] => {
      const { kind, resultId, items } = reportOf(other);
      return [uriOf(other), { kind, resultId, items }];
    });
    return { relatedDocuments: Object.fromEntries(told) };
  }

  function allReports(
    previous: WorkspaceDiagnosticParams['previousResultIds'],
  ): WorkspaceDocumentDiagnosticReport[] {
    const items: WorkspaceDocumentDiagnosticReport[] = [];
    const known = new Map<string, { readonly uri: string; readonly value: string }>();
    for (const report of previous) known.set(pathOfUri(report.uri) ?? report.uri, report);
    for (const [absolute, report] of reports.all()) {
      const before = known.get(absolute);
      known.delete(absolute);
      if (before?.value !== report.id) items.push(fullReport(absolute, uriOf(absolute)));
      else {
        const version = documents.of(absolute)?.version ?? null;
        items.push({
          kind: DocumentDiagnosticReportKind.Unchanged,
          uri: before.uri,
          version,
          resultId: report.id,
        });
      }
    }
    // Ids of an earlier life of the server, for files that are clean now.
    for (const [absolute, { uri, value }] of known) {
      if (value !== NOTHING) items.push(fullReport(absolute, uri));
    }
    return items;
  }
}
