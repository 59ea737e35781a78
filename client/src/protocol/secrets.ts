/** Requests about secrets of sops-nix and agenix, and about who can read which secret. */
import type { Where } from './places.ts';
/** Request: machines with secrets of sops-nix and agenix, and encrypted files. Asked with `FleetParams`. */
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
  /** Secrets of no machine that is known. */
  readonly unassigned: number;
  readonly files: readonly EncryptedFile[];
}

export interface EncryptedFile {
  /** Relative to the root. */
  readonly path: string;
  readonly keeper: 'sops' | 'age';
  readonly state: 'encrypted' | 'plain' | 'missing' | 'unknown';
  /** How many keys with values it has; null where it has none. */
  readonly keys: number | null;
  /** Names of the keys that can decrypt it. */
  readonly recipients: readonly string[];
  readonly where: Where | null;
}

/** Request: the secrets of a machine; of no machine that is known where `machine` is null. Asked with `MachineParams`. */
export const machineSecretsRequest = 'varsmith/machineSecrets';

export interface MachineSecret {
  readonly keeper: 'sops' | 'age';
  readonly name: string;
  /** Its path on the machine; `null` if unknown. */
  readonly path: string | null;
  /** False: its file or its key is not there. */
  readonly found: boolean;
  readonly sources: readonly {
    readonly file: string;
    readonly key: string | null;
    readonly where: Where | null;
  }[];
  readonly uses: readonly { readonly file: string; readonly where: Where }[];
  readonly where: Where | null;
}

/** Request: who can read what in every open folder. Asked without anything. */
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
  /** `<placement>/<generator>/<file>` of a var, else the path of the file that holds it. */
  readonly secret: string;
  /** `machine-key`: with it, everything can be opened that its machine can read. */
  readonly kind: 'var' | 'machine-key' | 'other';
  /** Those that declare it; of the key of a machine that machine. */
  readonly machines: readonly string[];
  /** When it is needed; null where it is not declared. */
  readonly neededFor: string | null;
  /** False: `varsmith fix` leaves it alone. */
  readonly declared: boolean;
  readonly stored: boolean;
  readonly readers: readonly SecretReader[];
}

export interface SecretReader {
  readonly kind: 'user' | 'machine' | 'admin' | 'unknown';
  readonly name: string | null;
  /** The public key; `null` if the reader has none. */
  readonly key: string | null;
  readonly via: readonly { readonly kind: 'user' | 'machine' | 'group' | 'setting'; readonly name: string }[];
  /** `pending`: it is to be encrypted to the key, and is not yet; `leaving`: it is, and nothing gives it any more. */
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
  /** A slash goes one map down. */
  readonly key: string;
  /** Names of the secrets that are taken by it. */
  readonly secrets: readonly string[];
  readonly where: Where | null;
}
