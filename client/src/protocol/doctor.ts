/** The request for the doctor's report. */
/** Request: the state of each open folder and its environment, including what is missing. */
export const doctorRequest = 'varsmith/doctor';

export interface DoctorParams {
  /** False if no program may be run and no key looked for. */
  readonly trusted: boolean;
}

/** Contains places and public keys, but never a secret. */
export interface DoctorResult {
  /** URI of the root. */
  readonly root: string;
  /** Absolute path of the root. */
  readonly path: string;
  /** The version of the server. */
  readonly version: string;
  readonly sections: readonly DoctorSection[];
}

interface DoctorSection {
  readonly title: string;
  readonly entries: readonly DoctorEntry[];
}

/** A thing that was looked at, and its state. Code in its texts is in backquotes. */
export interface DoctorEntry {
  readonly name: string;
  /** `absent` is no problem by itself; `unknown` was not looked at, or cannot be decided. */
  readonly standing: 'found' | 'absent' | 'problem' | 'unknown';
  readonly text: string;
  readonly details: readonly string[];
  readonly advice: string | null;
  /** The command that mends it: make a key, set the author of commits, generate what is missing, add files to git. */
  readonly action?: 'key' | 'author' | 'generate' | 'track';
  /** The files to add, relative to the root. */
  readonly paths?: readonly string[];
}
