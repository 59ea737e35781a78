/** The input and output of a command, so that tests can replace both. */
import { marked } from '../editor/words/unseen.ts';

export interface Output {
  write(text: string | Uint8Array): void;
  /** Resolves when the reader has taken what it has room for; without it, everything is taken at once. */
  readonly drained?: () => Promise<void>;
  readonly isTTY: boolean;
}

/** Standard input. */
export interface Input {
  readonly isTTY: boolean;
  /** All of it, as bytes. */
  read(): Promise<Uint8Array>;
  /**
   * Every key as it is typed, unseen on the screen, until the returned function is called. For a terminal only; then
   * Ctrl-C is a key like all others.
   */
  keys(onKeys: (bytes: Uint8Array) => void): () => void;
  /**
   * Every line as it arrives, without its end, until the returned function is called.
   * @param onEnd there will be no more
   */
  lines(onLine: (line: string) => void, onEnd: () => void): () => void;
}

export interface Io {
  /** Data. */
  readonly stdout: Output;
  /** Errors, in sentences. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path. */
  readonly cwd: string;
  /** The version of this program. */
  readonly version: string;
  /** Absent where there is nothing to read from. */
  readonly stdin?: Input;
  /** From the first call on, a wish to stop (Ctrl-C) is told by the signal and no longer ends the program. */
  readonly interruption?: () => AbortSignal;
  /**
   * Does a job of `thread.ts` in a thread of its own. Absent where there are no threads.
   * @returns null where it failed
   */
  readonly inThread?: (job: unknown) => Promise<unknown>;
  /** Runs the language server, which the command line itself knows nothing of; ends when the client leaves. */
  readonly serveStdio: (options: { readonly tracesQueries: boolean }) => Promise<number>;
}

/** Lines on standard error, each a sentence. */
export function say(io: Io, ...lines: readonly string[]): void {
  for (const line of lines) io.stderr.write(`varsmith: ${printable(line)}\n`);
}

export { EXIT } from './exit-codes.ts';

/** A mistake of the caller, told in a sentence; ends the command with code 2. */
export class UsageError extends Error {}

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'cyan';

const CODES: Readonly<Record<Style, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
};

export type Paint = (style: Style, text: string) => string;

/**
 * Returns what colours text. NO_COLOR set to anything switches colours off (no-color.org). Otherwise FORCE_COLOR decides
 * (force-color.org): on for anything but `0` and `false`, also in a pipe. With neither there are colours on a terminal
 * that is not a dumb one.
 */
export function painter(output: Output, env: Io['env']): Paint {
  const coloured = isColoured(output, env);
  return (style, text) => {
    const [on, off] = CODES[style];
    return coloured ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  };
}

function isColoured({ isTTY }: Output, { NO_COLOR, FORCE_COLOR, TERM }: Io['env']): boolean {
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return isTTY && TERM !== 'dumb';
}

/** Text of a file, safe on a terminal: control characters, which could command it, become visible marks. */
export function printable(text: string): string {
  return marked(text).replaceAll('\n', '\ufffd');
}
