/**
 * The messages Varsmith adds to the Language Server Protocol: the names and shapes both sides agree on. It imports
 * nothing, so that either side may read it; the field lists are the contract, the wording of texts is not.
 */

/** Request from client to server: look at every folder again and count what is found. No parameters. */
export const checkWorkspaceRequest = 'varsmith/checkWorkspace';

/** Answer to {@link checkWorkspaceRequest}. Findings are counted after silencing by comments and settings. */
export interface CheckWorkspaceResult {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  readonly hints: number;
  /** Nix files looked at, those without findings included. */
  readonly files: number;
  /** Wall-clock time the server took. */
  readonly milliseconds: number;
}

/** Notification from server to client: what the server is doing. The last one sent holds until the next. */
export const statusNotification = 'varsmith/status';

export type ServerState = 'starting' | 'ready' | 'checking' | 'failed';

/** Parameters of {@link statusNotification}. */
export interface ServerStatus {
  readonly state: ServerState;
  /** A few words, shown beside the state: "4 machines, 15 generators". */
  readonly message: string;
  /** A sentence or two for the tooltip, such as why nothing is found. */
  readonly detail?: string;
}
