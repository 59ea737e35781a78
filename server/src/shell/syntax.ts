/**
 * The tree of a Bash script as plain objects, the input of the data flow analysis. Knows neither Nix nor the purpose
 * of the script. All places are half-open UTF-16 offsets from 0 into the script's text.
 */

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The range of an unknown part in a script's text. Holes with the same text are equal. */
export type Hole = Range;

/**
 * The text of a script to analyse. The characters of a hole in `text` are its display name and are never parsed as
 * Bash. A hole is at least one character long; holes are in order and do not overlap.
 */
export interface ScriptText {
  readonly text: string;
  readonly holes: readonly Hole[];
}

/** Text with quotes and escapes resolved. */
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
  /** The operator as written, or `null` for the bare value; `#` before the name is `length`, `!` is `indirect`. */
  readonly operator: string | null;
  readonly fallback: Word | null;
  /** The subscript of `${x[…]}`: `@` and `*` as they are, any other is `index`. */
  readonly subscript: '@' | '*' | 'index' | null;
  /** Expandable parts of patterns, replacements and subscripts. */
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
/** `$((…))`; `inner` holds the variables that it reads. */
export interface ArithmeticPart extends Range {
  readonly kind: 'arithmetic';
  readonly inner: readonly WordPart[];
  readonly assigns: readonly string[];
}
interface HolePart extends Range {
  readonly kind: 'hole';
  readonly text: string;
  readonly quoted: boolean;
}
/** An unquoted pattern that matches file names. */
interface GlobPart extends Range {
  readonly kind: 'glob';
  readonly character: '*' | '?' | '[';
}
/** `{a,b}` or `{1..3}`, split into its choices. */
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
  /** The text with holes as written. */
  readonly name: string;
  readonly nameAt: Range;
  readonly append: boolean;
  /** True for `a[i]=…`. */
  readonly element: boolean;
  /** `null` for a declared name without a value. */
  readonly value: Word | null;
  /** The words of `a=(…)`, without their subscripts. */
  readonly list: readonly Word[] | null;
  /** True if a word of the list has a subscript: `a=([b]=c)`. */
  readonly keyed: boolean;
}

export interface Redirect extends Range {
  /** The file descriptor in front of the operator, or `null` if there is none. */
  readonly descriptor: number | null;
  /** `>`, `>>`, `>|`, `&>`, `&>>`, `<`, `<>`, `>&`, `<&`, `<<`, `<<<` */
  readonly operator: string;
  readonly target: Word | null;
  /** The body of a `<<`, whose text is data. */
  readonly heredoc: Word | null;
}

/** `a=1 cmd args > file`, or only assignments or redirections. */
export interface SimpleStatement extends Range {
  readonly kind: 'simple';
  readonly assignments: readonly Assignment[];
  readonly words: readonly Word[];
  readonly redirects: readonly Redirect[];
}
/** `export`, `local`, `declare`, `readonly` or `typeset` with its arguments. */
export interface DeclareStatement extends Range {
  readonly kind: 'declare';
  readonly command: Word;
  readonly options: readonly Word[];
  readonly assignments: readonly Assignment[];
}
interface UnsetStatement extends Range {
  readonly kind: 'unset';
  readonly command: Word;
  readonly words: readonly Word[];
}
export interface PipelineStatement extends Range {
  readonly kind: 'pipeline';
  readonly stages: readonly Statement[];
}
interface NotStatement extends Range {
  readonly kind: 'not';
  readonly body: Statement;
}
interface ListStatement extends Range {
  readonly kind: 'list';
  readonly operator: '&&' | '||';
  readonly left: Statement;
  readonly right: Statement;
}
/** `{ …; }` or `( … )` */
interface GroupStatement extends Range {
  readonly kind: 'group' | 'subshell';
  readonly body: readonly Statement[];
}
interface RedirectedStatement extends Range {
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
  /** `null` stands for the positional parameters. */
  readonly words: readonly Word[] | null;
  readonly body: readonly Statement[];
}
/** `while`, `until` or `for ((…))`; `inner` holds the variables that the arithmetic of the last one reads. */
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
/** `[ … ]` or `[[ … ]]`; `words` are those in between, with operators as text. */
interface TestStatement extends Range {
  readonly kind: 'test';
  readonly double: boolean;
  readonly words: readonly Word[];
}
/** `((…))` */
interface ArithmeticStatement extends Range {
  readonly kind: 'arithmetic';
  readonly inner: readonly WordPart[];
  readonly assigns: readonly string[];
}
/** `… &` */
interface BackgroundStatement extends Range {
  readonly kind: 'background';
  readonly body: Statement;
}
/** A part that could not be parsed and may do anything. */
interface UnreadableStatement extends Range {
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

/** An error that Bash itself would report. */
export interface ShellError extends Range {
  readonly message: string;
}

export interface ShellTree {
  readonly body: readonly Statement[];
  /** Errors that Bash certainly reports. A script that Bash accepts has none. */
  readonly errors: readonly ShellError[];
  /**
   * Unterminated here-documents, as the place of `EOF` in `<<EOF`. Bash reads the rest of the script as their bodies.
   */
  readonly unended: readonly Range[];
}
