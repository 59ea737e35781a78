/** What can be wrong with an encrypted file, told apart so that callers can say what to do. */

export type FailureKind =
  /** Not of the format, or cut off. */
  | 'malformed'
  /** Of the format, with something that is not served here. */
  | 'unsupported'
  | 'no-matching-key'
  /** A value does not belong to this key, this place or this file: changed or swapped. */
  | 'authentication-error'
  /** The values are whole, the file is not: one is missing, added or older, or its date was changed. */
  | 'mac-error'
  /** Nobody, or nobody that can be served, to encrypt to. */
  | 'recipient';

/** Thrown by everything that opens and seals. The message never holds a key or a plaintext. */
export class StoreFailure extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.name = 'StoreFailure';
    this.kind = kind;
  }
}
