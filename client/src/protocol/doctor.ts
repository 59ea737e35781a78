/** The request for the doctor's report. */
/** Request: what is found of each open folder and around it, and what is missing. */
export const doctorRequest = 'varsmith/doctor';

export interface DoctorParams {
  /** False: no program is run and no key is looked for. */
  readonly trusted: boolean;
}

export interface DoctorResult {
  readonly root: string;
  /** Names places and public keys; never a secret. */
  readonly markdown: string;
  readonly hasProblems: boolean;
  /** The fixes that commands offer: make a key, generate what is missing. */
  readonly actions: readonly ('key' | 'generate')[];
}
