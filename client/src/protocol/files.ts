/** The messages by which a client hands files over to a server that cannot read them itself. */
/**
 * Notification from client to a server that reaches no files: what a folder holds, or what has changed there. Contents
 * come as far as they are likely to be read.
 */
export const filesNotification = 'varsmith/files';

export interface FilesParams {
  /** The URI of a folder that is open; null: none is. */
  readonly root: string | null;
  readonly entries: readonly VirtualEntry[];
  /** Paths that are not there any more, with all below. */
  readonly gone: readonly string[];
  /** All folders have been handed over: the analysis may begin. */
  readonly ready: boolean;
}

export interface VirtualEntry {
  /** Relative to the folder, with `/` between names. */
  readonly path: string;
  readonly kind: 'file' | 'directory';
  /** It is a symbolic link; `kind` is what that leads to. */
  readonly link?: boolean;
  /** Absent: not read so far. Null: it cannot be read. */
  readonly bytes?: Uint8Array | null;
  /** Larger than what is read. */
  readonly tooLarge?: boolean;
  /** A folder whose content has not been listed. */
  readonly unlisted?: boolean;
}

/** Notification from such a server: contents that it lacks, which are to come with {@link filesNotification}. */
export const wantedNotification = 'varsmith/wanted';

export interface WantedParams {
  readonly root: string;
  readonly paths: readonly string[];
}
