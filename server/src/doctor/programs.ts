/**
 * Makes entries about the programs that Varsmith uses if they are installed: their paths and versions. Runs them
 * (`--version`, and the sandbox with `true`) in trusted workspaces only.
 */

import { counted } from '../checks/facts/wording.ts';
import { findCommand } from '../host/programs/commands.ts';
import { keptFiles } from '../host/programs/kept-files.ts';
import { runProcess } from '../host/programs/process.ts';
import { withoutKeys } from '../host/programs/program-environment.ts';
import { findSandbox } from '../host/sandbox/find-sandbox.ts';
import { type LastAsked, lastAsked } from '../witness/last-asked.ts';
import type { DoctorEnvironment } from './examined.ts';
import { type Entry, entry, type Section } from './report.ts';
import { sandboxWords } from './sandbox-text.ts';

interface Program {
  readonly command: string;
  /** The purpose, as a sentence that begins with "Needed" or "Used". */
  readonly use: string;
  readonly advice: string;
  /** True if something that Varsmith offers does not work at all without it. */
  readonly needed: boolean;
}

const PROGRAMS: readonly Program[] = [
  {
    command: 'bash',
    use: 'Needed to run the scripts of generators.',
    advice: 'Install Bash to generate vars.',
    needed: true,
  },
  {
    command: 'bwrap',
    use: 'Needed to run scripts in a sandbox (Linux).',
    advice: 'Install bubblewrap; until then scripts run only with --no-sandbox.',
    needed: true,
  },
  {
    command: 'git',
    use: 'Used to commit what was generated.',
    advice: 'Install git: in a git repository nothing is generated without it.',
    needed: false,
  },
  {
    command: 'age',
    use: 'Used for ssh keys and plugin keys; native age keys do not need it.',
    advice: 'Install age if your key is an ssh key or a plugin key.',
    needed: false,
  },
  {
    command: 'nix',
    use: "Used for the scripts' packages from the fleet's nixpkgs, and with --nix; clan needs it.",
    advice: "Nothing to do: scripts use this system's programs instead, and the analysis does not need it.",
    needed: false,
  },
  {
    command: 'clan',
    use: 'Used by Generate Vars in the editor if varsmith.engine selects it.',
    advice: 'Nothing to do: Varsmith generates vars itself if clan is not installed.',
    needed: false,
  },
];

/** Folders that systems keep their commands in, whatever `PATH` contains. */
const SYSTEM_FOLDERS = ['/usr/bin', '/bin', '/run/current-system/sw/bin'];

const VERSION_LIMIT_MS = 10_000;
const VERSION_LIMIT_BYTES = 4000;

/** @param root of the fleet, absolute */
export async function programsSection(around: DoctorEnvironment, root: string): Promise<Section> {
  const entries = await Promise.all(
    PROGRAMS.filter(({ command }) => command !== 'bwrap' || around.platform === 'linux').map(program =>
      programEntry(program, around, root),
    ),
  );
  return { title: 'Programs', entries };
}

async function programEntry(
  { command, use, advice, needed }: Program,
  { env, platform, trusted }: DoctorEnvironment,
  root: string,
): Promise<Entry> {
  const named = (env.PATH ?? '').split(':').filter(folder => folder.startsWith('/'));
  const folders = [...new Set([...named, ...SYSTEM_FOLDERS])];
  const path = await findCommand(command, folders);
  if (path === null)
    return entry(command, needed ? 'problem' : 'absent', 'not found', {
      details: [use, `Looked in: ${folders.join(', ')}.`],
      advice,
    });
  if (!trusted)
    return entry(command, 'unknown', `${path}; not asked for its version: the workspace is not trusted`, {
      details: [use],
    });
  const version = await versionOf(path, env);
  const text = version === null ? `${path}, which does not report its version` : `${path} (${version})`;
  if (command === 'nix')
    return entry(command, 'found', text, {
      details: [use, askedText(lastAsked(keptFiles(env, 'nix'), root))],
    });
  if (command !== 'bwrap') return entry(command, 'found', text, { details: [use] });
  const sandbox = await findSandbox(platform, folders);
  if ('sandbox' in sandbox)
    return entry(command, 'found', `${text}; the sandbox works`, {
      details: [use, ...sandboxWords(sandbox.sandbox, process.arch)],
    });
  return entry(command, 'problem', `${text}; ${sandbox.problem}`, {
    details: [use],
    advice:
      'Allow user namespaces on this system (as root: for users other than root, or use --as-root); until then scripts run only with --no-sandbox.',
  });
}

/** Says when Nix was last asked about the fleet, how long that took, and about which machines. */
function askedText(last: LastAsked | null): string {
  if (last === null) return 'Not asked about this fleet yet: "varsmith check --nix" does.';
  const { at, version, milliseconds, evaluated, failed, partly, failure } = last;
  const when = `${at.slice(0, 16).replace('T', ' ')} UTC`;
  const all = evaluated.length + failed.length;
  const seconds = (milliseconds / 1000).toFixed(1);
  const some = (names: readonly string[]) =>
    `${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`;
  const lacking =
    (partly.length === 0 ? '' : `, in part ${some(partly)}`) +
    (failed.length === 0 ? '' : `, not ${some(failed)}`);
  const asked = `Last asked about this fleet ${when} (Nix ${version}, ${seconds} s)`;
  if (failure !== null) return `${asked}: it does not evaluate the flake ("varsmith check --nix" shows why).`;
  return `${asked}: it evaluates ${evaluated.length} of ${counted(all, 'machine')}${lacking}.`;
}

/** Returns the first line of the output, or `null` if there is none. The environment contains no keys. */
/** Returns what a program says of itself where it finds all that it may need of the environment, but no key. */
async function versionOf(program: string, env: DoctorEnvironment['env']): Promise<string | null> {
  try {
    const { code, stdout } = await runProcess(program, ['--version'], {
      cwd: '/',
      env: { ...withoutKeys(env), LC_ALL: 'C' },
      timeLimitMs: VERSION_LIMIT_MS,
      outputLimitBytes: VERSION_LIMIT_BYTES,
    });
    const line = stdout.toString('utf8').trim().split('\n')[0]?.slice(0, 100) ?? '';
    return code === 0 && line !== '' ? line : null;
  } catch {
    // The program exists but does not start; the entry mentions that it has no version.
    return null;
  }
}
