/** A program in a terminal of its own (tmux), driven by keys and read from its screen. */
import { execFileSync, spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

export interface Terminal {
  /** Types keys as tmux names them: `Enter`, `Escape`, `C-u`, or text. */
  readonly keys: (...keys: readonly string[]) => void;
  readonly screen: () => string;
  /** Resolves with the screen once it satisfies. @throws Error with the screen if it never does */
  readonly shows: (wanted: RegExp) => Promise<string>;
  /** Types Escape and waits until something has gone: a key that follows at once would be taken for one with Alt. */
  readonly leave: (gone: RegExp) => Promise<void>;
  /** Resolves once the program has ended by itself. */
  readonly ended: () => Promise<void>;
  readonly end: () => void;
}

const PATIENCE_MS = 240_000;

export function hasTerminal(): boolean {
  return spawnSync('tmux', ['-V']).status === 0;
}

/** @param socket a name that nobody else uses */
export function terminal(
  socket: string,
  command: string,
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Terminal {
  const tmux = (...args: readonly string[]) =>
    execFileSync('tmux', ['-L', socket, ...args], { ...options, encoding: 'utf8' });
  tmux('-f', '/dev/null', 'new-session', '-d', '-x', '150', '-y', '45', command);
  const screen = () => tmux('capture-pane', '-p');
  const until = async (satisfied: () => boolean, what: string) => {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await pause(50)) if (satisfied()) return;
    throw new Error(`${what}:\n${screen()}`);
  };
  const keys = (...names: readonly string[]) => {
    for (const name of names) tmux('send-keys', name);
  };
  return {
    keys,
    screen,
    shows: async wanted => {
      await until(() => wanted.test(screen()), `The screen never shows ${wanted}`);
      return screen();
    },
    leave: async gone => {
      keys('Escape');
      await until(() => !gone.test(screen()), `Escape does not take away ${gone}`);
    },
    ended: () =>
      until(() => spawnSync('tmux', ['-L', socket, 'has-session']).status !== 0, 'The program does not end'),
    end: () => void spawnSync('tmux', ['-L', socket, 'kill-server']),
  };
}
