/**
 * Runs a Bash script on given inputs and collects the files that it writes. Inputs and outputs are bytes in memory,
 * and files in a scratch folder while the script runs. Knows nothing of generators, stores or Nix.
 * The folder is in memory if possible, so its files are accessed synchronously, which is faster than waiting for
 * them.
 * The layout is clan's (clan-core d7c35d912, clan_lib/vars/generate.py): `$in/<folder>/<file>`, `$prompts/<name>`,
 * `$out`.
 */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
} from 'node:fs';
import { basename, join, sep } from 'node:path';
import { HostFailure } from '../host-failure.ts';
import { type ProcessResult, runProcess } from '../programs/process.ts';
import { SANDBOX_FOLDER } from './bubblewrap.ts';
import { withoutInherited } from './descriptors.ts';
import type { SandboxProgram } from './find-sandbox.ts';
import { fileBytes, type Limits, ulimits } from './limits.ts';
import { macProfile } from './sandbox-exec.ts';
import { put, putIn, within } from './sandbox-files.ts';
import type { SharedSandbox } from './shared-sandbox.ts';

/** A file or folder of the host that the script may read, and execute if it is a program. */
interface Shown {
  /** Absolute path, whose target must be in `root`. */
  readonly from: string;
  readonly root: string;
}

export interface Script {
  /** Text, with files to be replaced by their paths. */
  readonly text: readonly (string | Shown)[];
  /** The first commands in `PATH`: names with the absolute paths of their programs. */
  readonly commands: ReadonlyMap<string, string>;
  /** The resources that the scripts of a run share. */
  readonly shared: SharedSandbox;
  /** Further absolute folders for `PATH`. */
  readonly path: readonly string[];
  /** Absolute path of Bash. */
  readonly bash: string;
  /** Inputs by folder, then by file. */
  readonly inputs: ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>;
  /** If empty, `$prompts` is not set. */
  readonly prompts: ReadonlyMap<string, Uint8Array>;
  /** Names of the files to collect, with slashes for files in folders. */
  readonly outputs: readonly string[];
  /** `null` only if the user asked for no sandbox. */
  readonly sandbox: SandboxProgram | null;
  /** Folders to show in the sandbox in addition to the system, such as those of `path` that are elsewhere. */
  readonly show: readonly string[];
  readonly timeLimitMs: number;
  readonly limits: Limits;
  readonly signal?: AbortSignal;
}

export interface ScriptResult {
  readonly process: ProcessResult;
  /** The requested files that exist. */
  readonly outputs: ReadonlyMap<string, Buffer>;
  /** The requested files that are missing, not regular, or too large; sorted. */
  readonly missing: readonly string[];
  readonly undeclared: Undeclared;
  /** False if plaintexts were on a disk while the script ran. */
  readonly inMemory: boolean;
}

/** Files that exist but were not requested. */
export interface Undeclared {
  /** The first names, sorted. */
  readonly names: readonly string[];
  /** The number of further files. */
  readonly more: number;
}

export const NOTHING_MORE: Undeclared = { names: [], more: 0 };

/**
 * Runs a script and returns the files that it wrote.
 * @throws HostFailure
 */
export async function runScript(script: Script): Promise<ScriptResult> {
  const scratch = script.shared.scratch();
  const folder = scratch.path;
  try {
    const seen = script.sandbox?.kind === 'bwrap' ? SANDBOX_FOLDER : folder;
    const shownScript = tell(script, seen);
    layOut(folder, shownScript, script);
    const process = await start(script, folder, shownScript);
    return { process, inMemory: scratch.inMemory, ...collect(join(folder, 'out'), script) };
  } finally {
    scratch.wipe();
  }
}

/**
 * Starts the script, in its sandbox if there is one.
 * @param folder the sandbox's folder on the host, absolute with links resolved
 */
function start(script: Script, folder: string, shownScript: ShownScript): Promise<ProcessResult> {
  const { sandbox, show, shared, timeLimitMs, signal } = script;
  const bin = shared.bin(script.commands);
  const outputLimitBytes = fileBytes(script.limits);
  const limits = { timeLimitMs, outputLimitBytes, ...(signal === undefined ? {} : { signal }) };
  if (sandbox?.kind === 'bwrap') {
    const wanted = { scratch: folder, bin, readOnly: show, shown: shownScript.shown };
    const env = environment(SANDBOX_FOLDER, `${SANDBOX_FOLDER}/bin`, script);
    const command = [script.bash, '--norc', `${SANDBOX_FOLDER}/script`];
    return shared.runSandboxed(sandbox.path, wanted, { env, command }, limits);
  }
  const readOnly = [...show, bin, ...shownScript.shown.map(file => file.from)];
  const before = sandbox === null ? [] : [sandbox.path, '-p', macProfile({ scratch: folder, readOnly })];
  const command = [...before, script.bash, '--norc', `${folder}/script`];
  const [shell, ...words] = withoutInherited(script.bash, 2, command);
  return runProcess(shell, words, {
    ...limits,
    cwd: join(folder, 'work'),
    env: environment(folder, bin, script),
  });
}

/** Returns the script's environment. Nothing is inherited, as the caller's environment may contain keys. */
function environment(seen: string, bin: string, script: Script): Record<string, string> {
  return {
    PATH: [bin, ...script.path].join(':'),
    HOME: '/tmp',
    TMPDIR: script.sandbox?.kind === 'bwrap' ? '/tmp' : join(seen, 'work'),
    // The other categories of C.UTF-8 equal those of C, and setting only this one spares programs from reading a
    // dozen files.
    LANG: 'C',
    LC_CTYPE: 'C.UTF-8',
    in: `${seen}/in`,
    out: `${seen}/out`,
    ...(script.prompts.size === 0 ? {} : { prompts: `${seen}/prompts` }),
  };
}

interface ShownScript {
  readonly text: string;
  /** Files of the host that are shown inside the sandbox, or as links. */
  readonly shown: readonly { readonly from: string; readonly to: string }[];
}

/**
 * Returns the text for the script.
 * @param seen the sandbox's path as seen by the script
 */
function tell({ text, sandbox }: Script, seen: string): ShownScript {
  const shown = new Map<string, string>();
  let whole = '';
  for (const part of text) {
    if (typeof part === 'string') {
      whole += part;
      continue;
    }
    const from = realFile(part);
    // Scratch folders may forbid execution, so the sandbox shows the file itself.
    const folder = sandbox?.kind === 'bwrap' ? `${SANDBOX_FOLDER}-files` : `${seen}/files`;
    const to = shown.get(from) ?? `${folder}/${shown.size}-${basename(from).replace(/[^\w.+-]/g, '_')}`;
    shown.set(from, to);
    whole += to;
  }
  return { text: whole, shown: [...shown].map(([from, to]) => ({ from, to })) };
}

/** Returns the path with links resolved. */
function realFile({ from, root }: Shown): string {
  const real = realOrNull(from);
  if (real === null) throw new HostFailure('changed', `The script uses ${from}, which does not exist.`);
  if (real.startsWith(realpathSync(root) + sep)) return real;
  throw new HostFailure('outside', `The script uses ${from}, which leads out of the repository.`);
}

function realOrNull(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    // Missing, or inaccessible.
    return null;
  }
}

/** The subfolders of the sandbox. The folder of commands is shown at `bin`. */
const FOLDERS = ['bin', 'in', 'out', 'work'];

function layOut(sandbox: string, { text, shown }: ShownScript, script: Script): void {
  for (const name of FOLDERS) mkdirSync(join(sandbox, name), 0o700);
  const countsProcesses = script.sandbox?.guards.countsProcesses ?? false;
  // On the script's first line, so that Bash's line numbers are those of the author.
  const prelude = `set -euo pipefail; export PS4='${TRACE_MARK}'; ${ulimits(script.limits, countsProcesses)}`;
  put(join(sandbox, 'script'), Buffer.from(prelude + text, 'utf8'));
  if (script.sandbox?.kind !== 'bwrap' && shown.length > 0) {
    mkdirSync(join(sandbox, 'files'), { mode: 0o700 });
    for (const { from, to } of shown) symlinkSync(from, to);
  }
  for (const [folder, files] of script.inputs)
    for (const [file, bytes] of files) putIn(join(sandbox, 'in'), `${folder}/${file}`, bytes);
  for (const [name, bytes] of script.prompts) putIn(join(sandbox, 'prompts'), name, bytes);
}

/** The prefix of trace lines, for the script and the shells that it starts. */
const TRACE_MARK = '+varsmith-trace: ';

/**
 * Returns whether a shell has printed a trace of its commands. A script that only lists its variables does not count.
 */
export function holdsTrace({ stdout, stderr }: ProcessResult): boolean {
  return [stdout, stderr].some(stream => {
    for (let at = stream.indexOf(TRACE_MARK); at !== -1; at = stream.indexOf(TRACE_MARK, at + 1))
      if (!/PS4=["']?$/.test(stream.toString('latin1', Math.max(0, at - 5), at))) return true;
    return false;
  });
}

function collect(out: string, { outputs, limits }: Script) {
  const files = new Map<string, Buffer>();
  const missing: string[] = [];
  const asked = new Set(outputs);
  const there = new Set<string>();
  const undeclared = someOf(
    (function* () {
      for (const name of filesIn(out))
        if (asked.has(name)) there.add(name);
        else yield name;
    })(),
  );
  for (const name of [...outputs].sort()) {
    const path = within(out, name);
    const bytes = there.has(name) ? regularFile(path, fileBytes(limits)) : null;
    if (bytes === null) missing.push(name);
    else files.set(name, bytes);
  }
  return { outputs: files, missing, undeclared };
}

/** The most names that are reported. */
const FEW = 10;

/** Returns the first names and the number of the others. */
function someOf(all: Iterable<string>): Undeclared {
  let names: string[] = [];
  let count = 0;
  const sorted = () => names.sort().slice(0, FEW);
  for (const name of all) {
    count++;
    if (names.push(name) > 100 * FEW) names = sorted();
  }
  names = sorted();
  return { names, more: count - names.length };
}

/** Limit in bytes, since the system allows 4,096 for a path, which includes the scratch folder. */
const LONGEST_NAME = 2000;

/**
 * Returns the files in a folder with relative paths, and folders that are too deep to read with a trailing slash.
 * Follows no links, not even for the folder itself, since they could lead anywhere on the host. No process is left
 * that could create one concurrently.
 */
function* filesIn(root: string): Iterable<string> {
  if (!lstatSync(root, { throwIfNoEntry: false })?.isDirectory()) return;
  // Names are read as bytes, since a script may create names that are not text.
  const folders = [Buffer.from(`${root}/`)];
  const start = Buffer.byteLength(root) + 1;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    // A script may have removed its permissions.
    chmodSync(folder, 0o700);
    for (const entry of readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })) {
      const path = Buffer.concat([folder, entry.name]);
      if (!entry.isDirectory()) yield path.toString('utf8', start);
      else if (path.length - start > LONGEST_NAME) yield `${path.toString('utf8', start)}/`;
      else folders.push(Buffer.concat([path, SLASH]));
    }
  }
}

const SLASH = Buffer.from('/');

/** Returns the content of a file, or `null` for a link, a file that is too large, or an inaccessible one. */
function regularFile(path: string, limit: number): Buffer | null {
  try {
    const stats = lstatSync(path);
    return stats.isFile() && stats.size <= limit ? readFileSync(path) : null;
  } catch {
    // The script has made it inaccessible.
    return null;
  }
}
