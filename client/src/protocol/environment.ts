/** The request for the session variables of a machine. */
/** Request: the session variables of a machine in a shell's syntax, or `null` if no root is open. */
export const environmentRequest = 'varsmith/environment';

export type EnvironmentShell = 'bash' | 'nushell';

export interface EnvironmentParams {
  /** The URI of the root or a file in it, or `null` for the first root. */
  readonly near: string | null;
  /** `null` to request only the machines. */
  readonly machine: string | null;
  readonly shell: EnvironmentShell;
}

export interface EnvironmentResult {
  /** The root's URI. */
  readonly root: string;
  readonly machines: readonly string[];
  /** `null` if no machine was requested, or it does not exist. */
  readonly text: string | null;
}
