/** `textDocument/completion`. */
import {
  type CancellationToken,
  CompletionItemKind,
  type CompletionList,
  type CompletionParams,
  InsertTextFormat,
  type CompletionItem as LspItem,
  MarkupKind,
  type Range,
} from 'vscode-languageserver';
import { completion } from '../../editor/completion.ts';
import type { CompletionItem, ItemKind } from '../../editor/completion-items.ts';
import { filledIn } from '../../editor/templates.ts';
import type { Analysis } from '../analysis.ts';
import type { Client } from '../client.ts';
import { rangeOf } from '../convert.ts';
import { plainText } from '../plain-text.ts';
import { pointAt } from './point.ts';

const KINDS: Readonly<Record<ItemKind, CompletionItemKind>> = {
  option: CompletionItemKind.Property,
  value: CompletionItemKind.EnumMember,
  generator: CompletionItemKind.Class,
  file: CompletionItemKind.File,
  prompt: CompletionItemKind.Field,
  key: CompletionItemKind.Constant,
  machine: CompletionItemKind.Module,
  tag: CompletionItemKind.Keyword,
  role: CompletionItemKind.Interface,
  service: CompletionItemKind.Module,
  package: CompletionItemKind.Module,
  template: CompletionItemKind.Snippet,
};

export async function onCompletion(
  analysis: Analysis,
  client: Client,
  params: CompletionParams,
  token: CancellationToken,
): Promise<CompletionList | null> {
  const point = await pointAt(analysis, params, token);
  const found = point && completion(point.snapshot, point.path, point.offset);
  const range = found && rangeOf(point.snapshot.files, found.at);
  if (!found || !range) return null;
  return { isIncomplete: false, items: found.items.map(item => itemOf(client, item, range)) };
}

function itemOf(client: Client, item: CompletionItem, range: Range): LspItem {
  const { label, kind, detail, documentation, insert, snippet, rank } = item;
  const asSnippet = snippet && client.fillsSnippets;
  const markup = client.rendersMarkdown
    ? (value: string) => ({ kind: MarkupKind.Markdown, value })
    : (value: string) => ({ kind: MarkupKind.PlainText, value: plainText(value) });
  return {
    label,
    kind: KINDS[kind],
    detail,
    ...(documentation === null ? {} : { documentation: markup(documentation) }),
    sortText: `${String(rank).padStart(3, '0')}${label}`,
    textEdit: { range, newText: snippet && !asSnippet ? filledIn(insert) : insert },
    ...(asSnippet ? { insertTextFormat: InsertTextFormat.Snippet } : {}),
  };
}
