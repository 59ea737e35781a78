/** The messages with which a client sends files to a server that cannot read them itself. */
/**
 * Notification from the client to a server without file access: the content of a folder, or its changes. Includes the
 * text of files that are likely to be read.
 */
export const filesNotification = 'varsmith/files';

export interface FilesParams {
  /** The URI of an open folder, or `null` if there is none. */
  readonly root: string | null;
  readonly entries: readonly VirtualEntry[];
  /** Removed paths, with everything below them. */
  readonly gone: readonly string[];
  /** True if all folders have been sent, so that the analysis may begin. */
  readonly ready: boolean;
}

export interface VirtualEntry {
  /** Relative to the folder, with `/` between names. */
  readonly path: string;
  readonly kind: 'file' | 'directory';
  /** True for a symbolic link; `kind` is the kind of its target. */
  readonly link?: boolean;
  /** Absent if the content has not been read; `null` if the file is unreadable. */
  readonly bytes?: Uint8Array | null;
  /** True if the file is above the size limit. */
  readonly tooLarge?: boolean;
  /** True for a folder that has not been listed. */
  readonly unlisted?: boolean;
}

/** Notification from such a server: the contents that it lacks, to be sent with {@link filesNotification}. */
export const wantedNotification = 'varsmith/wanted';

export interface WantedParams {
  readonly root: string;
  readonly paths: readonly string[];
}
