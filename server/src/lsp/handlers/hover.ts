/** `textDocument/hover`. */
import { type CancellationToken, type Hover, type HoverParams, MarkupKind } from 'vscode-languageserver';
import { hover } from '../../editor/hover.ts';
import type { Place } from '../../fleet/model.ts';
import type { Engine } from '../../workspace/engine.ts';
import type { Analysis } from '../analysis.ts';
import type { Client } from '../client.ts';
import { locationOf, rangeOf } from '../convert.ts';
import { plainText } from '../plain-text.ts';
import { pointAt } from './point.ts';

export async function onHover(
  analysis: Analysis,
  client: Client,
  engine: Engine,
  params: HoverParams,
  token: CancellationToken,
): Promise<Hover | null> {
  const point = await pointAt(analysis, params, token);
  if (!point) return null;
  const { snapshot, border, path, offset } = point;
  const link = (place: Place) => {
    if (!client.rendersMarkdown) return null;
    const location = locationOf(border, place);
    return location && `${location.uri}#L${location.range.start.line + 1}`;
  };
  const rules = (id: string) => engine.rules.find(rule => rule.id === id) ?? null;
  const found = hover(snapshot, path, offset, link, rules);
  if (!found) return null;
  const range = rangeOf(snapshot.files, found.at);
  const contents = client.rendersMarkdown
    ? { kind: MarkupKind.Markdown, value: found.markdown }
    : { kind: MarkupKind.PlainText, value: plainText(found.markdown) };
  return { contents, ...(range ? { range } : {}) };
}
