/** The tab that shows reports, one at a time. */
import { randomBytes } from 'node:crypto';
import { type Disposable, ViewColumn, type WebviewPanel, window } from 'vscode';
import { type Report, reportCommands, reportPage } from './report.ts';

export interface ReportTab extends Disposable {
  show(report: Report): void;
}

export function createReportTab(): ReportTab {
  let panel: WebviewPanel | undefined;
  return {
    show(report) {
      if (panel === undefined) {
        // The page runs no scripts and loads nothing.
        panel = window.createWebviewPanel('varsmith.report', report.title, ViewColumn.Active, {
          enableScripts: false,
          enableCommandUris: reportCommands,
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
