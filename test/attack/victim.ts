/** The built program as somebody attacks it: with a limit for how long it may take, and perhaps as another user. */
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, lchownSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { GeneratingFleet } from '../cli/generating-fleet.ts';
import { programPath, temporary } from '../cli/program.ts';

/** Far more than anything takes on a busy machine: what is not done by then hangs. */
const HANGS_AFTER_MS = 60_000;

export interface Outcome {
  /** The exit code; the signal; `hangs` where it did not end. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
  /** By which its scratch folders are named. */
  readonly pid: number;
}

export interface VictimOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Who runs it, where that is not who runs the tests. */
  readonly uid?: number | null;
  /** What stands before it, such as `keyctl session -`. */
  readonly before?: readonly string[];
}

/** Runs the built program on a fleet to its end. */
export function attackProgram(
  made: Pick<GeneratingFleet, 'root' | 'home'>,
  args: readonly string[],
  { cwd = made.root, env = {}, input = '', uid = null, before = [] }: VictimOptions = {},
): Promise<Outcome> {
  const [command = '', ...words] = [...before, process.execPath, programPath(), ...args];
  const child = spawn(command, words, {
    cwd,
    env: {
      HOME: made.home,
      PATH: process.env.PATH,
      TMPDIR: temporary(made as GeneratingFleet),
      GIT_CONFIG_GLOBAL: join(made.home, '.gitconfig'),
      ...env,
    },
    stdio: 'pipe',
    ...(uid === null ? {} : { uid, gid: uid }),
  });
  let [stdout, stderr, late] = ['', '', false];
  child.stdout.on('data', chunk => (stdout += String(chunk)));
  child.stderr.on('data', chunk => (stderr += String(chunk)));
  // It may be gone, or never ask.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const limit = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, HANGS_AFTER_MS);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      resolve({ code: late ? 'hangs' : (code ?? signal ?? 'none'), stdout, stderr, pid: child.pid ?? 0 });
    });
  });
}

/** What may happen to whoever runs it: root, and somebody without rights, where the tests can be both. */
export const PEOPLE: readonly { readonly name: string; readonly uid: number | null }[] =
  process.getuid?.() === 0
    ? [
        { name: 'root', uid: null },
        { name: 'nobody', uid: 65_534 },
      ]
    : [{ name: 'user', uid: null }];

/** Makes a fleet, its home and the program somebody else's to use. */
export function handOver({ home }: GeneratingFleet, uid: number | null): void {
  if (uid === null) return;
  chmodSync(dirname(programPath()), 0o755);
  const base = dirname(home);
  chownSync(base, uid, uid);
  for (const entry of readdirSync(base, { recursive: true, withFileTypes: true }))
    lchownSync(join(entry.parentPath, entry.name), uid, uid);
}
