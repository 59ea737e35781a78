/** Why a run did not do what it was asked to, in words for a person. */

/** The message names generators, files and prompts, never what is in them. */
export class RunFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RunFailure';
  }
}
