// The command line as a program of its own, to be interrupted and killed, and what can be found of it afterwards.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, onTestFinished, vi } from 'vitest';
import type { GeneratingFleet } from './generating-fleet.ts';

export const MEMORY = '/dev/shm';

let bundle: string;

/** Builds it once for a file of tests. */
export function buildProgram(): void {
  beforeAll(() => {
    bundle = mkdtempSync(join(tmpdir(), 'varsmith-cli-'));
    const build = join(__dirname, '../../scripts/build.mjs');
    execFileSync(process.execPath, [build, '--outdir', bundle, '--only', 'cli'], { stdio: 'ignore' });
  });
  afterAll(() => rmSync(bundle, { recursive: true }));
}

/** Absolute path of the built command line. */
export function programPath(): string {
  return join(bundle, 'cli.js');
}

export interface Program {
  readonly child: ChildProcess;
  /** Its exit code, or the signal that ended it, and all that it wrote. */
  readonly ended: Promise<{ readonly code: number | string; readonly output: string }>;
  /** What it has written so far. */
  said(): string;
}

/** A place for temporary files that a test can look through. */
export function temporary({ home }: GeneratingFleet): string {
  const path = join(home, '../tmp');
  mkdirSync(path, { recursive: true });
  return path;
}

/** @param made with what its environment has beside home and path, such as where its store is */
export function start(
  made: GeneratingFleet & { readonly env?: Readonly<Record<string, string>> },
  ...args: readonly string[]
): Program {
  const env = {
    HOME: made.home,
    PATH: process.env.PATH,
    TMPDIR: temporary(made),
    GIT_CONFIG_GLOBAL: join(made.home, '.gitconfig'),
    ...made.env,
  };
  const child = spawn(process.execPath, [programPath(), ...args], {
    cwd: made.root,
    env,
    stdio: 'pipe',
  });
  if (!args.includes('--events')) child.stdin?.end();
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => (output += String(chunk)));
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise<{ code: number | string; output: string }>(resolve =>
    child.on('close', (code, signal) => resolve({ code: code ?? signal ?? 'none', output })),
  );
  return { child, ended, said: () => output };
}

/** The scratch folders of a process. */
export function scratchOf({ child }: Program): string[] {
  return readdirSync(MEMORY)
    .filter(name => name.startsWith(`varsmith-${child.pid}.`))
    .map(name => join(MEMORY, name));
}

/** The parts of them that scripts have to themselves. */
function partsOf(program: Program): string[] {
  return scratchOf(program).flatMap(folder => readdirSync(folder).map(name => join(folder, name)));
}

/** Waits until a script of the program has written a file of this name. */
export async function written(program: Program, file: string): Promise<void> {
  await vi.waitUntil(() => partsOf(program).some(part => existsSync(join(part, 'out', file))), {
    timeout: 240_000,
    interval: 20,
  });
}

/** Everything in files, links and git's objects below a folder, as bytes in a row. */
export function everythingIn(folder: string): string {
  const parts: string[] = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    parts.push(path);
    if (entry.isFile()) parts.push(readFileSync(path, 'latin1'));
  }
  return parts.join('\n');
}

export function gitObjects(root: string): string {
  return execFileSync('git', ['cat-file', '--batch-all-objects', '--batch', '--unordered'], {
    cwd: root,
    encoding: 'latin1',
    maxBuffer: 1 << 28,
  });
}
