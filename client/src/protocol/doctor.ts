/** The request for the doctor's report. */
/** Request: the state of each open folder and its environment, including what is missing. */
export const doctorRequest = 'varsmith/doctor';

export interface DoctorParams {
  /** False if no program may be run and no key looked for. */
  readonly trusted: boolean;
}

export interface DoctorResult {
  readonly root: string;
  /** Contains places and public keys, but never a secret. */
  readonly markdown: string;
  readonly hasProblems: boolean;
  /** The actions that commands offer: make a key, set the author of commits, generate what is missing. */
  readonly actions: readonly ('key' | 'author' | 'generate')[];
}
