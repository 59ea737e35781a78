/** Answers `textDocument/documentSymbol` and `workspace/symbol`. */
import {
  type CancellationToken,
  type DocumentSymbol,
  type DocumentSymbolParams,
  SymbolKind as LspKind,
  type SymbolInformation,
  type WorkspaceSymbolParams,
} from 'vscode-languageserver';
import {
  documentSymbols,
  type NamedSymbol,
  type SymbolKind,
  workspaceSymbols,
} from '../../editor/shown/symbols.ts';
import type { NixFiles } from '../../nix/eval/value.ts';
import type { Analysis } from '../analysis.ts';
import type { Client } from '../client.ts';
import { locationOf, rangeOf } from '../to-protocol.ts';
import { locatedIn } from './requested-position.ts';

const KINDS: Readonly<Record<SymbolKind, LspKind>> = {
  generator: LspKind.Class,
  file: LspKind.Field,
  prompt: LspKind.Property,
  script: LspKind.Function,
  key: LspKind.Key,
  row: LspKind.Array,
  machine: LspKind.Module,
  option: LspKind.Property,
  secret: LspKind.Constant,
  template: LspKind.String,
  'encrypted-file': LspKind.File,
  'encrypted-key': LspKind.Key,
};

export async function onDocumentSymbol(
  analysis: Analysis,
  client: Client,
  params: DocumentSymbolParams,
  token: CancellationToken,
): Promise<DocumentSymbol[] | SymbolInformation[] | null> {
  const located = await locatedIn(analysis, params.textDocument.uri, token);
  if (!located) return null;
  const { snapshot, border, path } = located;
  const symbols = documentSymbols(snapshot, path);
  if (client.nestsSymbols) return symbols.flatMap(symbol => nested(snapshot.files, symbol));
  return symbols.flatMap(function flat(symbol): SymbolInformation[] {
    const location = locationOf(border, symbol.at);
    const symbols = location === null ? [] : [{ name: symbol.name, kind: KINDS[symbol.kind], location }];
    return [...symbols, ...symbol.children.flatMap(flat)];
  });
}

function nested(files: NixFiles, { name, kind, detail, at, whole, children }: NamedSymbol): DocumentSymbol[] {
  const selectionRange = rangeOf(files, at);
  const range = rangeOf(files, whole);
  if (!range || !selectionRange) return [];
  const below = children.flatMap(child => nested(files, child));
  return [{ name, detail, kind: KINDS[kind], range, selectionRange, children: below }];
}

export async function onWorkspaceSymbol(
  analysis: Analysis,
  { query }: WorkspaceSymbolParams,
  token: CancellationToken,
): Promise<SymbolInformation[]> {
  await analysis.allAnalysed(token);
  return analysis.states().flatMap(({ snapshot, border }) =>
    workspaceSymbols(snapshot, query).flatMap(({ name, kind, detail, at }) => {
      const location = locationOf(border, at);
      return location === null ? [] : [{ name, kind: KINDS[kind], location, containerName: detail }];
    }),
  );
}
