/** The error for a run that did not do what was requested, with a message for the user. */

export { HostFailure, type HostFailureKind } from '../host/host-failure.ts';

/** A failure whose message names generators, files and prompts, never their contents. */
export class RunFailure extends Error {
  /** The problem without the advice, for callers with another command at hand, such as an editor. */
  readonly what: string;
  /** `no-clan`: the fleet uses no clan, which alone reads vars. */
  readonly kind: 'no-clan' | 'other';

  /** @param advice what to do, as a command line */
  constructor(what: string, advice = '', kind: RunFailure['kind'] = 'other') {
    super(advice === '' ? what : `${what} ${advice}`);
    this.name = 'RunFailure';
    this.what = what;
    this.kind = kind;
  }
}

export class Cancelled extends Error {
  constructor() {
    super('Cancelled. Nothing was changed.');
  }
}
