/** The input and output of a command, so that tests can replace both. */
import { marked } from '../editor/words/unseen.ts';

export interface Output {
  write(text: string | Uint8Array): void;
  /** Resolves when the reader has caught up. Absent if everything is accepted at once. */
  readonly drained?: () => Promise<void>;
  readonly isTTY: boolean;
}

/** Standard input. */
export interface Input {
  readonly isTTY: boolean;
  /** Reads all of it, as bytes. */
  read(): Promise<Uint8Array>;
  /**
   * Calls `onKeys` with every key as it is typed, without echo, until the returned function is called. For terminals
   * only; Ctrl-C is an ordinary key then.
   */
  keys(onKeys: (bytes: Uint8Array) => void): () => void;
  /**
   * Calls `onLine` with every line as it arrives, without its line break, until the returned function is called.
   * @param onEnd called after the last line
   */
  lines(onLine: (line: string) => void, onEnd: () => void): () => void;
}

export interface Io {
  /** Receives data. */
  readonly stdout: Output;
  /** Receives errors, in sentences. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path. */
  readonly cwd: string;
  /** The version of this program. */
  readonly version: string;
  /** Absent if there is nothing to read from. */
  readonly stdin?: Input;
  /** Returns a signal for interruption (Ctrl-C), which from the first call on no longer ends the program. */
  readonly interruption?: () => AbortSignal;
  /**
   * Runs a job of `thread.ts` in a thread of its own, and returns `null` if that fails. Absent where there are no
   * threads.
   */
  readonly inThread?: (job: unknown) => Promise<unknown>;
  /** Runs the language server, of which the command line knows nothing else. Resolves when the client disconnects. */
  readonly serveStdio: (options: { readonly tracesQueries: boolean }) => Promise<number>;
}

/** Writes lines to standard error, each a sentence. */
export function say(io: Io, ...lines: readonly string[]): void {
  for (const line of lines) io.stderr.write(`varsmith: ${printable(line)}\n`);
}

export { EXIT } from './exit-codes.ts';

/** A usage mistake, explained in a sentence. It ends the command with code 2. */
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
 * Returns a function that colours text. Any NO_COLOR switches colours off (no-color.org). Otherwise FORCE_COLOR
 * decides (force-color.org): anything but `0` and `false` switches them on, even in a pipe. Without either, terminals
 * have colours unless they are dumb.
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

/**
 * Returns text that is safe on a terminal and in the log of a CI service, also at the start of a line: characters that
 * could command them become visible marks. GitHub Actions obeys `::` behind white space.
 */
export function printable(text: string): string {
  return marked(text)
    .replaceAll('\n', '\ufffd')
    .replace(/^(\s*):(?=:)/, '$1\ufffd');
}
