/** Answers `textDocument/hover`. */
import type { CancellationToken, Hover, HoverParams } from 'vscode-languageserver';
import { hover } from '../../editor/hover/hover.ts';
import type { Engine } from '../../workspace/engine.ts';
import type { Analysis } from '../analysis.ts';
import type { Client } from '../client.ts';
import { documentationLinkOf } from '../documentation.ts';
import { rangeOf } from '../to-protocol.ts';
import { linkIn, markupOf } from './markup.ts';
import { pointAt } from './requested-position.ts';

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
  const rules = (id: string) => engine.rules.find(rule => rule.id === id) ?? null;
  const card = hover(snapshot, path, offset, {
    link: linkIn(border, client),
    rules,
    pageOf: id => documentationLinkOf(client, id),
  });
  if (!card) return null;
  const range = rangeOf(snapshot.files, card.at);
  return { contents: markupOf(client, card.markdown), ...(range ? { range } : {}) };
}
