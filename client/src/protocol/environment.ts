/** The request for the session variables of a machine. */
/** Request: the session variables of a machine, as a shell reads them. Null: no root is open. */
export const environmentRequest = 'varsmith/environment';

export type EnvironmentShell = 'bash' | 'nushell';

export interface EnvironmentParams {
  /** The URI of a file of the root, or of the root itself; null: the first root. */
  readonly near: string | null;
  /** Null: only the machines are asked for. */
  readonly machine: string | null;
  readonly shell: EnvironmentShell;
}

export interface EnvironmentResult {
  /** The root's URI. */
  readonly root: string;
  readonly machines: readonly string[];
  /** Null where no machine was asked for, or there is none of that name. */
  readonly text: string | null;
}
