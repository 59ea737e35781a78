/** By file in syntaxes/: a TextMate grammar as JSON. */
export const SCRIPT_GRAMMARS: Readonly<Record<string, object>>;
