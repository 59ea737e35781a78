/** Messages about the server itself: how it is started, what it is doing, and when its findings have changed. */
/** True under this name in the client's experimental capabilities: it wants the notifications below. */
export const additionsCapability = 'varsmith';

/** Request from client to server: look at every folder again and count what is found. No parameters. */
export const checkWorkspaceRequest = 'varsmith/checkWorkspace';

/** Answer to {@link checkWorkspaceRequest}. Findings are counted after silencing by comments and settings. */
export interface CheckWorkspaceResult {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  readonly hints: number;
  /** Number of Nix files that were checked, with or without findings. */
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
  /** A few words, shown beside the state: "4 machines, 15 generators declared". */
  readonly message: string;
  /** A sentence or two for the tooltip, such as why nothing is found. */
  readonly detail?: string;
}

/** Start options of the server. */
export interface StartOptions {
  /** The client's commands that lenses may name; without them lenses only say what is known. */
  readonly clientCommands: readonly string[];
  /** `varsmith rename moved` runs when files were moved: the server may move what links lead to. */
  readonly mendsMoves: boolean;
}

/** Notification from server to client: findings and fleets are others, and nothing has come for a while; views ask anew. */
export const changedNotification = 'varsmith/changed';
