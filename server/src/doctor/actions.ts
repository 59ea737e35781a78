/** The actions that fix an entry, and the names of their commands on the command line and in the editor. */

/** `key`: create a key; `generate`: generate what is missing, and commit what is stored. */
export type Action = 'key' | 'generate';

/** The name of each action's command, as part of a sentence. */
export type ActionNames = Readonly<Record<Action, string>>;

export const IN_TERMINAL: ActionNames = { key: '`varsmith keygen`', generate: '`varsmith generate`' };

/** The names in the command palette of an editor. */
export const IN_EDITOR: ActionNames = {
  key: '"Varsmith: Create Key…"',
  generate: '"Varsmith: Generate Vars…"',
};
