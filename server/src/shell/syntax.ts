/**
 * The tree of a Bash script as plain objects: what the data flow reads. Knows nothing of tree-sitter, of Nix, or
 * of what the script is for. All places are half-open UTF-16 offsets from 0 into the script's text.
 */

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A stretch of a script's text in the place of something unknown; it equals other holes of the same text. */
export type Hole = Range;

/**
 * A script to look at. A hole's characters in `text` are its name, as people read it: they are never read as Bash.
 * A hole is at least one character long; holes are in order and do not overlap.
 */
export interface ScriptText {
  readonly text: string;
  readonly holes: readonly Hole[];
}

/** Text after quotes and escapes are gone. */
export interface TextPart extends Range {
  readonly kind: 'text';
  readonly text: string;
  readonly quoted: boolean;
}
/** `$x`, `${x}`, `${x:-word}`, `${x%pattern}`. `fallback` is the word of `-`, `=`, `?` and `+`. */
export interface VariablePart extends Range {
  readonly kind: 'variable';
  readonly name: string;
  /** The range of the name. */
  readonly nameAt: Range;
  readonly quoted: boolean;
  /** The operator as it is written, null for the bare value; `#` before the name is `length`, `!` is `indirect`. */
  readonly operator: string | null;
  readonly fallback: Word | null;
  /** `${x[…]}`: `@` and `*` as they are, other subscripts are `index`. */
  readonly subscript: '@' | '*' | 'index' | null;
  /** Parts of patterns, replacements and subscripts, which are expanded too. */
  readonly inner: readonly WordPart[];
}
/** `$(…)` and backquotes. */
export interface CommandPart extends Range {
  readonly kind: 'command';
  readonly body: readonly Statement[];
  readonly quoted: boolean;
}
/** `<(…)` and `>(…)`. */
export interface ProcessPart extends Range {
  readonly kind: 'process';
  readonly body: readonly Statement[];
}
/** `$((…))`; `inner` is what it reads. */
export interface ArithmeticPart extends Range {
  readonly kind: 'arithmetic';
  readonly inner: readonly WordPart[];
  readonly assigns: readonly string[];
}
export interface HolePart extends Range {
  readonly kind: 'hole';
  readonly text: string;
  readonly quoted: boolean;
}
/** An unquoted pattern that file names are matched with. */
export interface GlobPart extends Range {
  readonly kind: 'glob';
  readonly character: '*' | '?' | '[';
}
/** `{a,b}` and `{1..3}`, taken apart. */
export interface BracePart extends Range {
  readonly kind: 'brace';
  readonly choices: readonly (readonly WordPart[])[];
}
export type WordPart =
  | TextPart
  | VariablePart
  | CommandPart
  | ProcessPart
  | ArithmeticPart
  | HolePart
  | GlobPart
  | BracePart;

export interface Word extends Range {
  readonly parts: readonly WordPart[];
}

export interface Assignment extends Range {
  /** With holes as they are written. */
  readonly name: string;
  readonly nameAt: Range;
  readonly append: boolean;
  /** True for `a[i]=…`. */
  readonly element: boolean;
  /** Null for a declared name without a value. */
  readonly value: Word | null;
  /** The words of `a=(…)`, without their subscripts. */
  readonly list: readonly Word[] | null;
  /** True if a word of the list has a subscript: `a=([b]=c)`. */
  readonly keyed: boolean;
}

export interface Redirect extends Range {
  /** The descriptor in front, null where none is written. */
  readonly descriptor: number | null;
  /** `>`, `>>`, `>|`, `&>`, `&>>`, `<`, `<>`, `>&`, `<&`, `<<`, `<<<` */
  readonly operator: string;
  readonly target: Word | null;
  /** The body of a `<<`; its text is data. */
  readonly heredoc: Word | null;
}

/** `a=1 cmd args > file`; also assignments alone and redirections alone. */
export interface SimpleStatement extends Range {
  readonly kind: 'simple';
  readonly assignments: readonly Assignment[];
  readonly words: readonly Word[];
  readonly redirects: readonly Redirect[];
}
/** `export`, `local`, `declare`, `readonly`, `typeset` with what they name. */
export interface DeclareStatement extends Range {
  readonly kind: 'declare';
  readonly command: Word;
  readonly options: readonly Word[];
  readonly assignments: readonly Assignment[];
}
export interface UnsetStatement extends Range {
  readonly kind: 'unset';
  readonly command: Word;
  readonly words: readonly Word[];
}
export interface PipelineStatement extends Range {
  readonly kind: 'pipeline';
  readonly stages: readonly Statement[];
}
export interface NotStatement extends Range {
  readonly kind: 'not';
  readonly body: Statement;
}
export interface ListStatement extends Range {
  readonly kind: 'list';
  readonly operator: '&&' | '||';
  readonly left: Statement;
  readonly right: Statement;
}
/** `{ …; }` or `( … )` */
export interface GroupStatement extends Range {
  readonly kind: 'group' | 'subshell';
  readonly body: readonly Statement[];
}
export interface RedirectedStatement extends Range {
  readonly kind: 'redirected';
  readonly body: Statement;
  readonly redirects: readonly Redirect[];
}
export interface Branch {
  readonly condition: readonly Statement[];
  readonly body: readonly Statement[];
}
export interface IfStatement extends Range {
  readonly kind: 'if';
  readonly branches: readonly Branch[];
  readonly otherwise: readonly Statement[] | null;
}
export interface ForStatement extends Range {
  readonly kind: 'for';
  readonly name: string;
  readonly nameAt: Range;
  /** Null: over the positional parameters. */
  readonly words: readonly Word[] | null;
  readonly body: readonly Statement[];
}
/** `while`, `until` and `for ((…))`; `inner` is what the arithmetic of the last reads. */
export interface LoopStatement extends Range {
  readonly kind: 'loop';
  readonly condition: readonly Statement[];
  readonly inner: readonly WordPart[];
  readonly assigns: readonly string[];
  readonly body: readonly Statement[];
}
export interface CaseItem {
  readonly patterns: readonly Word[];
  readonly body: readonly Statement[];
  /** True for `*)`. */
  readonly any: boolean;
  /** `;;`, `;&` or `;;&` */
  readonly termination: string;
}
export interface CaseStatement extends Range {
  readonly kind: 'case';
  readonly subject: Word;
  readonly items: readonly CaseItem[];
}
export interface FunctionStatement extends Range {
  readonly kind: 'function';
  readonly name: string;
  readonly body: Statement;
}
/** `[ … ]` and `[[ … ]]`; `words` are those between, with operators as text. */
export interface TestStatement extends Range {
  readonly kind: 'test';
  readonly double: boolean;
  readonly words: readonly Word[];
}
/** `((…))` */
export interface ArithmeticStatement extends Range {
  readonly kind: 'arithmetic';
  readonly inner: readonly WordPart[];
  readonly assigns: readonly string[];
}
/** `… &` */
export interface BackgroundStatement extends Range {
  readonly kind: 'background';
  readonly body: Statement;
}
/** What could not be read: it may do anything. */
export interface UnreadableStatement extends Range {
  readonly kind: 'unreadable';
}
export type Statement =
  | SimpleStatement
  | DeclareStatement
  | UnsetStatement
  | PipelineStatement
  | NotStatement
  | ListStatement
  | GroupStatement
  | RedirectedStatement
  | IfStatement
  | ForStatement
  | LoopStatement
  | CaseStatement
  | FunctionStatement
  | TestStatement
  | ArithmeticStatement
  | BackgroundStatement
  | UnreadableStatement;

/** Something that Bash itself would reject. */
export interface ShellError extends Range {
  readonly message: string;
}

export interface ShellTree {
  readonly body: readonly Statement[];
  /** Only what Bash rejects for certain; a script that Bash accepts has none. */
  readonly errors: readonly ShellError[];
  /** Here-documents that no line ends, by the `EOF` of their `<<EOF`: Bash takes the rest of the script for them. */
  readonly unended: readonly Range[];
}
