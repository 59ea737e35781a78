/** The protocol's additions, by the names and shapes that the extension's side writes down. */
import type {
  accessRequest,
  additionsCapability,
  atRequest,
  changedNotification,
  checkNameRequest,
  checkWorkspaceRequest,
  doctorRequest,
  environmentRequest,
  fileKeysRequest,
  filesNotification,
  fleetRequest,
  graphRequest,
  keyRequest,
  machineRequest,
  machineSecretsRequest,
  placeRequest,
  rulePageRequest,
  ServerStatus,
  scaffoldChoicesRequest,
  scaffoldRequest,
  secretProposalsRequest,
  secretsRequest,
  statusNotification,
  wantedNotification,
} from '../../../client/src/protocol.ts';

export type {
  AccessRoot,
  AtParams,
  AtResult,
  CheckNameParams,
  CheckWorkspaceResult,
  DoctorParams,
  DoctorResult,
  EnvironmentParams,
  EnvironmentResult,
  FileKey,
  FileKeysParams,
  FilesParams,
  FleetGenerator,
  FleetParams,
  FleetRoot,
  GenerateTarget,
  GeneratorRef,
  GraphParams,
  GraphResult,
  KeyDetail,
  KeyParams,
  MachineParams,
  MachineRef,
  MachineSecret,
  PlaceParams,
  RulePageParams,
  RulePageResult,
  ScaffoldChoices,
  ScaffoldParams,
  ScaffoldResult,
  ScaffoldRootParams,
  ScaffoldWish,
  SecretProposals,
  SecretProposalsParams,
  SecretsRoot,
  ServerStatus,
  WantedParams,
  Where,
} from '../../../client/src/protocol.ts';

// Types only cross over, so the names are written again; their types hold them to the client's.
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
export const FILES: typeof filesNotification = 'varsmith/files';
export const WANTED: typeof wantedNotification = 'varsmith/wanted';
export const CHANGED: typeof changedNotification = 'varsmith/changed';

export type ShowStatus = (status: ServerStatus) => void;
