/** Messages about the server itself: its start, its activity, and changes of its findings. */
/** The name of an experimental client capability, which is true if the client wants the notifications below. */
export const additionsCapability = 'varsmith';

/** Request from client to server: check every folder again and count the findings. No parameters. */
export const checkWorkspaceRequest = 'varsmith/checkWorkspace';

/** Answer to {@link checkWorkspaceRequest}. Counts findings that are not silenced by comments or settings. */
export interface CheckWorkspaceResult {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  readonly hints: number;
  /** The number of checked Nix files, with or without findings. */
  readonly files: number;
  /** Wall-clock time of the server. */
  readonly milliseconds: number;
}

/** Notification from server to client: the server's activity, which is valid until the next notification. */
export const statusNotification = 'varsmith/status';

export type ServerState = 'starting' | 'ready' | 'checking' | 'failed';

/** Parameters of {@link statusNotification}. */
export interface ServerStatus {
  readonly state: ServerState;
  /** A few words, shown beside the state: "4 machines, 15 generators declared". */
  readonly message: string;
  /** A sentence or two for the tooltip, such as the reason why nothing is found. */
  readonly detail?: string;
}

/** Start options of the server. */
export interface StartOptions {
  /** The client's commands that lenses may use. Without them lenses only show information. */
  readonly clientCommands: readonly string[];
  /**
   * True if the client runs `varsmith rename moved` after files were moved, so that the server may move the targets
   * of links.
   */
  readonly mendsMoves: boolean;
}

/**
 * Notification from server to client: findings and fleets have changed, and there was no further change for a while.
 * Views refresh.
 */
export const changedNotification = 'varsmith/changed';
