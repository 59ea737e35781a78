/** The client's capabilities, read once from `initialize`, and the server's in return. */
import {
  CodeActionKind,
  FileOperationPatternKind,
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
  /** Absolute paths of the folders it has open; empty for a single file. */
  readonly folders: readonly string[];
  /** Settings given at the start, before anything can be asked. */
  readonly initialSettings: unknown;
  /**
   * It asks for diagnostics; then none are pushed. Where both are possible only if it can also be told to ask again: an
   * edit changes the diagnostics of other files, which it would not ask about by itself.
   */
  readonly pulls: boolean;
  /** It can be told to ask for diagnostics again. */
  readonly refreshesDiagnostics: boolean;
  /** The answer for one document may bring those of others. */
  readonly takesRelatedReports: boolean;
  readonly answersConfiguration: boolean;
  readonly registersConfiguration: boolean;
  readonly registersWatchers: boolean;
  readonly changesFolders: boolean;
  readonly takesLinks: boolean;
  /** The same for what `textDocument/typeDefinition` answers. */
  readonly takesTypeLinks: boolean;
  readonly refreshesLenses: boolean;
  readonly refreshesHints: boolean;
  readonly refreshesTokens: boolean;
  readonly takesVersionedEdits: boolean;
  readonly rendersMarkdown: boolean;
  /** Its edits may make files. */
  readonly createsFiles: boolean;
  /** Its edits may move files. */
  readonly movesFiles: boolean;
  /** It runs `varsmith rename moved` once its edits have moved files. */
  readonly mendsMoves: boolean;
  /** It asks before a person moves files or folders. */
  readonly asksBeforeMoves: boolean;
  /** It shows why an edit is made, and asks before where it should. */
  readonly annotatesEdits: boolean;
  /** Outlines may have parts within parts. */
  readonly nestsSymbols: boolean;
  /** Completions may have places to fill in. */
  readonly fillsSnippets: boolean;
  /** It asks for the documentation of a completion when that is to be seen. */
  readonly resolvesCompletions: boolean;
  /** It asks for the edit of a code action when that is applied, and hands back what the action carries. */
  readonly resolvesEdits: boolean;
  /** True if the edit range of completions can be given once for a list. */
  readonly sharesEditRange: boolean;
  /** It opens addresses that the server asks it to. */
  readonly showsDocuments: boolean;
  /** True if it supports the notifications that Varsmith adds to the protocol. */
  readonly hearsAdditions: boolean;
  /** Commands of its own that lenses may name: `clientCommands` of the start options. */
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
    annotatesEdits: workspace?.workspaceEdit?.changeAnnotationSupport !== undefined,
    nestsSymbols: textDocument?.documentSymbol?.hierarchicalDocumentSymbolSupport === true,
    fillsSnippets: completion?.completionItem?.snippetSupport === true,
    resolvesCompletions:
      completion?.completionItem?.resolveSupport?.properties.includes('documentation') === true,
    resolvesEdits:
      action?.dataSupport === true && action.resolveSupport?.properties.includes('edit') === true,
    sharesEditRange: completion?.completionList?.itemDefaults?.includes('editRange') === true,
    showsDocuments: window?.showDocument?.support === true,
    hearsAdditions: params.capabilities.experimental?.[ADDITIONS] === true,
    commands: commandsOf(params.initializationOptions),
    rendersMarkdown: textDocument?.hover?.contentFormat?.includes(MarkupKind.Markdown) ?? true,
  };
}

/**
 * Neovim names resource operations without saying `documentChanges`, the only place where they can be, and takes both. Only
 * since 0.10 it moves folders: before, it fails halfway, and writes files that it moves as if they were text.
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

const MACHINE_FOLDERS: FileOperationRegistrationOptions['filters'] = [
  { scheme: 'file', pattern: { glob: '**/machines/*', matches: FileOperationPatternKind.folder } },
];

function workspaceCapabilities(client: Client): NonNullable<ServerCapabilities['workspace']> {
  return {
    ...(client.changesFolders ? { workspaceFolders: { supported: true, changeNotifications: true } } : {}),
    ...(client.asksBeforeMoves ? { fileOperations: { willRename: { filters: MACHINE_FOLDERS } } } : {}),
  };
}

export function serverCapabilities(client: Client): ServerCapabilities {
  return {
    positionEncoding: 'utf-16',
    textDocumentSync: {
      openClose: true,
      change: TextDocumentSyncKind.Incremental,
      // Who does not watch files at least says when one is saved; the others are looked at then as well.
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
    ...(client.changesFolders || client.asksBeforeMoves ? { workspace: workspaceCapabilities(client) } : {}),
  };
}
