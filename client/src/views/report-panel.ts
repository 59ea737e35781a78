/** A tab that shows reports, one at a time. */
import { randomBytes } from 'node:crypto';
import { type Disposable, ViewColumn, type WebviewPanel, window } from 'vscode';
import { type Report, reportPage } from './page-parts.ts';

export interface ReportTab extends Disposable {
  show(report: Report): void;
}

/** @param commands those that the links of its pages may run */
export function createReportTab(commands: readonly string[]): ReportTab {
  let panel: WebviewPanel | undefined;
  return {
    show(report) {
      if (panel === undefined) {
        // The page runs no scripts and loads nothing.
        panel = window.createWebviewPanel('varsmith.report', report.title, ViewColumn.Active, {
          enableScripts: false,
          enableCommandUris: commands,
          localResourceRoots: [],
        });
        panel.onDidDispose(() => {
          panel = undefined;
        });
      }
      panel.title = report.title;
      panel.webview.html = reportPage(report, randomBytes(16).toString('base64'));
      panel.reveal();
    },
    dispose: () => panel?.dispose(),
  };
}
