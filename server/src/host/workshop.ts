/**
 * What scripts that are run after and beside each other have together: a scratch folder, folders of commands, and who
 * starts them. Knows nothing of what they do.
 */
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BoxProgram } from './boxes.ts';
import { layCommands } from './laying.ts';
import { type ProcessResult, runProcess } from './process.ts';
import { makeRunners, type RunnerOptions, type Runners } from './runner.ts';
import { type Box, boxArguments, ROOM_FOLDER, roomArguments, roomBoxArguments } from './sandbox.ts';
import { makeScratch, makeWithin, type Scratch } from './scratch.ts';

export interface Workshop {
  /** For one script. */
  scratch(): Scratch;
  /** Absolute path of a folder with exactly these commands: most scripts have the same hundred. */
  bin(commands: ReadonlyMap<string, string>): string;
  /**
   * Runs a command in a box of bubblewrap.
   *
   * @param program absolute path of bubblewrap
   * @throws HostFailure
   */
  runBoxed(program: string, box: Box, words: BoxWords, limits: RunnerOptions): Promise<ProcessResult>;
  /** When nothing runs any more. */
  close(): Promise<void>;
}

export interface BoxWords {
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
}

export interface WorkshopTools {
  /** Absolute paths, behind all links. */
  readonly bash: string;
  readonly cat: string | null;
  readonly box: BoxProgram | null;
}

export async function openWorkshop(tools: WorkshopTools): Promise<Workshop> {
  const { bash, cat, box } = tools;
  const scratch = await makeScratch();
  const root = realpathSync(scratch.path);
  const bins = new Map<string, string>();
  const outside = makeRunners({ bash, cat, before: [], folder: root, seen: root });
  // Nobody waits for it but the first script.
  const inside = box?.kind === 'bwrap' ? openRoom(box.path, tools, root).catch(() => null) : null;
  return {
    scratch: () => makeWithin(scratch),
    bin(commands) {
      const id = JSON.stringify([...commands].sort());
      const known = bins.get(id);
      if (known !== undefined) return known;
      const folder = join(root, `bin-${bins.size}`);
      mkdirSync(folder, { mode: 0o700 });
      layCommands(folder, commands);
      bins.set(id, folder);
      return folder;
    },
    async runBoxed(program, wanted, { env, command }, limits) {
      const before = Object.entries(env).flatMap(one => ['--setenv', ...one]);
      const inRoom = seenInRoom(wanted, root);
      const room = inRoom === null ? null : await inside;
      if (inRoom !== null && room !== null) {
        const args = [...before, ...roomBoxArguments(inRoom), ...command];
        const result = await room.runners.run(room.program, args, limits);
        if (result !== null) return result;
      }
      const args = [...before, ...boxArguments(wanted), ...command];
      return (
        (await outside.run(program, args, limits)) ??
        (await runProcess(program, args, { ...limits, env: {} }))
      );
    },
    async close() {
      await Promise.all([outside.close(), inside?.then(room => room?.runners.close())]);
      await scratch.wipe();
    },
  };
}

/** Runners that live in a room, and the program that makes boxes in it. */
interface Room {
  readonly runners: Runners;
  readonly program: string;
}

/** Null where no box can be made in a room, as some systems forbid. */
async function openRoom(path: string, { bash, cat }: WorkshopTools, root: string): Promise<Room | null> {
  // Links may lead out of what the room shows.
  const program = realpathSync(path);
  const passwd = join(root, 'passwd');
  writeFileSync(passwd, PASSWD, { mode: 0o644 });
  const before = [program, ...roomArguments(root, passwd)];
  const runners = makeRunners({ bash, cat, before, folder: root, seen: ROOM_FOLDER });
  const first = join(root, 'first');
  mkdirSync(join(first, 'work'), { recursive: true, mode: 0o700 });
  const args = [...roomBoxArguments({ scratch: `${ROOM_FOLDER}/first` }), bash, '--norc', '-c', ':'];
  const result = await runners.run(program, args, { timeLimitMs: 10_000, outputLimitBytes: 1000 });
  if (result?.code === 0) return { runners, program };
  await runners.close();
  return null;
}

/** The box's folders as the room shows them; null where it shows not all that the box needs. */
function seenInRoom(
  { scratch, bin, readOnly, shown }: Box,
  root: string,
): Pick<Box, 'scratch' | 'bin'> | null {
  if (readOnly.length > 0 || shown.length > 0) return null;
  const seen = (path: string) => `${ROOM_FOLDER}${path.slice(root.length)}`;
  return { scratch: seen(scratch), ...(bin === undefined ? {} : { bin: seen(bin) }) };
}

/** What a box shows as `/etc/passwd`. */
export const PASSWD = 'root:x:0:0::/:/bin/false\nvars:x:1000:1000::/tmp:/bin/false\n';
