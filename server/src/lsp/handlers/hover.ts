/** `textDocument/hover`. */
import { type CancellationToken, type Hover, type HoverParams, MarkupKind } from 'vscode-languageserver';
import { hover } from '../../editor/hover.ts';
import type { Analysis } from '../analysis.ts';
import type { Client } from '../client.ts';
import { locationOf, offsetOf, pathOfUri, rangeOf } from '../convert.ts';
import { plainText } from '../plain-text.ts';

export async function onHover(
  analysis: Analysis,
  client: Client,
  { textDocument, position }: HoverParams,
  token: CancellationToken,
): Promise<Hover | null> {
  const absolute = pathOfUri(textDocument.uri);
  const located = absolute === null ? null : await analysis.locate(absolute, token);
  if (!located) return null;
  const { snapshot, border, path } = located;
  const offset = offsetOf(snapshot.files, path, position);
  if (offset === null) return null;
  const found = hover(snapshot, path, offset, place => {
    if (!client.rendersMarkdown) return null;
    const location = locationOf(border, place);
    return location && `${location.uri}#L${location.range.start.line + 1}`;
  });
  if (!found) return null;
  const range = rangeOf(snapshot.files, found.at);
  const contents = client.rendersMarkdown
    ? { kind: MarkupKind.Markdown, value: found.markdown }
    : { kind: MarkupKind.PlainText, value: plainText(found.markdown) };
  return { contents, ...(range ? { range } : {}) };
}
