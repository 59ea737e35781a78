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
import { dirname, join } from 'node:path';
import { HostFailure } from './failure.ts';
import { type ProcessResult, runProcess } from './process.ts';
import { BOX_FOLDER, type Box, boxArguments } from './sandbox.ts';
import { makeScratch } from './scratch.ts';

export interface Script {
  readonly text: string;
  /** What `PATH` holds first: names of commands, with the absolute paths of their programs. */
  readonly commands: ReadonlyMap<string, string>;
  /** A folder that holds exactly these commands already; see `makeBins`. */
  readonly bin?: string;
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
  /** Absolute path of bubblewrap; null only where the user said that no sandbox is needed. */
  readonly bwrap: string | null;
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
    const box = join(scratch.path, 'box');
    lay(box, script);
    const passwd = join(scratch.path, 'passwd');
    writeFileSync(passwd, 'root:x:0:0::/:/bin/false\nvars:x:1000:1000::/tmp:/bin/false\n', { mode: 0o644 });
    const seen = script.bwrap === null ? box : BOX_FOLDER;
    const command = [script.bash, '--norc', `${seen}/script`];
    const wrapped =
      script.bwrap === null
        ? command
        : [script.bwrap, ...boxArguments(boxOf(script, box, passwd)), ...command];
    const process = await runProcess(wrapped[0] as string, wrapped.slice(1), {
      cwd: join(box, 'work'),
      env: environment(seen, script),
      timeLimitMs: script.timeLimitMs,
      outputLimitBytes: script.outputLimitBytes,
      ...(script.signal === undefined ? {} : { signal: script.signal }),
    });
    return { process, inMemory: scratch.inMemory, ...collect(join(box, 'out'), script) };
  } finally {
    await scratch.wipe();
  }
}

function boxOf({ show, bin }: Script, scratch: string, passwd: string): Box {
  return { scratch, passwd, readOnly: show, ...(bin === undefined ? {} : { bin }) };
}

/** Nothing of the caller's environment: it may hold keys. */
function environment(seen: string, script: Script): Record<string, string> {
  return {
    PATH: [script.bwrap === null ? (script.bin ?? `${seen}/bin`) : `${seen}/bin`, ...script.path].join(':'),
    HOME: '/tmp',
    TMPDIR: script.bwrap === null ? join(seen, 'work') : '/tmp',
    LANG: 'C.UTF-8',
    in: `${seen}/in`,
    out: `${seen}/out`,
    ...(script.prompts.size === 0 ? {} : { prompts: `${seen}/prompts` }),
  };
}

function lay(box: string, script: Script): void {
  for (const folder of ['bin', 'in', 'out', 'work'])
    mkdirSync(join(box, folder), { recursive: true, mode: 0o700 });
  const kib = Math.max(1, Math.floor(script.outputLimitBytes / 1024));
  // On the script's first line, so that Bash counts lines as the author does.
  const prelude = `set -euo pipefail; ulimit -c 0 -f ${kib}; `;
  put(join(box, 'script'), Buffer.from(prelude + script.text, 'utf8'));
  if (script.bin === undefined) layCommands(join(box, 'bin'), script.commands);
  for (const [folder, files] of script.inputs)
    for (const [file, bytes] of files) put(within(join(box, 'in'), `${folder}/${file}`), bytes);
  for (const [name, bytes] of script.prompts) put(within(join(box, 'prompts'), name), bytes);
}

function layCommands(folder: string, commands: Script['commands']): void {
  for (const [name, program] of commands) symlinkSync(program, within(folder, name));
}

/** Folders of commands that scripts of a run share: most have the same hundred. */
export interface Bins {
  /** Absolute path of a folder with exactly these. */
  folder(commands: Script['commands']): string;
  wipe(): Promise<void>;
}

export async function makeBins(): Promise<Bins> {
  const scratch = await makeScratch();
  const made = new Map<string, string>();
  return {
    folder(commands) {
      const id = JSON.stringify([...commands].sort());
      const known = made.get(id);
      if (known !== undefined) return known;
      const folder = join(scratch.path, `bin-${made.size}`);
      mkdirSync(folder, { mode: 0o700 });
      layCommands(folder, commands);
      made.set(id, folder);
      return folder;
    },
    wipe: () => scratch.wipe(),
  };
}

function put(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, bytes, { mode: 0o600, flag: 'wx' });
}

function within(folder: string, name: string): string {
  if (name.split('/').some(part => part === '' || part === '.' || part === '..'))
    throw new HostFailure('outside', `"${name}" is not the name of a file.`);
  return join(folder, name);
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
