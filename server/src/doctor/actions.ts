/** The actions that fix an entry, and the names of their commands on the command line and in the editor. */

/** `key`: make a key; `generate`: make what is missing, and commit what is stored. */
export type Action = 'key' | 'generate';

/** How the command for each action is called, as part of a sentence. */
export type ActionNames = Readonly<Record<Action, string>>;

export const IN_TERMINAL: ActionNames = { key: '`varsmith keygen`', generate: '`varsmith generate`' };

/** As the palette of an editor shows them. */
export const IN_EDITOR: ActionNames = {
  key: '"Varsmith: Make a Key…"',
  generate: '"Varsmith: Generate Vars…"',
};
