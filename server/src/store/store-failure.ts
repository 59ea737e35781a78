/** What can be wrong with an encrypted file, told apart so that callers can say what to do. */

export type FailureKind =
  /** Not of the format, or cut off. */
  | 'malformed'
  /** Of the format, with something that is not served here. */
  | 'unsupported'
  | 'no-matching-key'
  /** The person has no key at all. */
  | 'no-key'
  /** The person has a key, and is no user of the repository. */
  | 'no-user'
  /** A value does not belong to this key, this place or this file: changed or swapped. */
  | 'authentication-error'
  /** The values are whole, the file is not: one is missing, added or older, or its date was changed. */
  | 'mac-error'
  /** No recipient, or none that can be served. */
  | 'recipient';

/** Thrown by everything that opens and seals. The message never holds a key or a plaintext. */
export class StoreFailure extends Error {
  readonly kind: FailureKind;
  /** What is wrong, without the advice: where another command is at hand, such as in an editor. */
  readonly what: string;

  /** @param advice what to do, in the words of the command line */
  constructor(kind: FailureKind, what: string, advice = '') {
    super(advice === '' ? what : `${what} ${advice}`);
    this.name = 'StoreFailure';
    this.kind = kind;
    this.what = what;
  }
}

/** Does the work, and names the file in what fails. */
export async function namingFile<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreFailure) throw new StoreFailure(error.kind, `${path}: ${error.message}`);
    throw error;
  }
}
