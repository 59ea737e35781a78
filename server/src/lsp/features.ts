/** Registers the handlers of the protocol's own requests. */
import type {
  CodeAction,
  CodeLens,
  CompletionItem,
  Connection,
  SemanticTokensParams,
} from 'vscode-languageserver';
import { SETTINGS_RULE } from '../workspace/settings/settings-names.ts';
import { onIncomingCalls, onOutgoingCalls, onPrepareCalls } from './handlers/calls.ts';
import { onCodeAction, onCodeActionResolve } from './handlers/code-actions.ts';
import { onCodeLens, onCodeLensResolve } from './handlers/code-lens.ts';
import { onCompletion, onCompletionResolve } from './handlers/completion.ts';
import { onDefinition } from './handlers/definition.ts';
import { onFoldingRanges } from './handlers/folding.ts';
import { onHover } from './handlers/hover.ts';
import { onInlayHints } from './handlers/inlay-hints.ts';
import { onDocumentLinks } from './handlers/links.ts';
import { onExecuteCommand } from './handlers/open-documentation.ts';
import { onDocumentHighlight, onReferences } from './handlers/references.ts';
import { onPrepareRename, onRename, onWillRenameFiles } from './handlers/rename.ts';
import { onSelectionRanges } from './handlers/selection.ts';
import { onDocumentSymbol, onWorkspaceSymbol } from './handlers/symbols.ts';
import { onSemanticTokens } from './handlers/tokens.ts';
import { onTypeDefinition } from './handlers/type-definition.ts';
import { analysed, clientBound, type HandlerContext, type RequestGuard } from './requests.ts';

/** Registers the requests about names in the text. */
export function registerFeatures<Running extends HandlerContext>(
  connection: Connection,
  request: RequestGuard<Running>,
): void {
  const plain = analysed(request);
  const bound = clientBound(request);
  const warn = (message: string) => void connection.window.showWarningMessage(message);

  connection.onHover(
    request('hover', ({ analysis, client, engine }, ...asked) => onHover(analysis, client, engine, ...asked)),
  );
  connection.onDefinition(bound('definition', onDefinition));
  connection.onTypeDefinition(bound('type definition', onTypeDefinition));
  connection.onReferences(plain('references', onReferences));
  connection.onDocumentHighlight(plain('highlight', onDocumentHighlight));
  connection.onDocumentSymbol(bound('symbols', onDocumentSymbol));
  connection.onWorkspaceSymbol(plain('workspace symbols', onWorkspaceSymbol));
  connection.onPrepareRename(plain('rename', onPrepareRename));
  connection.onRenameRequest(bound('rename', onRename));
  connection.workspace.onWillRenameFiles(
    request('rename of files', ({ analysis, client }, ...asked) =>
      onWillRenameFiles(analysis, client, warn, ...asked),
    ),
  );
  connection.onCompletion(bound('completion', onCompletion));
  const resolve = bound<CompletionItem, CompletionItem>('completion', onCompletionResolve);
  connection.onCompletionResolve(async (item, token) => (await resolve(item, token)) ?? item);
  connection.languages.callHierarchy.onPrepare(plain('calls', onPrepareCalls));
  connection.languages.callHierarchy.onIncomingCalls(
    plain('calls', (analysis, { item }, token) => onIncomingCalls(analysis, item, token)),
  );
  connection.languages.callHierarchy.onOutgoingCalls(
    plain('calls', (analysis, { item }, token) => onOutgoingCalls(analysis, item, token)),
  );
}

/** Registers the requests for what is shown in and beside the text. */
export function registerViews<Running extends HandlerContext>(
  connection: Connection,
  request: RequestGuard<Running>,
): void {
  const plain = analysed(request);

  connection.onCodeLens(
    request('code lens', ({ analysis, client, display }, ...asked) =>
      display().codeLens ? onCodeLens(analysis, client, ...asked) : [],
    ),
  );
  const resolveLens = plain<CodeLens, CodeLens>('code lens', onCodeLensResolve);
  connection.onCodeLensResolve(async (lens, token) => (await resolveLens(lens, token)) ?? lens);
  connection.languages.inlayHint.on(
    request('inlay hints', ({ analysis, display }, ...asked) => onInlayHints(analysis, display(), ...asked)),
  );
  connection.onDocumentLinks(plain('links', onDocumentLinks));
  connection.onSelectionRanges(plain('selection', onSelectionRanges));
  connection.onFoldingRanges(plain('folding', onFoldingRanges));
  const tokens = request('tokens', ({ analysis, display }, params: SemanticTokensParams, token) =>
    onSemanticTokens(analysis, display(), params, token),
  );
  connection.languages.semanticTokens.on(
    async (params, token) => (await tokens(params, token)) ?? { data: [] },
  );
}

/** Registers code actions, and the command that opens a rule's page. */
export function registerActions<Running extends HandlerContext>(
  connection: Connection,
  request: RequestGuard<Running>,
): void {
  connection.onCodeAction(
    request('code action', ({ analysis, client, engine }, params, token) =>
      onCodeAction(analysis, client, engine.silence, params, token),
    ),
  );
  const resolve = request('code action', ({ analysis, client, engine }, action: CodeAction, token) =>
    onCodeActionResolve(analysis, client, engine.silence, action, token),
  );
  connection.onCodeActionResolve(async (action, token) => (await resolve(action, token)) ?? action);
  connection.onExecuteCommand(
    request('command', async ({ engine }, params) => {
      const isRule = (id: string) => id === SETTINGS_RULE || engine.rules.some(rule => rule.id === id);
      await onExecuteCommand(connection, isRule, params);
      return null;
    }),
  );
}
