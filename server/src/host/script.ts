/**
 * Runs one Bash script on given inputs and takes the files it writes. Inputs and outputs are bytes in memory before
 * and after, and lie in a scratch folder in between. Knows nothing of generators, stores or Nix.
 *
 * The layout is that of clan (clan-core d7c35d912, clan_lib/vars/generate.py): `$in/<folder>/<file>`,
 * `$prompts/<name>`, `$out`.
 */
import { chmod, lstat, mkdir, readdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import type { BoxProgram } from './boxes.ts';
import { HostFailure } from './failure.ts';
import { type ProcessResult, runProcess } from './process.ts';
import { BOX_FOLDER, boxArguments } from './sandbox.ts';
import { macProfile } from './sandbox-mac.ts';
import { makeScratch } from './scratch.ts';

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
  const scratch = await makeScratch();
  try {
    const folder = await layFolders(scratch.path);
    const seen = script.box?.kind === 'bwrap' ? BOX_FOLDER : folder;
    const told = await tell(script, seen);
    await lay(folder, told, script);
    const passwd = join(scratch.path, 'passwd');
    await writeFile(passwd, 'root:x:0:0::/:/bin/false\nvars:x:1000:1000::/tmp:/bin/false\n', { mode: 0o644 });
    const [command = '', ...args] = [
      ...boxCommand(script, { folder, told, passwd }),
      ...[script.bash, '--norc', `${seen}/script`],
    ];
    const process = await runProcess(command, args, {
      cwd: join(folder, 'work'),
      env: environment(seen, script),
      timeLimitMs: script.timeLimitMs,
      outputLimitBytes: script.outputLimitBytes,
      ...(script.signal === undefined ? {} : { signal: script.signal }),
    });
    return { process, inMemory: scratch.inMemory, ...(await collect(join(folder, 'out'), script)) };
  } finally {
    await scratch.wipe();
  }
}

/** What stands before the command that is run in the box: nothing without one. */
function boxCommand(
  { box, show }: Script,
  { folder, told, passwd }: { readonly folder: string; readonly told: Told; readonly passwd: string },
): readonly string[] {
  switch (box?.kind) {
    case 'bwrap':
      return [box.path, ...boxArguments({ scratch: folder, readOnly: show, shown: told.shown, passwd })];
    case 'sandbox-exec': {
      const readOnly = [...show, ...told.shown.map(one => one.from)];
      return [box.path, '-p', macProfile({ scratch: folder, readOnly })];
    }
    default:
      return [];
  }
}

/** Behind all links, since a box may go by that. */
async function layFolders(scratch: string): Promise<string> {
  const folder = join(await realpath(scratch), 'box');
  for (const name of ['bin', 'in', 'out', 'work'])
    await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
  return folder;
}

/** Nothing of the caller's environment: it may hold keys. */
function environment(seen: string, script: Script): Record<string, string> {
  return {
    PATH: [`${seen}/bin`, ...script.path].join(':'),
    HOME: '/tmp',
    TMPDIR: script.box?.kind === 'bwrap' ? '/tmp' : join(seen, 'work'),
    LANG: 'C.UTF-8',
    in: `${seen}/in`,
    out: `${seen}/out`,
    ...(script.prompts.size === 0 ? {} : { prompts: `${seen}/prompts` }),
  };
}

async function lay(box: string, { text, shown }: Told, script: Script): Promise<void> {
  const kib = Math.max(1, Math.floor(script.outputLimitBytes / 1024));
  const prelude = `set -euo pipefail\nulimit -c 0 -f ${kib}\n`;
  await put(join(box, 'script'), Buffer.from(prelude + text, 'utf8'));
  for (const [name, program] of script.commands) await symlink(program, within(join(box, 'bin'), name));
  if (script.box?.kind !== 'bwrap' && shown.length > 0) {
    await mkdir(join(box, 'files'), { mode: 0o700 });
    for (const { from, to } of shown) await symlink(from, to);
  }
  for (const [folder, files] of script.inputs)
    for (const [file, bytes] of files) await put(within(join(box, 'in'), `${folder}/${file}`), bytes);
  for (const [name, bytes] of script.prompts) await put(within(join(box, 'prompts'), name), bytes);
}

interface Told {
  readonly text: string;
  /** Where files of the host are seen: inside of the box, or as links. */
  readonly shown: readonly { readonly from: string; readonly to: string }[];
}

/** The text as the script is to read it. @param seen where it finds the box */
async function tell({ text, box }: Script, seen: string): Promise<Told> {
  const shown = new Map<string, string>();
  let whole = '';
  for (const part of text) {
    if (typeof part === 'string') {
      whole += part;
      continue;
    }
    const from = await realFile(part);
    // Scratch folders may lie where nothing can be run: the box shows the file itself.
    const folder = box?.kind === 'bwrap' ? `${BOX_FOLDER}-files` : `${seen}/files`;
    const to = shown.get(from) ?? `${folder}/${shown.size}-${basename(from).replace(/[^\w.+-]/g, '_')}`;
    shown.set(from, to);
    whole += to;
  }
  return { text: whole, shown: [...shown].map(([from, to]) => ({ from, to })) };
}

/** Behind all links. */
async function realFile({ from, root }: Shown): Promise<string> {
  const real = await realpath(from).catch(() => null);
  if (real === null) throw new HostFailure('changed', `The script uses ${from}, which is not there.`);
  if (real.startsWith((await realpath(root)) + sep)) return real;
  throw new HostFailure('outside', `The script uses ${from}, which leads out of the repository.`);
}

async function put(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, bytes, { mode: 0o600, flag: 'wx' });
}

function within(folder: string, name: string): string {
  if (name.split('/').some(part => part === '' || part === '.' || part === '..'))
    throw new HostFailure('outside', `"${name}" is not the name of a file.`);
  return join(folder, name);
}

async function collect(out: string, { outputs, outputLimitBytes }: Script) {
  const found = new Map<string, Buffer>();
  const missing: string[] = [];
  // A script may close it behind itself.
  await chmod(out, 0o700);
  for (const name of [...outputs].sort()) {
    const bytes = await regularFile(out, within(out, name), outputLimitBytes);
    if (bytes === null) missing.push(name);
    else found.set(name, bytes);
  }
  const all = await readdir(out, { recursive: true, withFileTypes: true });
  const undeclared = all
    .filter(entry => !entry.isDirectory())
    .map(entry => join(entry.parentPath, entry.name).slice(out.length + 1))
    .filter(name => !outputs.includes(name));
  return { outputs: found, missing, undeclared: undeclared.sort() };
}

/** What a link leads to is none, wherever the link is: it could be any file of the host. */
async function regularFile(out: string, path: string, limit: number): Promise<Buffer | null> {
  const found = await lstat(path).catch(() => null);
  if (!found?.isFile() || found.size > limit) return null;
  const real = await realpath(path);
  return real === join(await realpath(out), path.slice(out.length)) ? readFile(path) : null;
}
