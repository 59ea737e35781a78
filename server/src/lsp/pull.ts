/** Answers diagnostics requests, and notifies clients that can be asked to request again. */
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
import type { Delivery } from './delivery.ts';
import type { Documents } from './documents.ts';
import { sendQuietly } from './guard.ts';
import type { Reports } from './reports.ts';
import type { HandlerContext, RequestGuard } from './requests.ts';
import { pathOfUri, uriOfPath } from './to-protocol.ts';

type PartialResults = ResultProgressReporter<WorkspaceDiagnosticReportPartialResult>;

export interface Pull extends Delivery {
  document(params: DocumentDiagnosticParams): DocumentDiagnosticReport;
  /**
   * Answers at once or, if the client takes partial results, keeps the request open and reports until it is
   * cancelled.
   */
  workspace(
    params: WorkspaceDiagnosticParams,
    token: CancellationToken,
    partial: PartialResults | undefined,
  ): Promise<WorkspaceDiagnosticReport>;
}

type FullReport = FullDocumentDiagnosticReport & { readonly resultId: string };

/** The result id of a file that has never had a diagnostic. */
const NEVER_ANY = '0';

const NO_DIAGNOSTICS: DocumentDiagnosticReport = { kind: DocumentDiagnosticReportKind.Full, items: [] };

interface PullState {
  readonly documents: Documents;
  readonly reports: Reports;
  /** Absolute paths of files that have changed since the last request of a client that takes related documents. */
  readonly unreported: Set<string>;
  /** Called with the absolute paths of changed files, for open requests. */
  readonly streams: Set<(absolutes: readonly string[]) => void>;
}

export function createPull(
  connection: Connection,
  documents: Documents,
  reports: Reports,
  { refreshesDiagnostics, takesRelatedReports }: Client,
): Pull {
  const state: PullState = { documents, reports, unreported: new Set(), streams: new Set() };
  return {
    isPushed: false,
    takesMore: refreshesDiagnostics,
    deliver(changed, edited) {
      if (takesRelatedReports) for (const absolute of changed) state.unreported.add(absolute);
      if (changed.length > 0) for (const stream of state.streams) stream(changed);
      // A client requests diagnostics for what it edits, but cannot know about other files.
      if (!refreshesDiagnostics || changed.every(absolute => edited.has(absolute))) return;
      sendQuietly(() => connection.languages.diagnostics.refresh());
    },
    document: params => documentReport(state, params),
    workspace({ previousResultIds }, token, partial) {
      const items = allReports(state, previousResultIds);
      if (!partial) return Promise.resolve({ items });
      partial.report({ items });
      return stream(state, partial, token);
    },
  };
}

/** Registers the two diagnostics requests. */
export function registerPull<Running extends HandlerContext & { readonly pull: Pull }>(
  connection: Connection,
  request: RequestGuard<Running>,
): void {
  const document = request(
    'diagnostics',
    async ({ analysis, pull }, params: DocumentDiagnosticParams, token) => {
      await analysis.firstAnalysed(token);
      return pull.document(params);
    },
  );
  connection.languages.diagnostics.on(
    async (params, token) => (await document(params, token)) ?? NO_DIAGNOSTICS,
  );
  connection.languages.diagnostics.onWorkspace(async (params, token, _progress, partial) => {
    const workspace = request('workspace diagnostics', async ({ analysis, pull }) => {
      await analysis.allAnalysed(token);
      return pull.workspace(params, token, partial);
    });
    return (await workspace(params, token)) ?? { items: [] };
  });
}

function documentReport(
  state: PullState,
  { textDocument, previousResultId }: DocumentDiagnosticParams,
): DocumentDiagnosticReport {
  const absolute = pathOfUri(textDocument.uri);
  const report = absolute === null ? null : state.reports.of(absolute);
  const resultId = report?.id ?? NEVER_ANY;
  const related = relatedTo(state, absolute);
  if (previousResultId === resultId)
    return { kind: DocumentDiagnosticReportKind.Unchanged, resultId, ...related };
  return { kind: DocumentDiagnosticReportKind.Full, resultId, items: [...(report?.items ?? [])], ...related };
}

/** Reports changes until the request is cancelled. */
function stream(
  state: PullState,
  partial: PartialResults,
  token: CancellationToken,
): Promise<WorkspaceDiagnosticReport> {
  return new Promise(resolve => {
    const report = (absolutes: readonly string[]) =>
      partial.report({
        items: absolutes.map(absolute => fullReport(state, absolute, uriOf(state, absolute))),
      });
    state.streams.add(report);
    const end = () => {
      state.streams.delete(report);
      resolve({ items: [] });
    };
    if (token.isCancellationRequested) end();
    else token.onCancellationRequested(end);
  });
}

/** Returns the changes in other files since the last answer that could include them. */
function relatedTo(
  state: PullState,
  absolute: string | null,
): Pick<RelatedFullDocumentDiagnosticReport, 'relatedDocuments'> {
  const others = [...state.unreported].filter(other => other !== absolute);
  state.unreported.clear();
  if (others.length === 0) return {};
  const reports = others.map((other): [string, FullDocumentDiagnosticReport] => {
    const { kind, resultId, items } = reportOf(state, other);
    return [uriOf(state, other), { kind, resultId, items }];
  });
  return { relatedDocuments: Object.fromEntries(reports) };
}

function allReports(
  state: PullState,
  previous: WorkspaceDiagnosticParams['previousResultIds'],
): WorkspaceDocumentDiagnosticReport[] {
  const items: WorkspaceDocumentDiagnosticReport[] = [];
  const previousByPath = new Map<string, { readonly uri: string; readonly value: string }>();
  for (const result of previous) previousByPath.set(pathOfUri(result.uri) ?? result.uri, result);
  for (const [absolute, report] of state.reports.all()) {
    const before = previousByPath.get(absolute);
    previousByPath.delete(absolute);
    if (before?.value !== report.id) items.push(fullReport(state, absolute, uriOf(state, absolute)));
    else {
      const version = state.documents.of(absolute)?.version ?? null;
      const { uri } = before;
      items.push({ kind: DocumentDiagnosticReportKind.Unchanged, uri, version, resultId: report.id });
    }
  }
  // These ids are from before a restart of the server, for files that are clean now.
  for (const [absolute, { uri, value }] of previousByPath) {
    if (value !== NEVER_ANY) items.push(fullReport(state, absolute, uri));
  }
  return items;
}

function reportOf({ reports }: PullState, absolute: string): FullReport {
  const report = reports.of(absolute);
  return {
    kind: DocumentDiagnosticReportKind.Full,
    resultId: report?.id ?? NEVER_ANY,
    items: [...(report?.items ?? [])] as Diagnostic[],
  };
}

function fullReport(state: PullState, absolute: string, uri: string): WorkspaceDocumentDiagnosticReport {
  return { ...reportOf(state, absolute), uri, version: state.documents.of(absolute)?.version ?? null };
}

function uriOf({ documents, reports }: PullState, absolute: string): string {
  return documents.of(absolute)?.uri ?? reports.of(absolute)?.uri ?? uriOfPath(absolute);
}
