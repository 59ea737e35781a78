/** Reads the client's capabilities from `initialize`, and returns the server's. */
import {
  CodeActionKind,
  CompletionItemTag,
  type FileOperationRegistrationOptions,
  type InitializeParams,
  MarkupKind,
  ResourceOperationKind,
  type ServerCapabilities,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import { FIX_ALL, OPEN_DOCUMENTATION } from './capabilities.ts';
import { ADDITIONS } from './messages.ts';
import { pathOfUri } from './to-protocol.ts';
import { TOKENS_LEGEND } from './token-legend.ts';

export interface Client {
  /** Absolute paths of its open folders; empty for a single file. */
  readonly folders: readonly string[];
  /** Settings sent at the start, before the client can be asked. */
  readonly initialSettings: unknown;
  /**
   * True if the client requests diagnostics, in which case none are pushed. If it supports both, it must also support
   * refreshing: an edit changes diagnostics of other files, which it would not request by itself.
   */
  readonly pulls: boolean;
  /** True if it can be asked to request diagnostics again. */
  readonly refreshesDiagnostics: boolean;
  /** True if the answer for a document may include other documents. */
  readonly takesRelatedReports: boolean;
  readonly answersConfiguration: boolean;
  readonly registersConfiguration: boolean;
  readonly registersWatchers: boolean;
  readonly changesFolders: boolean;
  readonly takesLinks: boolean;
  /** True if it accepts links as the answer to `textDocument/typeDefinition`. */
  readonly takesTypeLinks: boolean;
  readonly refreshesLenses: boolean;
  readonly refreshesHints: boolean;
  readonly refreshesTokens: boolean;
  readonly takesVersionedEdits: boolean;
  readonly rendersMarkdown: boolean;
  /** True if its edits may create files. */
  readonly createsFiles: boolean;
  /** True if its edits may move files. */
  readonly movesFiles: boolean;
  /** True if it runs `varsmith rename moved` after its edits have moved files. */
  readonly mendsMoves: boolean;
  /** True if it sends a request before a person moves files or folders. */
  readonly asksBeforeMoves: boolean;
  /** True if it tells at once that files and folders were moved in it. */
  readonly tellsOfMoves: boolean;
  /** True if it shows the annotations of edits, and asks for confirmation if they require it. */
  readonly annotatesEdits: boolean;
  /** True if outlines may be nested. */
  readonly nestsSymbols: boolean;
  /** True if completions may contain placeholders. */
  readonly fillsSnippets: boolean;
  /** True if it requests the documentation of a completion when it is shown. */
  readonly resolvesCompletions: boolean;
  /** True if it strikes through completions that are marked as deprecated. */
  readonly tagsCompletions: boolean;
  /** True if it requests the edit of a code action when it is applied, and returns the action's data. */
  readonly resolvesEdits: boolean;
  /** True if a completion list can have a common edit range. */
  readonly sharesEditRange: boolean;
  /** True if it opens addresses at the server's request. */
  readonly showsDocuments: boolean;
  /** True if it supports Varsmith's additional notifications. */
  readonly supportsAdditions: boolean;
  /** Its own commands for use in lenses: `clientCommands` of the start options. */
  readonly commands: readonly string[];
}

export function readClient(params: InitializeParams): Client {
  const { workspace, textDocument, window } = params.capabilities;
  const completion = textDocument?.completion;
  const action = textDocument?.codeAction;
  const documentChanges = takesDocumentChanges(params);
  const operations = documentChanges ? (workspace?.workspaceEdit?.resourceOperations ?? []) : [];
  return {
    folders: foldersOf(params),
    initialSettings: params.initializationOptions ?? null,
    pulls:
      textDocument?.diagnostic !== undefined &&
      (workspace?.diagnostics?.refreshSupport === true || textDocument.publishDiagnostics === undefined),
    refreshesDiagnostics: workspace?.diagnostics?.refreshSupport === true,
    takesRelatedReports: textDocument?.diagnostic?.relatedDocumentSupport === true,
    answersConfiguration: workspace?.configuration === true,
    registersConfiguration: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    registersWatchers: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    changesFolders: workspace?.workspaceFolders === true,
    takesLinks: textDocument?.definition?.linkSupport === true,
    takesTypeLinks: textDocument?.typeDefinition?.linkSupport === true,
    refreshesLenses: workspace?.codeLens?.refreshSupport === true,
    refreshesHints: workspace?.inlayHint?.refreshSupport === true,
    refreshesTokens: workspace?.semanticTokens?.refreshSupport === true,
    takesVersionedEdits: documentChanges,
    createsFiles: operations.includes(ResourceOperationKind.Create),
    movesFiles: operations.includes(ResourceOperationKind.Rename),
    mendsMoves: startOption(params.initializationOptions, 'mendsMoves') === true,
    asksBeforeMoves: workspace?.fileOperations?.willRename === true,
    tellsOfMoves: workspace?.fileOperations?.didRename === true,
    annotatesEdits: workspace?.workspaceEdit?.changeAnnotationSupport !== undefined,
    nestsSymbols: textDocument?.documentSymbol?.hierarchicalDocumentSymbolSupport === true,
    fillsSnippets: completion?.completionItem?.snippetSupport === true,
    resolvesCompletions:
      completion?.completionItem?.resolveSupport?.properties.includes('documentation') === true,
    tagsCompletions:
      completion?.completionItem?.tagSupport?.valueSet.includes(CompletionItemTag.Deprecated) === true,
    resolvesEdits:
      action?.dataSupport === true && action.resolveSupport?.properties.includes('edit') === true,
    sharesEditRange: completion?.completionList?.itemDefaults?.includes('editRange') === true,
    showsDocuments: window?.showDocument?.support === true,
    supportsAdditions: params.capabilities.experimental?.[ADDITIONS] === true,
    commands: commandsOf(params.initializationOptions),
    rendersMarkdown: textDocument?.hover?.contentFormat?.includes(MarkupKind.Markdown) ?? true,
  };
}

/**
 * Returns whether the client takes `documentChanges`. Neovim lists resource operations, which only exist there,
 * without announcing `documentChanges`, and supports both. It can move folders only since 0.10; earlier versions fail
 * halfway and overwrite moved files.
 */
function takesDocumentChanges({ capabilities, clientInfo }: InitializeParams): boolean {
  const edit = capabilities.workspace?.workspaceEdit;
  if (edit?.documentChanges === true) return true;
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(clientInfo?.version ?? '') ?? [];
  const isOld = Number(major) === 0 && Number(minor) < 10;
  return (
    clientInfo?.name === 'Neovim' && major !== undefined && !isOld && edit?.resourceOperations !== undefined
  );
}

function startOption(options: unknown, name: string): unknown {
  return typeof options === 'object' && options !== null
    ? (options as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function commandsOf(options: unknown): string[] {
  const clientCommands = startOption(options, 'clientCommands');
  return Array.isArray(clientCommands) ? clientCommands.filter(command => typeof command === 'string') : [];
}

function foldersOf({ workspaceFolders, rootUri, rootPath }: InitializeParams): string[] {
  const uris = workspaceFolders?.map(({ uri }) => uri) ?? (rootUri ? [rootUri] : []);
  const paths = uris.map(pathOfUri).filter(path => path !== null);
  return paths.length === 0 && rootPath ? [rootPath] : paths;
}

/** Nix reads files of any kind by their paths. */
const ANY_FILE: FileOperationRegistrationOptions['filters'] = [{ scheme: 'file', pattern: { glob: '**/*' } }];

function workspaceCapabilities(client: Client): NonNullable<ServerCapabilities['workspace']> {
  return {
    ...(client.changesFolders ? { workspaceFolders: { supported: true, changeNotifications: true } } : {}),
    ...(client.asksBeforeMoves || client.tellsOfMoves
      ? {
          fileOperations: {
            ...(client.asksBeforeMoves ? { willRename: { filters: ANY_FILE } } : {}),
            ...(client.tellsOfMoves ? { didRename: { filters: ANY_FILE } } : {}),
          },
        }
      : {}),
  };
}

export function serverCapabilities(client: Client): ServerCapabilities {
  return {
    positionEncoding: 'utf-16',
    textDocumentSync: {
      openClose: true,
      change: TextDocumentSyncKind.Incremental,
      // A client without watchers at least reports saved files, which are then read again.
      ...(client.registersWatchers ? {} : { save: true }),
    },
    hoverProvider: true,
    definitionProvider: true,
    typeDefinitionProvider: true,
    referencesProvider: true,
    documentHighlightProvider: true,
    documentSymbolProvider: true,
    workspaceSymbolProvider: true,
    renameProvider: { prepareProvider: true },
    foldingRangeProvider: true,
    selectionRangeProvider: true,
    callHierarchyProvider: true,
    documentLinkProvider: { resolveProvider: false },
    codeLensProvider: { resolveProvider: true },
    inlayHintProvider: { resolveProvider: false },
    semanticTokensProvider: { legend: TOKENS_LEGEND, full: true },
    completionProvider: {
      triggerCharacters: ['.', '"', '/', '$'],
      resolveProvider: client.resolvesCompletions,
    },
    codeActionProvider: {
      codeActionKinds: [
        CodeActionKind.QuickFix,
        CodeActionKind.RefactorExtract,
        CodeActionKind.RefactorRewrite,
        FIX_ALL,
      ],
      ...(client.resolvesEdits ? { resolveProvider: true } : {}),
    },
    ...(client.showsDocuments ? { executeCommandProvider: { commands: [OPEN_DOCUMENTATION] } } : {}),
    ...(client.pulls
      ? {
          diagnosticProvider: {
            identifier: 'varsmith',
            interFileDependencies: true,
            workspaceDiagnostics: true,
          },
        }
      : {}),
    ...(client.changesFolders || client.asksBeforeMoves || client.tellsOfMoves
      ? { workspace: workspaceCapabilities(client) }
      : {}),
  };
}
