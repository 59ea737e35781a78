/** The protocol's additions, with the names and types that the extension defines. */

import type { doctorRequest } from '../../../client/src/protocol/doctor.ts';
import type { rulePageRequest } from '../../../client/src/protocol/documentation.ts';
import type { environmentRequest } from '../../../client/src/protocol/environment.ts';
import type { filesNotification, wantedNotification } from '../../../client/src/protocol/files.ts';
import type {
  atRequest,
  fleetRequest,
  keyRequest,
  machineRequest,
} from '../../../client/src/protocol/fleet.ts';
import type { verifiedRequest } from '../../../client/src/protocol/generators.ts';
import type { graphRequest } from '../../../client/src/protocol/graph.ts';
import type { askNixRequest, disagreementRequest } from '../../../client/src/protocol/nix.ts';
import type { placeRequest } from '../../../client/src/protocol/places.ts';
import type {
  checkNameRequest,
  scaffoldChoicesRequest,
  scaffoldRequest,
  secretProposalsRequest,
} from '../../../client/src/protocol/scaffold.ts';
import type {
  accessRequest,
  fileKeysRequest,
  machineSecretsRequest,
  secretsRequest,
} from '../../../client/src/protocol/secrets.ts';
import type {
  additionsCapability,
  changedNotification,
  checkWorkspaceRequest,
  ServerStatus,
  statusNotification,
} from '../../../client/src/protocol/status.ts';

export type { DoctorParams, DoctorResult } from '../../../client/src/protocol/doctor.ts';
export type { RulePageParams, RulePageResult } from '../../../client/src/protocol/documentation.ts';
export type { EnvironmentParams, EnvironmentResult } from '../../../client/src/protocol/environment.ts';
export type { FilesParams, WantedParams } from '../../../client/src/protocol/files.ts';
export type {
  AtParams,
  AtResult,
  FleetGenerator,
  FleetParams,
  FleetRoot,
  KeyDetail,
  KeyParams,
  MachineParams,
  ShownWitness,
} from '../../../client/src/protocol/fleet.ts';
export type {
  GenerateTarget,
  GeneratorRef,
  MachineRef,
  VerifiedParams,
} from '../../../client/src/protocol/generators.ts';
export type { GraphParams, GraphResult } from '../../../client/src/protocol/graph.ts';
export type {
  AskNixParams,
  Disagreement,
  NixAnswered,
  NixOutcome,
} from '../../../client/src/protocol/nix.ts';
export type { PlaceParams, Where } from '../../../client/src/protocol/places.ts';
export type {
  CheckNameParams,
  ScaffoldChoices,
  ScaffoldParams,
  ScaffoldResult,
  ScaffoldRootParams,
  ScaffoldWish,
  SecretProposals,
  SecretProposalsParams,
} from '../../../client/src/protocol/scaffold.ts';
export type {
  AccessRoot,
  FileKey,
  FileKeysParams,
  MachineSecret,
  SecretsRoot,
} from '../../../client/src/protocol/secrets.ts';
export type { CheckWorkspaceResult, ServerStatus } from '../../../client/src/protocol/status.ts';

// Only types can be imported from the client, so the names are repeated; their types ensure that they match.
export const ADDITIONS: typeof additionsCapability = 'varsmith';
export const STATUS: typeof statusNotification = 'varsmith/status';
export const CHECK_WORKSPACE: typeof checkWorkspaceRequest = 'varsmith/checkWorkspace';
export const DOCTOR: typeof doctorRequest = 'varsmith/doctor';
export const RULE_PAGE: typeof rulePageRequest = 'varsmith/rulePage';
export const GRAPH: typeof graphRequest = 'varsmith/graph';
export const FLEET: typeof fleetRequest = 'varsmith/fleet';
export const MACHINE: typeof machineRequest = 'varsmith/machine';
export const ENVIRONMENT: typeof environmentRequest = 'varsmith/environment';
export const SCAFFOLD_CHOICES: typeof scaffoldChoicesRequest = 'varsmith/scaffoldChoices';
export const CHECK_NAME: typeof checkNameRequest = 'varsmith/checkName';
export const SECRET_PROPOSALS: typeof secretProposalsRequest = 'varsmith/secretProposals';
export const SCAFFOLD: typeof scaffoldRequest = 'varsmith/scaffold';
export const SECRETS: typeof secretsRequest = 'varsmith/secrets';
export const MACHINE_SECRETS: typeof machineSecretsRequest = 'varsmith/machineSecrets';
export const ACCESS: typeof accessRequest = 'varsmith/access';
export const FILE_KEYS: typeof fileKeysRequest = 'varsmith/fileKeys';
export const KEY: typeof keyRequest = 'varsmith/key';
export const AT: typeof atRequest = 'varsmith/at';
export const PLACE: typeof placeRequest = 'varsmith/place';
export const ASK_NIX: typeof askNixRequest = 'varsmith/askNix';
export const DISAGREEMENT: typeof disagreementRequest = 'varsmith/disagreement';
export const VERIFIED: typeof verifiedRequest = 'varsmith/verified';
export const FILES: typeof filesNotification = 'varsmith/files';
export const WANTED: typeof wantedNotification = 'varsmith/wanted';
export const CHANGED: typeof changedNotification = 'varsmith/changed';

export type ShowStatus = (status: ServerStatus) => void;
