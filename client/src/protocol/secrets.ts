/** Requests about secrets of sops-nix and agenix, and about the readers of secrets. */
import type { Where } from './places.ts';
/** Request: the machines with secrets of sops-nix and agenix, and the encrypted files. Sent with `FleetParams`. */
export const secretsRequest = 'varsmith/secrets';

export interface SecretsRoot {
  /** The folder's name. */
  readonly name: string;
  readonly uri: string;
  readonly machines: readonly {
    readonly name: string;
    readonly secrets: number;
    readonly where: Where | null;
  }[];
  /** The number of secrets that belong to no known machine. */
  readonly unassigned: number;
  readonly files: readonly EncryptedFile[];
}

export interface EncryptedFile {
  /** Relative to the root. */
  readonly path: string;
  readonly keeper: 'sops' | 'age';
  readonly state: 'encrypted' | 'plain' | 'missing' | 'unknown';
  /** The number of keys with values, or `null` if the file has no keys. */
  readonly keys: number | null;
  /** Names of the keys that can decrypt it. */
  readonly recipients: readonly string[];
  readonly where: Where | null;
}

/**
 * Request: the secrets of a machine, or those of no known machine if `machine` is `null`. Sent with `MachineParams`.
 */
export const machineSecretsRequest = 'varsmith/machineSecrets';

export interface MachineSecret {
  readonly keeper: 'sops' | 'age';
  readonly name: string;
  /** Its path on the machine, or `null` if it is unknown. */
  readonly path: string | null;
  /** False if its file or its key is missing. */
  readonly found: boolean;
  readonly sources: readonly {
    readonly file: string;
    readonly key: string | null;
    readonly where: Where | null;
  }[];
  readonly uses: readonly { readonly file: string; readonly where: Where }[];
  readonly where: Where | null;
}

/** Request: who can read which secrets in every open folder. Sent without parameters. */
export const accessRequest = 'varsmith/access';

export interface AccessRoot {
  /** The folder's name. */
  readonly name: string;
  readonly uri: string;
  readonly secrets: readonly AccessSecret[];
  /** Sentences about what is unknown. */
  readonly notes: readonly string[];
}

export interface AccessSecret {
  /** `<placement>/<generator>/<file>` of a var, or else the path of the file that contains it. */
  readonly secret: string;
  /** `machine-key`: a key that decrypts everything that its machine can read. */
  readonly kind: 'var' | 'machine-key' | 'other';
  /** The machines that declare it, or the machine whose key it is. */
  readonly machines: readonly string[];
  /** The phase that needs it, or `null` if it is not declared. */
  readonly neededFor: string | null;
  /** False if `varsmith fix` leaves it alone. */
  readonly declared: boolean;
  readonly stored: boolean;
  readonly readers: readonly SecretReader[];
}

export interface SecretReader {
  readonly kind: 'user' | 'machine' | 'admin' | 'unknown';
  readonly name: string | null;
  /** The public key, or `null` if the reader has none. */
  readonly key: string | null;
  readonly via: readonly { readonly kind: 'user' | 'machine' | 'group' | 'setting'; readonly name: string }[];
  /**
   * `pending`: not yet encrypted to the key, but intended; `leaving`: still encrypted to the key, but no longer
   * intended.
   */
  readonly state: 'now' | 'pending' | 'leaving';
}

/** Request: the keys of an encrypted file. */
export const fileKeysRequest = 'varsmith/fileKeys';

export interface FileKeysParams {
  readonly root: string;
  /** Relative to the root. */
  readonly path: string;
}

export interface FileKey {
  /** The path of names, separated by slashes. */
  readonly key: string;
  /** Names of the secrets that use it. */
  readonly secrets: readonly string[];
  readonly where: Where | null;
}
