/**
 * The resources that the scripts of a run share: a scratch folder, folders of commands, and the helpers that start
 * them. Knows nothing of what the scripts do.
 */
import { mkdirSync, readlinkSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeScratch, makeWithin, type Scratch } from '../files/scratch.ts';
import { HostFailure } from '../host-failure.ts';
import { type ProcessResult, runProcess } from '../programs/process.ts';
import {
  MERGED,
  type NestedSandbox,
  NO_GUARDS,
  nestedArguments,
  OUTER_FOLDER,
  outerArguments,
  type Sandbox,
  sandboxArguments,
} from './bubblewrap.ts';
import { withoutInherited } from './descriptors.ts';
import type { SandboxProgram } from './find-sandbox.ts';
import type { Limits } from './limits.ts';
import { changeOwner, closedFolder, copyFor, letIn } from './other-user.ts';
import { makeRunners, type RunnerOptions, type Runners } from './runner.ts';
import { linkCommands } from './sandbox-files.ts';

export interface SharedSandbox {
  /** Creates a scratch folder for one script. Its path has all links resolved. */
  scratch(): Scratch;
  /**
   * Returns the absolute path of a folder with exactly these commands. It is reused, since most scripts have the same
   * hundred commands.
   */
  bin(commands: ReadonlyMap<string, string>): string;
  /**
   * Runs a command in a sandbox of bubblewrap.
   * @param program absolute path of bubblewrap
   * @throws HostFailure
   */
  runSandboxed(
    program: string,
    sandbox: ScriptSandbox,
    words: SandboxCommand,
    limits: RunnerOptions,
  ): Promise<ProcessResult>;
  /** Removes everything, once nothing is running any more. */
  close(): Promise<void>;
}

/** The parts that differ between scripts. */
type ScriptSandbox = Omit<Sandbox, 'passwd' | 'guards' | 'temporaryMiB'>;

interface SandboxCommand {
  /** The complete environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
}

export interface SharedSandboxOptions {
  /** Absolute path with links resolved. */
  readonly bash: string;
  readonly cat: string | null;
  readonly sandbox: SandboxProgram | null;
  readonly limits: Limits;
}

export async function openSharedSandbox(tools: SharedSandboxOptions): Promise<SharedSandbox> {
  const { bash, cat, sandbox } = tools;
  const scratch = await makeScratch();
  const root = realpathSync(scratch.path);
  const user = sandbox?.user ?? null;
  if (user !== null) {
    mustBeOpen([root]);
    letIn(root, user);
  }
  const hand = (path: string) => {
    if (user !== null) changeOwner(path, user);
  };
  const bins = new Map<string, string>();
  const passwd = join(root, 'passwd');
  writeFileSync(passwd, PASSWD, { mode: 0o644 });
  hand(passwd);
  const guards = sandbox?.guards ?? NO_GUARDS;
  const { temporaryMiB } = tools.limits;
  const { filter } = guards;
  if (filter !== null) {
    writeFileSync(join(root, FILTER), filter, { mode: 0o600 });
    hand(join(root, FILTER));
  }
  const third = (seen: string) => (filter === null ? {} : { third: join(seen, FILTER) });
  let parts = 0;
  const outside = makeRunners({ bash, cat, before: [], folder: root, seen: root, user, ...third(root) });
  // Only the first script has to wait for this.
  const inside =
    sandbox?.kind === 'bwrap'
      ? openOuterSandbox(sandbox, tools, root, passwd, third(OUTER_FOLDER)).catch(() => null)
      : null;
  return {
    scratch: () => makeWithin(scratch, join(root, `part-${parts++}`)),
    bin(commands) {
      const id = JSON.stringify([...commands]);
      const cached = bins.get(id);
      if (cached !== undefined) return cached;
      const folder = join(root, `bin-${bins.size}`);
      mkdirSync(folder, { mode: 0o700 });
      linkCommands(folder, commands);
      hand(folder);
      bins.set(id, folder);
      return folder;
    },
    async runSandboxed(program, asked, { env, command }, limits) {
      const wanted = user === null ? asked : sandboxFor(user, asked);
      const before = Object.entries(env).flatMap(entry => ['--setenv', ...entry]);
      const nested = seenInOuter(wanted, root);
      const outer = nested === null ? null : await inside;
      if (nested !== null && outer !== null) {
        const args = [...before, ...nestedArguments({ ...nested, guards, temporaryMiB }), ...command];
        const result = await outer.runners.run(outer.program, args, limits);
        if (result !== null) return result;
      }
      const args = [...before, ...sandboxArguments({ ...wanted, passwd, guards, temporaryMiB }), ...command];
      const result = await outside.run(program, args, limits);
      if (result !== null) return result;
      const [shell, ...words] = withoutInherited(bash, filter === null ? 2 : 3, [program, ...args]);
      return runProcess(shell, words, {
        ...limits,
        cwd: '/',
        env: {},
        user,
        ...(filter === null ? {} : { descriptor3: filter }),
      });
    },
    async close() {
      await Promise.all([outside.close(), inside?.then(outer => outer?.runners.close())]);
      scratch.wipe();
    },
  };
}

/** Helpers in an outer sandbox, and the program that creates sandboxes in it. */
interface OuterSandbox {
  readonly runners: Runners;
  readonly program: string;
}

/** Opens an outer sandbox, or returns `null` if no sandbox can be created inside it, as on some systems. */
async function openOuterSandbox(
  { path, guards, user }: SandboxProgram,
  { bash, cat, limits }: SharedSandboxOptions,
  root: string,
  passwd: string,
  third: { readonly third?: string },
): Promise<OuterSandbox | null> {
  // Links may lead to files that the outer sandbox does not show.
  const program = realpathSync(path);
  const before = [program, ...outerArguments(root, passwd, mergedFolders())];
  const runners = makeRunners({ bash, cat, before, folder: root, seen: OUTER_FOLDER, user, ...third });
  for (const folder of ['first', 'first/bin', 'first/work']) mkdirSync(join(root, folder), 0o700);
  if (user !== null) changeOwner(join(root, 'first'), user);
  const sandbox = {
    scratch: `${OUTER_FOLDER}/first`,
    bin: `${OUTER_FOLDER}/first/bin`,
    guards,
    temporaryMiB: limits.temporaryMiB,
  };
  const args = [...nestedArguments(sandbox), bash, '--norc', '-c', ':'];
  const result = await runners.run(program, args, { timeLimitMs: 10_000, outputLimitBytes: 1000 });
  if (result?.code === 0) return { runners, program };
  await runners.close();
  return null;
}

/**
 * Returns the sandbox for a user other than root: its folder belongs to that user, and files that only root may read
 * are copied into it.
 */
function sandboxFor(user: number, { scratch, shown, ...sandbox }: ScriptSandbox): ScriptSandbox {
  mustBeOpen(sandbox.readOnly);
  const copies = shown.map(({ from, to }, i) => ({ from, to, copy: join(scratch, `shown-${i}`) }));
  for (const { from, copy } of copies) copyFor(user, from, copy);
  changeOwner(scratch, user);
  return { ...sandbox, scratch, shown: copies.map(({ copy, to }) => ({ from: copy, to })) };
}

/**
 * Checks that users other than root can access paths.
 * @throws HostFailure for a path that only root can access
 */
function mustBeOpen(paths: readonly string[]): void {
  for (const path of paths) {
    const closed = closedFolder(path);
    if (closed === null) continue;
    throw new HostFailure(
      'other',
      `Varsmith runs as root and scripts as another user, who cannot access ${path}: ${closed} is closed to others. Run Varsmith as an ordinary user, or let scripts run as root in the sandbox with --as-root.`,
    );
  }
}

/** Returns the folders that are links into `/usr`, with their targets. */
function mergedFolders(): ReadonlyMap<string, string> {
  const targets = new Map<string, string>();
  for (const folder of MERGED) {
    const target = linkOrNull(folder);
    if (target !== null && /^\/?usr\/\w+$/.test(target)) targets.set(folder, target);
  }
  return targets;
}

function linkOrNull(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    // Missing, or not a link.
    return null;
  }
}

/**
 * Returns the sandbox's folders as seen in the outer sandbox, or `null` if that does not show everything that the
 * sandbox needs.
 */
function seenInOuter(
  { scratch, bin, readOnly, shown }: ScriptSandbox,
  root: string,
): Omit<NestedSandbox, 'guards' | 'temporaryMiB'> | null {
  if (readOnly.length > 0 || shown.length > 0) return null;
  const seen = (path: string) => `${OUTER_FOLDER}${path.slice(root.length)}`;
  return { scratch: seen(scratch), bin: seen(bin) };
}

/** The name of the filter's file in the shared sandbox's folder. */
const FILTER = 'filter';

/** The content of `/etc/passwd` in a sandbox. */
const PASSWD = 'root:x:0:0::/:/bin/false\nvars:x:1000:1000::/tmp:/bin/false\n';
