/** Which request about what is shown in and beside the text goes to which handler. */
import type { CodeLens, Connection, SemanticTokensParams } from 'vscode-languageserver';
import type { Analysis } from './analysis.ts';
import type { Client } from './client.ts';
import type { Shown } from './display-settings.ts';
import type { RequestGuard } from './features.ts';
import { onIncomingCalls, onOutgoingCalls, onPrepareCalls } from './handlers/calls.ts';
import { onCodeLens, onCodeLensResolve } from './handlers/code-lens.ts';
import { onInlayHints } from './handlers/inlay-hints.ts';
import { onDocumentLinks } from './handlers/links.ts';
import { onSelectionRanges } from './handlers/selection.ts';
import { onSemanticTokens } from './handlers/tokens.ts';
import { onTypeDefinition } from './handlers/type-definition.ts';

/** What the handlers of views need of a running server. */
interface Served {
  readonly analysis: Analysis;
  readonly client: Client;
  /** What the settings say now. */
  readonly shown: () => Shown;
}

export function registerViews<Running extends Served>(
  connection: Connection,
  request: RequestGuard<Running>,
): void {
  connection.onCodeLens(
    request('code lens', ({ analysis, client, shown }, ...asked) =>
      shown().codeLens ? onCodeLens(analysis, client, ...asked) : [],
    ),
  );
  const resolve = request('code lens', ({ analysis }, lens: CodeLens, token) =>
    onCodeLensResolve(analysis, lens, token),
  );
  connection.onCodeLensResolve(async (lens, token) => (await resolve(lens, token)) ?? lens);
  connection.languages.inlayHint.on(
    request('inlay hints', ({ analysis, shown }, ...asked) => onInlayHints(analysis, shown(), ...asked)),
  );
  connection.onDocumentLinks(
    request('links', ({ analysis }, ...asked) => onDocumentLinks(analysis, ...asked)),
  );
  connection.onSelectionRanges(
    request('selection', ({ analysis }, ...asked) => onSelectionRanges(analysis, ...asked)),
  );
  connection.onTypeDefinition(
    request('type definition', ({ analysis, client }, ...asked) =>
      onTypeDefinition(analysis, client, ...asked),
    ),
  );
  connection.languages.callHierarchy.onPrepare(
    request('calls', ({ analysis }, ...asked) => onPrepareCalls(analysis, ...asked)),
  );
  connection.languages.callHierarchy.onIncomingCalls(
    request('calls', ({ analysis }, { item }, token) => onIncomingCalls(analysis, item, token)),
  );
  connection.languages.callHierarchy.onOutgoingCalls(
    request('calls', ({ analysis }, { item }, token) => onOutgoingCalls(analysis, item, token)),
  );
  const tokens = request('tokens', ({ analysis, shown }, params: SemanticTokensParams, token) =>
    onSemanticTokens(analysis, shown(), params, token),
  );
  connection.languages.semanticTokens.on(
    async (params, token) => (await tokens(params, token)) ?? { data: [] },
  );
}
