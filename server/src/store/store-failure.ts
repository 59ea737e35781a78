/** The ways in which an encrypted file can be unusable, distinguished so that callers can give advice. */

export type FailureKind =
  /** Not of the format, or truncated. */
  | 'malformed'
  /** Of the format, but with an unsupported feature. */
  | 'unsupported'
  | 'no-matching-key'
  /** The person has no key. */
  | 'no-key'
  /** The person has a key, but is not a user of the repository. */
  | 'no-user'
  /** A value does not belong to this key, this place or this file: it was changed or swapped. */
  | 'authentication-error'
  /** The values are intact, but the file is not: one is missing, added or outdated, or the date was changed. */
  | 'mac-error'
  /** There is no recipient, or none that is supported. */
  | 'recipient';

/** Thrown by everything that encrypts or decrypts. The message never contains a key or a plaintext. */
export class StoreFailure extends Error {
  readonly kind: FailureKind;
  /** The message without advice, for places where another command applies, such as an editor. */
  readonly what: string;

  /**
   * Creates a failure.
   * @param advice the next step, as a command line
   */
  constructor(kind: FailureKind, what: string, advice = '') {
    super(advice === '' ? what : `${what} ${advice}`);
    this.name = 'StoreFailure';
    this.kind = kind;
    this.what = what;
  }
}

/** Runs `work`, and adds the file's path to the message of a {@link StoreFailure}. */
export async function namingFile<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreFailure)
      throw new StoreFailure(
        error.kind,
        `${path}: ${error.what}`,
        error.message.slice(error.what.length + 1),
      );
    throw error;
  }
}
