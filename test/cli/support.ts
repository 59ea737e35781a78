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
}

export async function varsmith(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  let stdout = '';
  let stderr = '';
  const isTTY = options.terminal ?? false;
  const code = await main(args, {
    stdout: {
      write: text => {
        stdout += Buffer.from(text).toString('utf8');
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
    serveStdio: async () => 0,
  });
  return { code, stdout, stderr };
}
