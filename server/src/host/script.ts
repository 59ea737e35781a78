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
  writeFileSync,
} from 'node:fs';
import { basename, join, sep } from 'node:path';
import type { BoxProgram } from './boxes.ts';
import { HostFailure } from './failure.ts';
import { layCommands, put, within } from './laying.ts';
import { type ProcessResult, runProcess } from './process.ts';
import { BOX_FOLDER, boxArguments } from './sandbox.ts';
import { macProfile } from './sandbox-mac.ts';
import { makeScratch } from './scratch.ts';
import { PASSWD, type Workshop } from './workshop.ts';

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
  readonly workshop?: Workshop;
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
  readonly box: BoxProgram | null;
  /** Folders to show in the sandbox beside the system, such as those of `path` that lie elsewhere. */
  readonly show: readonly string[];
  readonly timeLimitMs: number;
  /** Of each stream, and of each file that is written. */
  readonly outputLimitBytes: number;
  readonly signal?: AbortSignal;
}

export interface ScriptResult {
  readonly process: ProcessResult;
  /** Those asked for that are there. */
  readonly outputs: ReadonlyMap<string, Buffer>;
  /** Asked for and not there, or no regular files, or too large; sorted. */
  readonly missing: readonly string[];
  /** There and not asked for; sorted. */
  readonly undeclared: readonly string[];
  /** False: plaintexts lay on a disk while it ran. */
  readonly inMemory: boolean;
}

/** @throws HostFailure */
export async function runScript(script: Script): Promise<ScriptResult> {
  const scratch = script.workshop?.scratch() ?? (await makeScratch());
  try {
    const folder = layFolders(scratch.path);
    const seen = script.box?.kind === 'bwrap' ? BOX_FOLDER : folder;
    const told = tell(script, seen);
    lay(folder, told, script);
    const passwd = join(scratch.path, 'passwd');
    writeFileSync(passwd, PASSWD, { mode: 0o644 });
    const process = await start(script, { folder, told, passwd });
    return { process, inMemory: scratch.inMemory, ...collect(join(folder, 'out'), script) };
  } finally {
    await scratch.wipe();
  }
}

interface Laid {
  /** The folder on the host that is the box's. */
  readonly folder: string;
  readonly told: Told;
  /** Path of the file that is the box's `/etc/passwd`. */
  readonly passwd: string;
}

function start(script: Script, { folder, told, passwd }: Laid): Promise<ProcessResult> {
  const { box, show, workshop, timeLimitMs, outputLimitBytes, signal } = script;
  const bin = workshop?.bin(script.commands);
  const limits = { timeLimitMs, outputLimitBytes, ...(signal === undefined ? {} : { signal }) };
  if (box?.kind === 'bwrap') {
    const own = bin === undefined ? {} : { bin };
    const wanted = { scratch: folder, passwd, readOnly: show, shown: told.shown, ...own };
    const env = environment(BOX_FOLDER, script);
    const command = [script.bash, '--norc', `${BOX_FOLDER}/script`];
    return workshop === undefined
      ? runProcess(box.path, [...boxArguments(wanted), ...command], { ...limits, env })
      : workshop.runBoxed(box.path, wanted, { env, command }, limits);
  }
  const readOnly = [...show, ...(bin === undefined ? [] : [bin]), ...told.shown.map(one => one.from)];
  const before = box === null ? [] : [box.path, '-p', macProfile({ scratch: folder, readOnly })];
  const [command = '', ...args] = [...before, script.bash, '--norc', `${folder}/script`];
  return runProcess(command, args, {
    ...limits,
    cwd: join(folder, 'work'),
    env: environment(folder, script, bin),
  });
}

/** Behind all links, since a box may go by that. */
function layFolders(scratch: string): string {
  const folder = join(realpathSync(scratch), 'box');
  for (const name of ['bin', 'in', 'out', 'work'])
    mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
  return folder;
}

/** Nothing of the caller's environment: it may hold keys. */
function environment(seen: string, script: Script, bin = `${seen}/bin`): Record<string, string> {
  return {
    PATH: [bin, ...script.path].join(':'),
    HOME: '/tmp',
    TMPDIR: script.box?.kind === 'bwrap' ? '/tmp' : join(seen, 'work'),
    LANG: 'C.UTF-8',
    in: `${seen}/in`,
    out: `${seen}/out`,
    ...(script.prompts.size === 0 ? {} : { prompts: `${seen}/prompts` }),
  };
}

interface Told {
  readonly text: string;
  /** Where files of the host are seen: inside of the box, or as links. */
  readonly shown: readonly { readonly from: string; readonly to: string }[];
}

/** The text as the script is to read it. @param seen where it finds the box */
function tell({ text, box }: Script, seen: string): Told {
  const shown = new Map<string, string>();
  let whole = '';
  for (const part of text) {
    if (typeof part === 'string') {
      whole += part;
      continue;
    }
    const from = realFile(part);
    // Scratch folders may lie where nothing can be run: the box shows the file itself.
    const folder = box?.kind === 'bwrap' ? `${BOX_FOLDER}-files` : `${seen}/files`;
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

function lay(box: string, { text, shown }: Told, script: Script): void {
  const kib = Math.max(1, Math.floor(script.outputLimitBytes / 1024));
  // On the script's first line, so that Bash counts lines as the author does.
  const prelude = `set -euo pipefail; ulimit -c 0 -f ${kib}; `;
  put(join(box, 'script'), Buffer.from(prelude + text, 'utf8'));
  if (script.workshop === undefined) layCommands(join(box, 'bin'), script.commands);
  if (script.box?.kind !== 'bwrap' && shown.length > 0) {
    mkdirSync(join(box, 'files'), { mode: 0o700 });
    for (const { from, to } of shown) symlinkSync(from, to);
  }
  for (const [folder, files] of script.inputs)
    for (const [file, bytes] of files) put(within(join(box, 'in'), `${folder}/${file}`), bytes);
  for (const [name, bytes] of script.prompts) put(within(join(box, 'prompts'), name), bytes);
}

function collect(out: string, { outputs, outputLimitBytes }: Script) {
  const found = new Map<string, Buffer>();
  const missing: string[] = [];
  // A script may close it behind itself.
  chmodSync(out, 0o700);
  for (const name of [...outputs].sort()) {
    const bytes = regularFile(out, within(out, name), outputLimitBytes);
    if (bytes === null) missing.push(name);
    else found.set(name, bytes);
  }
  const all = readdirSync(out, { recursive: true, withFileTypes: true });
  const undeclared = all
    .filter(entry => !entry.isDirectory())
    .map(entry => join(entry.parentPath, entry.name).slice(out.length + 1))
    .filter(name => !outputs.includes(name));
  return { outputs: found, missing, undeclared: undeclared.sort() };
}

/** What a link leads to is none, wherever the link is: it could be any file of the host. */
function regularFile(out: string, path: string, limit: number): Buffer | null {
  try {
    const found = lstatSync(path);
    if (!found.isFile() || found.size > limit) return null;
    const real = realpathSync.native(path);
    return real === join(realpathSync.native(out), path.slice(out.length)) ? readFileSync(path) : null;
  } catch {
    // Not there, or closed by the script.
    return null;
  }
}
