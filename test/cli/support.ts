// Runs the command line in this process and keeps what it writes.
import { main } from '../../server/src/cli/main.ts';

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly terminal?: boolean;
  /** What is on standard input. */
  readonly input?: string | Uint8Array;
  /** What is typed, key by key or several at once, as it is asked for: standard input is a terminal then. */
  readonly typed?: readonly string[];
  /** Answers what is asked in lines: called with each line of standard output; what it returns arrives as a line. */
  readonly answer?: (line: string) => string | null;
  readonly signal?: AbortSignal;
}

export async function varsmith(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  let stdout = '';
  let stderr = '';
  const typed = [...(options.typed ?? [])];
  const isTTY = options.terminal ?? options.typed !== undefined;
  const { input, signal } = options;
  let hear: (line: string) => void = () => {};
  const code = await main(args, {
    stdout: {
      write: text => {
        const said = Buffer.from(text).toString('utf8');
        stdout += said;
        const reply = options.answer?.(said.trimEnd());
        if (reply != null) queueMicrotask(() => hear(reply));
      },
      isTTY,
    },
    stderr: {
      write: text => {
        stderr += Buffer.from(text).toString('utf8');
      },
      isTTY,
    },
    env: options.env ?? {},
    cwd: options.cwd ?? process.cwd(),
    version: '1.2.3',
    ...(input === undefined && options.typed === undefined && options.answer === undefined
      ? {}
      : {
          stdin: {
            isTTY: options.typed !== undefined,
            read: async () => Buffer.from(input ?? ''),
            lines(onLine) {
              hear = onLine;
              return () => {
                hear = () => {};
              };
            },
            keys(onKeys) {
              // A reader takes what is typed until it has enough; the next one goes on from there.
              let listening = true;
              queueMicrotask(() => {
                while (listening && typed.length > 0) onKeys(Buffer.from(typed.shift() as string));
              });
              return () => {
                listening = false;
              };
            },
          },
        }),
    ...(signal === undefined ? {} : { interruption: () => signal }),
    serveStdio: async () => 0,
  });
  return { code, stdout, stderr };
}
