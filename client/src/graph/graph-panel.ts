/**
 * The tab with the dependency graph: asks the server for the picture, hands it to the page, opens what is clicked, and
 * writes exports where the person says. One tab; a second command shows the first.
 */
import { type Disposable, l10n, Uri, ViewColumn, type WebviewPanel, window, workspace } from 'vscode';
import { bytesOfBase64, nonce } from '../language/portable.ts';
import type { Server } from '../language/server.ts';
import { messageOf } from '../message-of.ts';
import { openGenerator } from '../open-place.ts';
import { type GraphParams, type GraphResult, graphRequest } from '../protocol/graph.ts';
import type { PlaceParams } from '../protocol/places.ts';
import type { Choice, ExportFormat, FromPage, Kept, ToPage } from '../webview/messages.ts';
import { graphPage } from './graph-page.ts';

export interface GraphTab extends Disposable {
  /** Only what is around a generator, whose fleet is named by its URI; null: all of the fleet of the active file. */
  show(around: PlaceParams | null): Promise<void>;
  /** Fleets have changed; what is seen is asked for anew. */
  refresh(): void;
}

const EXTENSIONS: Readonly<Record<ExportFormat, string>> = {
  svg: 'svg',
  png: 'png',
  dot: 'dot',
  mermaid: 'mmd',
};

const EVERYTHING: Choice = {
  ...{ machine: null, generator: null, kind: null, condition: null },
  ...{ grouping: 'auto', open: null },
};

const VIEW = 'varsmith.graph';

export function createGraphTab(server: Server, extension: Uri): GraphTab {
  let panel: WebviewPanel | undefined;
  let near: string | null = null;
  let choice: Choice = EVERYTHING;
  let isOther = false;
  let last: GraphResult | null = null;
  let exportTo: Uri | undefined;

  const ask = (format: GraphParams['format']) =>
    server.request<GraphResult | null>(graphRequest, {
      near,
      ...choice,
      format,
    } satisfies GraphParams);

  async function draw(): Promise<void> {
    if (!panel?.visible) return;
    const asked = panel;
    let result: GraphResult | null;
    try {
      result = await ask('picture');
    } catch (error) {
      if (panel !== asked) return;
      last = null;
      tell({ type: 'empty', message: l10n.t('The graph cannot be drawn. {0}', messageOf(error)), choice });
      return;
    }
    if (panel !== asked) return;
    if (last && result && last.rootUri !== result.rootUri) isOther = true;
    last = result;
    const { generator } = choice;
    panel.title = generator === null ? l10n.t('Dependency Graph') : l10n.t('Graph: {0}', generator);
    if (!result || result.generators === 0) {
      const { machine, kind, condition } = choice;
      const isChosen = [machine, generator, kind, condition].some(one => one !== null);
      const message =
        result && isChosen
          ? l10n.t('No generator matches. Choose something else above.')
          : l10n.t('No generator is declared here. Open a fleet: a folder whose Nix files declare vars.');
      tell({ type: 'empty', message, choice });
      return;
    }
    const { text, machines, generators, groups, owners, legend, open, rootUri } = result;
    tell({
      ...{
        type: 'graph',
        picture: text,
        machines,
        generators,
        groups,
        owners,
        legend,
        root: rootUri,
        isOther,
      },
      choice: { ...choice, open },
    });
    isOther = false;
  }

  function tell(message: ToPage): void {
    void panel?.webview.postMessage(message);
  }

  async function heard(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        return draw();
      case 'open':
        if (last) await openGenerator(server, { root: last.rootUri, generator: message.id });
        return;
      case 'choose':
        choice = message.choice;
        return draw();
      case 'export':
        return exportAs(message.format);
      case 'painted':
        return;
      case 'png':
        if (exportTo) await write(exportTo, bytesOfBase64(message.data));
    }
  }

  async function exportAs(format: ExportFormat): Promise<void> {
    const extensionName = EXTENSIONS[format];
    const folder = workspace.workspaceFolders?.[0]?.uri;
    const name = `vars-${last?.root ?? 'graph'}.${extensionName}`;
    const target = await window.showSaveDialog({
      ...(folder ? { defaultUri: Uri.joinPath(folder, name) } : {}),
      filters: { [format.toUpperCase()]: [extensionName] },
      title: l10n.t('Export the dependency graph'),
    });
    if (!target) return;
    const result = await ask(format === 'png' ? 'svg' : format);
    if (!result) return;
    exportTo = target;
    // Only the page can turn a picture into points.
    if (format === 'png') tell({ type: 'rasterize', svg: result.text });
    else await write(target, new TextEncoder().encode(result.text));
  }

  async function write(target: Uri, data: Uint8Array): Promise<void> {
    await workspace.fs.writeFile(target, data);
    window.setStatusBarMessage(l10n.t('Varsmith: wrote {0}', target.path.split('/').at(-1) ?? ''), 4000);
  }

  const dist = () => Uri.joinPath(extension, 'dist');
  const options = () => ({ enableScripts: true, localResourceRoots: [dist()] });

  /** Fills a tab, a new one or that of a window which is opened anew. */
  function adopt(fresh: WebviewPanel): void {
    fresh.webview.options = options();
    const script = fresh.webview.asWebviewUri(Uri.joinPath(dist(), 'graph-page.js')).toString();
    fresh.webview.onDidReceiveMessage((message: FromPage) =>
      heard(message).catch(error => void window.showErrorMessage(`Varsmith: ${messageOf(error)}`)),
    );
    fresh.onDidDispose(() => {
      if (panel !== fresh) return;
      panel = undefined;
      last = null;
    });
    panel = fresh;
    fresh.webview.html = graphPage(script, fresh.webview.cspSource, nonce());
  }

  const restoring = window.registerWebviewPanelSerializer(VIEW, {
    async deserializeWebviewPanel(fresh: WebviewPanel, kept: Partial<Kept> | undefined) {
      choice = { ...EVERYTHING, ...kept?.choice };
      near = kept?.root ?? null;
      panel?.dispose();
      adopt(fresh);
    },
  });

  return {
    async show(around) {
      const wanted = around?.generator ?? null;
      isOther = panel !== undefined && wanted !== choice.generator;
      choice = { ...EVERYTHING, generator: wanted };
      near = around?.root ?? window.activeTextEditor?.document.uri.toString() ?? near;
      // A new page asks by itself once it is there.
      if (panel === undefined)
        adopt(window.createWebviewPanel(VIEW, l10n.t('Dependency Graph'), ViewColumn.Active, options()));
      else {
        panel.reveal();
        await draw();
      }
    },
    refresh: () => void draw(),
    dispose() {
      restoring.dispose();
      panel?.dispose();
    },
  };
}
