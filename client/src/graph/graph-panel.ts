/** The tab with the dependency graph. There is a single tab, which VS Code restores with the window. */
import { type Disposable, l10n, Uri, ViewColumn, type WebviewPanel, window } from 'vscode';
import { nonce } from '../language/portable.ts';
import type { Server } from '../language/server.ts';
import { messageOf } from '../message-of.ts';
import type { PlaceParams } from '../protocol/places.ts';
import type { FromPage, Kept } from '../webview/messages.ts';
import { createDrawing, type Drawing, draw, handleMessage } from './graph-drawing.ts';
import { EVERYTHING } from './graph-message.ts';
import { graphPage } from './graph-page.ts';

export interface GraphTab extends Disposable {
  /**
   * Shows the surroundings of a generator in the fleet with this URI, or the whole fleet of the active file for
   * `null`.
   */
  show(around: PlaceParams | null): Promise<void>;
  /** Draws the graph again after fleets have changed. */
  refresh(): void;
}

const VIEW = 'varsmith.graph';

export function createGraphTab(server: Server, extension: Uri): GraphTab {
  const drawing = createDrawing(server);

  const restoring = window.registerWebviewPanelSerializer(VIEW, {
    async deserializeWebviewPanel(panel: WebviewPanel, kept: Partial<Kept> | undefined) {
      drawing.choice = { ...EVERYTHING, ...kept?.choice };
      drawing.near = kept?.root ?? null;
      drawing.panel?.dispose();
      adopt(drawing, panel, extension);
    },
  });

  return {
    async show(around) {
      const generator = around?.generator ?? null;
      drawing.isOther = drawing.panel !== undefined && generator !== drawing.choice.generator;
      drawing.choice = { ...EVERYTHING, generator };
      drawing.near = around?.root ?? window.activeTextEditor?.document.uri.toString() ?? drawing.near;
      if (drawing.panel === undefined) {
        // A new page requests the graph when it has loaded.
        const title = l10n.t('Dependency Graph');
        const panel = window.createWebviewPanel(VIEW, title, ViewColumn.Active, optionsOf(extension));
        adopt(drawing, panel, extension);
      } else {
        drawing.panel.reveal();
        await draw(drawing);
      }
    },
    refresh: () => void draw(drawing),
    dispose() {
      restoring.dispose();
      drawing.panel?.dispose();
    },
  };
}

/** Fills a new or restored tab. */
function adopt(drawing: Drawing, panel: WebviewPanel, extension: Uri): void {
  const { webview } = panel;
  const icon = (theme: string) => Uri.joinPath(extension, 'docs', 'images', `graph-tab-${theme}.svg`);
  panel.iconPath = { light: icon('light'), dark: icon('dark') };
  webview.options = optionsOf(extension);
  const script = webview.asWebviewUri(Uri.joinPath(extension, 'dist', 'graph-page.js')).toString();
  webview.onDidReceiveMessage((message: FromPage) =>
    handleMessage(drawing, message).catch(error => void window.showErrorMessage(messageOf(error))),
  );
  panel.onDidDispose(() => {
    if (drawing.panel !== panel) return;
    drawing.panel = undefined;
    drawing.last = null;
  });
  drawing.panel = panel;
  webview.html = graphPage(script, webview.cspSource, nonce());
}

function optionsOf(extension: Uri) {
  return { enableScripts: true, localResourceRoots: [Uri.joinPath(extension, 'dist')] };
}
