/** Which request about the text goes to which handler: all that only reads the current state. */
import type { CancellationToken, CompletionItem, Connection } from 'vscode-languageserver';
import type { Engine } from '../workspace/engine.ts';
import type { Analysis } from './analysis.ts';
import type { Client } from './client.ts';
import { onAccess } from './handlers/access.ts';
import { onCompletion, onCompletionResolve } from './handlers/completion.ts';
import { onDefinition } from './handlers/definition.ts';
import { onEnvironment } from './handlers/environment.ts';
import { onAt, onFleet, onKey, onMachine } from './handlers/fleet.ts';
import { onFoldingRanges } from './handlers/folding.ts';
import { onGraph, onPlace } from './handlers/graph.ts';
import { onHover } from './handlers/hover.ts';
import { onDocumentHighlight, onReferences } from './handlers/references.ts';
import { onPrepareRename, onRename, onWillRenameFiles } from './handlers/rename.ts';
import { onRulePage } from './handlers/rule-page.ts';
import { onCheckName, onScaffold, onScaffoldChoices, onSecretProposals } from './handlers/scaffold.ts';
import { onFileKeys, onMachineSecrets, onSecrets } from './handlers/secrets.ts';
import { onDocumentSymbol, onWorkspaceSymbol } from './handlers/symbols.ts';
import { onVerified } from './handlers/verified.ts';
import {
  ACCESS,
  AT,
  type AtParams,
  CHECK_NAME,
  type CheckNameParams,
  ENVIRONMENT,
  type EnvironmentParams,
  FILE_KEYS,
  type FileKeysParams,
  FLEET,
  type FleetParams,
  GRAPH,
  type GraphParams,
  KEY,
  type KeyParams,
  MACHINE,
  MACHINE_SECRETS,
  type MachineParams,
  PLACE,
  type PlaceParams,
  RULE_PAGE,
  type RulePageParams,
  SCAFFOLD,
  SCAFFOLD_CHOICES,
  type ScaffoldParams,
  type ScaffoldRootParams,
  SECRET_PROPOSALS,
  SECRETS,
  type SecretProposalsParams,
  VERIFIED,
  type VerifiedParams,
} from './messages.ts';

/** What the handlers of features need of a running server. */
interface Served {
  readonly analysis: Analysis;
  readonly client: Client;
  readonly engine: Engine;
}

/** Makes a handler wait for the start and keeps its failures inside; null where the server could not start. */
export type RequestGuard<Running> = <Params, Result>(
  name: string,
  handle: (running: Running, params: Params, token: CancellationToken) => Promise<Result> | Result,
) => (params: Params, token: CancellationToken) => Promise<Result | null>;

export function registerFeatures<Running extends Served>(
  connection: Connection,
  request: RequestGuard<Running>,
): void {
  connection.onHover(
    request('hover', ({ analysis, client, engine }, ...asked) => onHover(analysis, client, engine, ...asked)),
  );
  connection.onDefinition(
    request('definition', ({ analysis, client }, ...asked) => onDefinition(analysis, client, ...asked)),
  );
  connection.onReferences(
    request('references', ({ analysis }, ...asked) => onReferences(analysis, ...asked)),
  );
  connection.onDocumentHighlight(
    request('highlight', ({ analysis }, ...asked) => onDocumentHighlight(analysis, ...asked)),
  );
  connection.onDocumentSymbol(
    request('symbols', ({ analysis, client }, ...asked) => onDocumentSymbol(analysis, client, ...asked)),
  );
  connection.onWorkspaceSymbol(
    request('workspace symbols', ({ analysis }, ...asked) => onWorkspaceSymbol(analysis, ...asked)),
  );
  connection.onPrepareRename(
    request('rename', ({ analysis }, ...asked) => onPrepareRename(analysis, ...asked)),
  );
  connection.onRenameRequest(
    request('rename', ({ analysis, client }, ...asked) => onRename(analysis, client, ...asked)),
  );
  connection.workspace.onWillRenameFiles(
    request('rename of files', ({ analysis, client }, ...asked) =>
      onWillRenameFiles(
        analysis,
        client,
        message => void connection.window.showWarningMessage(message),
        ...asked,
      ),
    ),
  );
  connection.onRequest(
    GRAPH,
    request('graph', ({ analysis }, params: GraphParams, token) => onGraph(analysis, params, token)),
  );
  connection.onRequest(
    PLACE,
    request('place', ({ analysis }, params: PlaceParams, token) => onPlace(analysis, params, token)),
  );
  connection.onRequest(
    VERIFIED,
    request('verified vars', ({ analysis }, params: VerifiedParams) => onVerified(analysis, params)),
  );
  connection.onRequest(
    FLEET,
    request('fleet', ({ analysis }, params: FleetParams, token) => onFleet(analysis, params, token)),
  );
  connection.onRequest(
    KEY,
    request('key', ({ analysis }, params: KeyParams, token) => onKey(analysis, params, token)),
  );
  connection.onRequest(
    AT,
    request('place in the fleet', ({ analysis }, params: AtParams, token) => onAt(analysis, params, token)),
  );
  connection.onRequest(
    MACHINE,
    request('machine', ({ analysis }, params: MachineParams, token) => onMachine(analysis, params, token)),
  );
  connection.onRequest(
    SECRETS,
    request('secrets', ({ analysis }, params: FleetParams, token) => onSecrets(analysis, params, token)),
  );
  connection.onRequest(
    MACHINE_SECRETS,
    request('secrets', ({ analysis }, params: MachineParams, token) =>
      onMachineSecrets(analysis, params, token),
    ),
  );
  connection.onRequest(
    FILE_KEYS,
    request('secrets', ({ analysis }, params: FileKeysParams, token) => onFileKeys(analysis, params, token)),
  );
  connection.onRequest(
    ACCESS,
    request('access', ({ analysis }, _params: object, token) => onAccess(analysis, token)),
  );
  connection.onRequest(
    RULE_PAGE,
    request('documentation', ({ engine }, params: RulePageParams) => onRulePage(engine, params)),
  );
  connection.onRequest(
    ENVIRONMENT,
    request('environment', ({ analysis }, params: EnvironmentParams, token) =>
      onEnvironment(analysis, params, token),
    ),
  );
  connection.onRequest(
    SCAFFOLD_CHOICES,
    request('scaffolding', ({ analysis }, params: ScaffoldRootParams, token) =>
      onScaffoldChoices(analysis, params, token),
    ),
  );
  connection.onRequest(
    CHECK_NAME,
    request('name', ({ analysis }, params: CheckNameParams, token) => onCheckName(analysis, params, token)),
  );
  connection.onRequest(
    SECRET_PROPOSALS,
    request('scaffolding', ({ analysis }, params: SecretProposalsParams, token) =>
      onSecretProposals(analysis, params, token),
    ),
  );
  connection.onRequest(
    SCAFFOLD,
    request('scaffolding', ({ analysis, client }, params: ScaffoldParams, token) =>
      onScaffold(connection, analysis, client, params, token),
    ),
  );
  connection.onFoldingRanges(
    request('folding', ({ analysis }, ...asked) => onFoldingRanges(analysis, ...asked)),
  );
  connection.onCompletion(
    request('completion', ({ analysis, client }, ...asked) => onCompletion(analysis, client, ...asked)),
  );
  const resolve = request('completion', ({ analysis, client }, item: CompletionItem, token) =>
    onCompletionResolve(analysis, client, item, token),
  );
  connection.onCompletionResolve(async (item, token) => (await resolve(item, token)) ?? item);
}
