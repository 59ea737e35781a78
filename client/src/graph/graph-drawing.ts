/** The content of the graph's tab: requests the picture from the server, and handles the page's messages. */
import { l10n, type Uri, type WebviewPanel } from 'vscode';
import { bytesOfBase64 } from '../language/portable.ts';
import type { Server } from '../language/server.ts';
import { messageOf } from '../message-of.ts';
import { openGenerator } from '../open-place.ts';
import { type GraphParams, type GraphResult, graphRequest } from '../protocol/graph.ts';
import type { Choice, ExportFormat, FromPage, ToPage } from '../webview/messages.ts';
import { askExportTarget, writeExport } from './graph-export.ts';
import { EVERYTHING, graphMessage } from './graph-message.ts';

export interface Drawing {
  readonly server: Server;
  /** Undefined while no tab is open. */
  panel: WebviewPanel | undefined;
  /** URI of a file or folder of the fleet, or `null` for the first fleet. */
  near: string | null;
  choice: Choice;
  /** True if the next picture has another subject than the last one. */
  isOther: boolean;
  /** The aspect ratio of the page's canvas, or `null` before it has told. */
  aspect: number | null;
  /** The answer that is currently shown. */
  last: GraphResult | null;
  /** The target of the export for which the page is rendering a bitmap. */
  exportTo: Uri | undefined;
}

export function createDrawing(server: Server): Drawing {
  return {
    ...{ server, panel: undefined, near: null, choice: EVERYTHING, isOther: false },
    ...{ aspect: null, last: null, exportTo: undefined },
  };
}

/** Draws the graph again if the tab is visible. */
export async function draw(drawing: Drawing): Promise<void> {
  const { panel } = drawing;
  if (!panel?.visible) return;
  let result: GraphResult | null;
  try {
    result = await ask(drawing, 'picture');
  } catch (error) {
    if (drawing.panel !== panel) return;
    drawing.last = null;
    const message = l10n.t('The graph cannot be drawn. {0}', messageOf(error));
    post(drawing, { type: 'empty', message, choice: drawing.choice });
    return;
  }
  if (drawing.panel !== panel) return;
  if (drawing.last && result && drawing.last.rootUri !== result.rootUri) drawing.isOther = true;
  drawing.last = result;
  const { generator } = drawing.choice;
  panel.title = generator === null ? l10n.t('Dependency Graph') : l10n.t('Graph: {0}', generator);
  const message = graphMessage(result, drawing.choice, drawing.isOther);
  post(drawing, message);
  if (message.type === 'graph') drawing.isOther = false;
}

/** Handles a message of the page. */
export async function handleMessage(drawing: Drawing, message: FromPage): Promise<void> {
  switch (message.type) {
    case 'ready':
    case 'shaped':
      drawing.aspect = message.aspect;
      return draw(drawing);
    case 'open':
      if (drawing.last)
        await openGenerator(drawing.server, { root: drawing.last.rootUri, generator: message.id });
      return;
    case 'choose':
      drawing.choice = message.choice;
      return draw(drawing);
    case 'export':
      return exportAs(drawing, message.format);
    case 'painted':
      return;
    case 'png':
      if (drawing.exportTo) await writeExport(drawing.exportTo, bytesOfBase64(message.data));
  }
}

async function exportAs(drawing: Drawing, format: ExportFormat): Promise<void> {
  const target = await askExportTarget(format, drawing.last?.root);
  if (!target) return;
  const result = await ask(drawing, format === 'png' ? 'svg' : format);
  if (!result) return;
  drawing.exportTo = target;
  // Only the page can render a bitmap.
  if (format === 'png') post(drawing, { type: 'rasterize', svg: result.text });
  else await writeExport(target, new TextEncoder().encode(result.text));
}

function ask(
  { server, near, choice, aspect }: Drawing,
  format: GraphParams['format'],
): Promise<GraphResult | null> {
  const params: GraphParams = { near, ...choice, format, ...(aspect === null ? {} : { aspect }) };
  return server.request<GraphResult | null>(graphRequest, params);
}

function post({ panel }: Drawing, message: ToPage): void {
  void panel?.webview.postMessage(message);
}
