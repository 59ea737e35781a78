/** Why a run did not do what it was asked to, in words for a person. */

/** The message names generators, files and prompts, never what is in them. */
export class RunFailure extends Error {
  /** What is wrong, without the advice: where another command is at hand, such as in an editor. */
  readonly what: string;

  /** @param advice what to do, in the words of the command line */
  constructor(what: string, advice = '') {
    super(advice === '' ? what : `${what} ${advice}`);
    this.name = 'RunFailure';
    this.what = what;
  }
}

export class Cancelled extends Error {
  constructor() {
    super('Cancelled. Nothing was changed.');
  }
}
