/** Registers the handlers of Varsmith's own requests (`messages.ts`). */
import { type Connection, RequestType0 } from 'vscode-languageserver';
import { type Asking, onAskNix, onDisagreement } from './ask-nix.ts';
import { onAccess } from './handlers/access.ts';
import { onCheckWorkspace } from './handlers/check-workspace.ts';
import { onDoctor } from './handlers/doctor.ts';
import { onEnvironment } from './handlers/environment.ts';
import { onAt, onFleet, onKey, onMachine } from './handlers/fleet.ts';
import { onGraph, onPlace } from './handlers/graph.ts';
import { onRulePage } from './handlers/rule-page.ts';
import { onCheckName, onScaffold, onScaffoldChoices, onSecretProposals } from './handlers/scaffold.ts';
import { onFileKeys, onMachineSecrets, onSecrets } from './handlers/secrets.ts';
import { onVerified } from './handlers/verified.ts';
import {
  ACCESS,
  ASK_NIX,
  type AskNixParams,
  AT,
  CHECK_NAME,
  CHECK_WORKSPACE,
  type CheckWorkspaceResult,
  DISAGREEMENT,
  type Disagreement,
  DOCTOR,
  type DoctorParams,
  ENVIRONMENT,
  FILE_KEYS,
  FLEET,
  GRAPH,
  KEY,
  MACHINE,
  MACHINE_SECRETS,
  PLACE,
  RULE_PAGE,
  type RulePageParams,
  SCAFFOLD,
  SCAFFOLD_CHOICES,
  type ScaffoldParams,
  SECRET_PROPOSALS,
  SECRETS,
  VERIFIED,
} from './messages.ts';
import { analysed, type HandlerContext, type RequestGuard } from './requests.ts';

/**
 * Registers all requests.
 * @param version the version of this program, for the doctor
 */
export function registerOwnRequests<Running extends HandlerContext & Asking>(
  connection: Connection,
  request: RequestGuard<Running>,
  version: string,
): void {
  const plain = analysed(request);

  connection.onRequest(GRAPH, plain('graph', onGraph));
  connection.onRequest(PLACE, plain('place', onPlace));
  connection.onRequest(VERIFIED, plain('verified vars', onVerified));
  connection.onRequest(FLEET, plain('fleet', onFleet));
  connection.onRequest(KEY, plain('key', onKey));
  connection.onRequest(AT, plain('place in the fleet', onAt));
  connection.onRequest(MACHINE, plain('machine', onMachine));
  connection.onRequest(SECRETS, plain('secrets', onSecrets));
  connection.onRequest(MACHINE_SECRETS, plain('secrets', onMachineSecrets));
  connection.onRequest(FILE_KEYS, plain('secrets', onFileKeys));
  connection.onRequest(
    ACCESS,
    plain('access', (analysis, _params: object, token) => onAccess(analysis, token)),
  );
  connection.onRequest(ENVIRONMENT, plain('environment', onEnvironment));
  connection.onRequest(SCAFFOLD_CHOICES, plain('scaffolding', onScaffoldChoices));
  connection.onRequest(CHECK_NAME, plain('name', onCheckName));
  connection.onRequest(SECRET_PROPOSALS, plain('scaffolding', onSecretProposals));
  connection.onRequest(
    SCAFFOLD,
    request('scaffolding', ({ analysis, client }, params: ScaffoldParams, token) =>
      onScaffold(connection, analysis, client, params, token),
    ),
  );
  connection.onRequest(
    RULE_PAGE,
    request('documentation', ({ engine }, params: RulePageParams) => onRulePage(engine, params)),
  );
  connection.onRequest(
    ASK_NIX,
    request('Nix', (running, params: AskNixParams, token) => onAskNix(running, params, token)),
  );
  const disagreement = request('disagreement', running => onDisagreement(running, version));
  connection.onRequest(new RequestType0<Disagreement | null, void>(DISAGREEMENT), token =>
    disagreement(null, token),
  );
  connection.onRequest(
    DOCTOR,
    request('doctor', ({ analysis, client }, params: DoctorParams, token) =>
      onDoctor(analysis, client, params, version, token),
    ),
  );
  const check = request('check workspace', ({ analysis }) => onCheckWorkspace(analysis));
  connection.onRequest(new RequestType0<CheckWorkspaceResult | null, void>(CHECK_WORKSPACE), token =>
    check(null, token),
  );
}
