/** The actions that fix an entry, and the names of their commands on the command line and in the editor. */
import { trackLine } from '../checks/cure.ts';

/**
 * `key`: create a key; `author`: tell git who makes commits; `generate`: generate what is missing, and commit what is
 * stored; `track`: tell git of files that the flake reads.
 */
export type Action = 'key' | 'author' | 'generate' | 'track';

/** The name of each action's command, as part of a sentence. */
export type ActionNames = Readonly<Record<Exclude<Action, 'track'>, string>> & {
  readonly init: string;
  readonly newGenerator: string;
  /** @param paths of files and folders to add */
  readonly track: (paths: readonly string[]) => string;
};

export const IN_TERMINAL: ActionNames = {
  key: '`varsmith keygen`',
  author: '`git config --global user.name "Your Name"` and `git config --global user.email you@example.org`',
  generate: '`varsmith generate`',
  init: '`varsmith init`',
  newGenerator: '`varsmith new generator`',
  track: paths => `\`${trackLine(paths)}\``,
};

/** The names in the command palette of an editor. */
export const IN_EDITOR: ActionNames = {
  key: '"Varsmith: Create Key…"',
  author: '"Set Name and Email…"',
  generate: '"Varsmith: Generate Vars…"',
  init: '"Varsmith: Initialise Fleet…"',
  newGenerator: '"Varsmith: New Generator…"',
  track: () => '"Add to Git"',
};
