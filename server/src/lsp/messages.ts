/** The protocol's additions, by the names and shapes that the extension's side writes down. */
import type {
  additionsCapability,
  changedNotification,
  checkNameRequest,
  checkWorkspaceRequest,
  environmentRequest,
  fleetRequest,
  graphRequest,
  machineRequest,
  ServerStatus,
  scaffoldChoicesRequest,
  scaffoldRequest,
  statusNotification,
} from '../../../client/src/protocol.ts';

export type {
  CheckNameParams,
  CheckWorkspaceResult,
  EnvironmentParams,
  EnvironmentResult,
  FleetGenerator,
  FleetRoot,
  GeneratorRef,
  GraphParams,
  GraphResult,
  MachineParams,
  ScaffoldChoices,
  ScaffoldParams,
  ScaffoldResult,
  ScaffoldRootParams,
  ScaffoldWish,
  ServerStatus,
  Where,
} from '../../../client/src/protocol.ts';

// Types only cross over, so the names are written again; their types hold them to the client's.
export const ADDITIONS: typeof additionsCapability = 'varsmith';
export const STATUS: typeof statusNotification = 'varsmith/status';
export const CHECK_WORKSPACE: typeof checkWorkspaceRequest = 'varsmith/checkWorkspace';
export const GRAPH: typeof graphRequest = 'varsmith/graph';
export const FLEET: typeof fleetRequest = 'varsmith/fleet';
export const MACHINE: typeof machineRequest = 'varsmith/machine';
export const ENVIRONMENT: typeof environmentRequest = 'varsmith/environment';
export const SCAFFOLD_CHOICES: typeof scaffoldChoicesRequest = 'varsmith/scaffoldChoices';
export const CHECK_NAME: typeof checkNameRequest = 'varsmith/checkName';
export const SCAFFOLD: typeof scaffoldRequest = 'varsmith/scaffold';
export const CHANGED: typeof changedNotification = 'varsmith/changed';

export type ShowStatus = (status: ServerStatus) => void;
