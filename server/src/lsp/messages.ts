/** The protocol's additions, by the names and shapes that the extension's side writes down. */
import type {
  checkWorkspaceRequest,
  ServerStatus,
  statusNotification,
} from '../../../client/src/protocol.ts';

export type { CheckWorkspaceResult, ServerStatus } from '../../../client/src/protocol.ts';

// Types only cross over, so the names are written again; their types hold them to the client's.
export const STATUS: typeof statusNotification = 'varsmith/status';
export const CHECK_WORKSPACE: typeof checkWorkspaceRequest = 'varsmith/checkWorkspace';

export type ShowStatus = (status: ServerStatus) => void;
