/** Converts our Markdown for a client: unchanged, or as plain text without links. */
import { type MarkupContent, MarkupKind } from 'vscode-languageserver';
import type { Place } from '../../nix/places.ts';
import type { Client } from '../client.ts';
import { plainText } from '../plain-text.ts';
import { locationOf, type ProtocolContext } from '../to-protocol.ts';

export function markupOf(client: Client, markdown: string): MarkupContent {
  return client.rendersMarkdown
    ? { kind: MarkupKind.Markdown, value: markdown }
    : { kind: MarkupKind.PlainText, value: plainText(markdown) };
}

/** Returns a function for the address of a place with its line, or `null` if the client shows no links. */
export function linkIn(border: ProtocolContext, client: Client): (place: Place) => string | null {
  return place => {
    if (!client.rendersMarkdown) return null;
    const location = locationOf(border, place);
    return location && `${location.uri}#L${location.range.start.line + 1}`;
  };
}
