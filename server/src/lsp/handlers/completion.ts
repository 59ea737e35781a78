/** Answers `textDocument/completion` and `completionItem/resolve`. */
import {
  type CancellationToken,
  CompletionItemKind,
  CompletionItemTag,
  type CompletionList,
  type CompletionParams,
  InsertTextFormat,
  type CompletionItem as LspItem,
  type Range,
} from 'vscode-languageserver';
import { completion } from '../../editor/complete/completion.ts';
import type { CompletionItem, ItemKind } from '../../editor/complete/completion-items.ts';
import { cardOf } from '../../editor/hover/hover.ts';
import type { Subject } from '../../editor/names/subjects.ts';
import { filledIn } from '../../editor/scaffold/templates.ts';
import type { Analysis } from '../analysis.ts';
import type { Client } from '../client.ts';
import { rangeOf, uriOfPath } from '../to-protocol.ts';
import { linkIn, markupOf } from './markup.ts';
import { pointAt } from './requested-position.ts';
import { stateOf } from './requested-root.ts';

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
  secret: CompletionItemKind.Constant,
  path: CompletionItemKind.File,
  folder: CompletionItemKind.Folder,
};

/** Data of an item until it is resolved. */
interface ItemData {
  /** URI of the root. */
  readonly root: string;
  readonly subject: Subject;
}

export async function onCompletion(
  analysis: Analysis,
  client: Client,
  params: CompletionParams,
  token: CancellationToken,
): Promise<CompletionList | null> {
  const point = await pointAt(analysis, params, token);
  const items = point && completion(point.snapshot, point.path, point.offset);
  const range = items && rangeOf(point.snapshot.files, items.at);
  if (!items || !range) return null;
  const root = uriOfPath(point.root);
  return {
    isIncomplete: false,
    ...(client.sharesEditRange ? { itemDefaults: { editRange: range } } : {}),
    items: items.items.map(item => itemOf(client, item, range, root)),
  };
}

function itemOf(client: Client, item: CompletionItem, range: Range, root: string): LspItem {
  const { label, kind, detail, documentation, subject, insert, snippet, rank, deprecated } = item;
  const asSnippet = snippet && client.fillsSnippets;
  const newText = snippet && !asSnippet ? filledIn(insert) : insert;
  const isLater = client.resolvesCompletions && subject !== null;
  return {
    label,
    kind: KINDS[kind],
    detail,
    ...(isLater ? { data: { root, subject } satisfies ItemData } : {}),
    ...(isLater || documentation === null ? {} : { documentation: markupOf(client, documentation) }),
    sortText: `${String(rank).padStart(3, '0')}${label}`,
    ...editOf(client, range, newText, label),
    ...(deprecated && client.tagsCompletions ? { tags: [CompletionItemTag.Deprecated] } : {}),
    ...(asSnippet ? { insertTextFormat: InsertTextFormat.Snippet } : {}),
  };
}

/** Returns the edit of an item, without the parts that the client takes from the list or the label. */
function editOf(client: Client, range: Range, newText: string, label: string): Partial<LspItem> {
  if (!client.sharesEditRange) return { textEdit: { range, newText } };
  return newText === label ? {} : { textEditText: newText };
}

/** Adds the documentation to an item, as the hover of its subject shows it. */
export async function onCompletionResolve(
  analysis: Analysis,
  client: Client,
  item: LspItem,
  token: CancellationToken,
): Promise<LspItem> {
  await analysis.allAnalysed(token);
  const data = item.data as ItemData | undefined;
  const state = data && stateOf(analysis, data.root);
  const card = state && cardOf(state.snapshot, data.subject, linkIn(state.border, client));
  return card ? { ...item, documentation: markupOf(client, card) } : item;
}
