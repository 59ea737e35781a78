/**
 * Runs one Bash script on given inputs and takes the files it writes. Inputs and outputs are bytes in memory before
 * and after, and lie in a scratch folder in between. Knows nothing of generators, stores or Nix.
 *
 * The folder is in memory where there is any, so its files are written and read at once: waiting for them would take
 * longer than they do.
 *
 * The layout is that of clan (clan-core d7c35d912, clan_lib/vars/generate.py): `$in/<folder>/<file>`,
 * `$prompts/<name>`, `$out`.
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
import type { SandboxProgram } from './find-sandbox.ts';
import { fileBytes, type Limits, ulimits } from './limits.ts';
import { macProfile } from './sandbox-exec.ts';
import { put, putIn, within } from './sandbox-files.ts';
import type { SharedSandbox } from './shared-sandbox.ts';

/** A file or folder of the host that the script may read, and run if it is a program. */
export interface Shown {
  /** Absolute; what it leads to must lie in `root`. */
  readonly from: string;
  readonly root: string;
}

export interface Script {
  /** Text, and between the texts files whose paths are to be put there. */
  readonly text: readonly (string | Shown)[];
  /** What `PATH` holds first: names of commands, with the absolute paths of their programs. */
  readonly commands: ReadonlyMap<string, string>;
  /** What scripts of a run have together. */
  readonly shared: SharedSandbox;
  /** Further folders of commands, absolute, for `PATH`. */
  readonly path: readonly string[];
  /** Absolute path of Bash. */
  readonly bash: string;
  /** By folder, then by file. */
  readonly inputs: ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>;
  /** None: `$prompts` is not set. */
  readonly prompts: ReadonlyMap<string, Uint8Array>;
  /** Names of the files to take; with slashes for files in folders. */
  readonly outputs: readonly string[];
  /** Null only where the user said that no sandbox is needed. */
  readonly sandbox: SandboxProgram | null;
  /** Folders to show in the sandbox beside the system, such as those of `path` that lie elsewhere. */
  readonly show: readonly string[];
  readonly timeLimitMs: number;
  readonly limits: Limits;
  readonly signal?: AbortSignal;
}

export interface ScriptResult {
  readonly process: ProcessResult;
  /** Those asked for that are there. */
  readonly outputs: ReadonlyMap<string, Buffer>;
  /** Asked for and not there, or no regular files, or too large; sorted. */
  readonly missing: readonly string[];
  readonly undeclared: Undeclared;
  /** False: plaintexts lay on a disk while it ran. */
  readonly inMemory: boolean;
}

/** What is there and was not asked for. */
export interface Undeclared {
  /** Sorted, and few. */
  readonly names: readonly string[];
  /** How many there are beside them. */
  readonly more: number;
}

export const NOTHING_MORE: Undeclared = { names: [], more: 0 };

/** @throws HostFailure */
export async function runScript(script: Script): Promise<ScriptResult> {
  const scratch = script.shared.scratch();
  const folder = scratch.path;
  try {
    const seen = script.sandbox?.kind === 'bwrap' ? SANDBOX_FOLDER : folder;
    const told = tell(script, seen);
    layOut(folder, told, script);
    const process = await start(script, folder, told);
    return { process, inMemory: scratch.inMemory, ...collect(join(folder, 'out'), script) };
  } finally {
    scratch.wipe();
  }
}

/** @param folder on the host, absolute and behind all links, that is the sandbox's */
function start(script: Script, folder: string, told: Told): Promise<ProcessResult> {
  const { sandbox, show, shared, timeLimitMs, signal } = script;
  const bin = shared.bin(script.commands);
  const outputLimitBytes = fileBytes(script.limits);
  const limits = { timeLimitMs, outputLimitBytes, ...(signal === undefined ? {} : { signal }) };
  if (sandbox?.kind === 'bwrap') {
    const wanted = { scratch: folder, bin, readOnly: show, shown: told.shown };
    const env = environment(SANDBOX_FOLDER, `${SANDBOX_FOLDER}/bin`, script);
    const command = [script.bash, '--norc', `${SANDBOX_FOLDER}/script`];
    return shared.runSandboxed(sandbox.path, wanted, { env, command }, limits);
  }
  const readOnly = [...show, bin, ...told.shown.map(file => file.from)];
  const before = sandbox === null ? [] : [sandbox.path, '-p', macProfile({ scratch: folder, readOnly })];
  const [command = '', ...args] = [...before, script.bash, '--norc', `${folder}/script`];
  return runProcess(command, args, {
    ...limits,
    cwd: join(folder, 'work'),
    env: environment(folder, bin, script),
  });
}

/** Nothing of the caller's environment: it may hold keys. */
function environment(seen: string, bin: string, script: Script): Record<string, string> {
  return {
    PATH: [bin, ...script.path].join(':'),
    HOME: '/tmp',
    TMPDIR: script.sandbox?.kind === 'bwrap' ? '/tmp' : join(seen, 'work'),
    // The other settings of C.UTF-8 are those of C, which no program has to read a dozen files for.
    LANG: 'C',
    LC_CTYPE: 'C.UTF-8',
    in: `${seen}/in`,
    out: `${seen}/out`,
    ...(script.prompts.size === 0 ? {} : { prompts: `${seen}/prompts` }),
  };
}

interface Told {
  readonly text: string;
  /** Where files of the host are seen: inside of the sandbox, or as links. */
  readonly shown: readonly { readonly from: string; readonly to: string }[];
}

/** Returns the text as the script is to read it. @param seen where it finds the sandbox */
function tell({ text, sandbox }: Script, seen: string): Told {
  const shown = new Map<string, string>();
  let whole = '';
  for (const part of text) {
    if (typeof part === 'string') {
      whole += part;
      continue;
    }
    const from = realFile(part);
    // Scratch folders may lie where nothing can be run: the sandbox shows the file itself.
    const folder = sandbox?.kind === 'bwrap' ? `${SANDBOX_FOLDER}-files` : `${seen}/files`;
    const to = shown.get(from) ?? `${folder}/${shown.size}-${basename(from).replace(/[^\w.+-]/g, '_')}`;
    shown.set(from, to);
    whole += to;
  }
  return { text: whole, shown: [...shown].map(([from, to]) => ({ from, to })) };
}

/** Behind all links. */
function realFile({ from, root }: Shown): string {
  const real = realOrNull(from);
  if (real === null) throw new HostFailure('changed', `The script uses ${from}, which is not there.`);
  if (real.startsWith(realpathSync(root) + sep)) return real;
  throw new HostFailure('outside', `The script uses ${from}, which leads out of the repository.`);
}

function realOrNull(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    // Not there, or not to be entered.
    return null;
  }
}

/** `bin` is where the sandbox shows the folder of commands. */
const FOLDERS = ['bin', 'in', 'out', 'work'];

function layOut(sandbox: string, { text, shown }: Told, script: Script): void {
  for (const name of FOLDERS) mkdirSync(join(sandbox, name), 0o700);
  const countsProcesses = script.sandbox?.guards.countsProcesses ?? false;
  // On the script's first line, so that Bash counts lines as the author does.
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

/** What begins the lines of a trace: the script's own, and those of the shells that it starts. */
const TRACE_MARK = '+varsmith-trace: ';

/** Returns whether a shell has written down what it runs. A script that only lists its variables has not. */
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

/** Of names that are told. */
const FEW = 10;

/** Keeps few, however many there are. */
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

/** In bytes: the system allows 4,096 for a path, and the scratch folder has one, too. */
const LONGEST_NAME = 2000;

/**
 * Returns what is in a folder and no folder itself, relative to it; folders too deep to be looked into by their own names, which
 * end in a slash. Follows no link, not even in the folder's own place: what it leads to could be anything of the host.
 * Nothing runs any more that could put one there meanwhile.
 */
function* filesIn(root: string): Iterable<string> {
  if (!lstatSync(root, { throwIfNoEntry: false })?.isDirectory()) return;
  // Bytes: a script may give names that are no text.
  const folders = [Buffer.from(`${root}/`)];
  const start = Buffer.byteLength(root) + 1;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    // A script may close it behind itself.
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

/** Returns null for a link, wherever it leads to, and for what is too large or closed. */
function regularFile(path: string, limit: number): Buffer | null {
  try {
    const stats = lstatSync(path);
    return stats.isFile() && stats.size <= limit ? readFileSync(path) : null;
  } catch {
    // Closed by the script.
    return null;
  }
}
