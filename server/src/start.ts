/**
 * Starts one of the two programs with the code that an earlier start has compiled: to read two megabytes of it anew takes
 * longer than most of what is done with it. Small, since it is itself compiled at every start. The program runs in the
 * same way where there is nothing kept.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import { keptCode } from './host/programs/kept-files.ts';
import { fixNewSpace, widenNewSpace } from './new-space.ts';
import type * as Programs from './programs.ts';
import { maySetFlags, setFlags } from './upkeep/v8-flags.ts';

export interface Start {
  /** Which of the programs in `programs.js`, the bundle beside the running file. */
  readonly program: Exclude<keyof typeof Programs, 'worker'>;
  /** What it is started for, as a part of a file's name: other work needs other parts of the code. */
  readonly purpose: string;
  /**
   * Flags of V8. They are set before anything is compiled: compiled code fits no others. Electron may have its flags
   * frozen, and is left alone.
   */
  readonly flags: readonly string[];
  /** Flags that hold only while a program that lasts is starting, and the flags that take them back. */
  readonly atFirst?: { readonly flags: readonly string[]; readonly takenBack: readonly string[] };
  /** Size of the space for new objects in MiB, kept for good, or `null`: V8 chooses. Electron is left alone here as well. */
  readonly newSpace: number | null;
  /** It may be ended at any moment: what it has compiled is not kept only at its end. */
  readonly lasts: boolean;
}

/** When a program that lasts has done most of what it usually does. */
const SETTLED_MS = 30_000;

/** When a program that lasts has said what it was opened for. */
const STARTED_MS = 2_000;

/** How many starts add what they have compiled: the first may have ended early. */
const ROUNDS = 3;

/** @param within the module that is started in the place of the program: what it gives out and may require */
export function start(
  { program, purpose, flags, atFirst, newSpace, lasts }: Start,
  within: NodeJS.Module,
): void {
  const mayTune = maySetFlags();
  if (mayTune) {
    setFlags([...flags, ...(atFirst?.flags ?? [])]);
    if (newSpace !== null) fixNewSpace();
    if (atFirst !== undefined) setTimeout(() => setFlags(atFirst.takenBack), STARTED_MS).unref();
  }
  const file = join(__dirname, 'programs.js');
  const source = readFileSync(file);
  const kept = keptCode(process.env);
  const name = `${purpose}-${fingerprint(source, [...flags, ...(atFirst?.flags ?? [])])}`;
  const known = kept?.read(name) ?? null;
  // ASCII, and already wrapped in the function that Node makes of a module, so that starting decodes and concatenates nothing.
  const script = new Script(source.toString('latin1'), {
    filename: file,
    ...(known === null ? {} : { cachedData: known.subarray(0, -1) }),
  });
  const round = known?.at(-1) ?? 0;
  // What V8 has refused it would refuse again: the name holds all that it goes by.
  if (kept !== null && round < ROUNDS && script.cachedDataRejected !== true && isMainThread)
    atEnd(lasts, () => {
      // V8 notes the flags that hold now, which must be those of the next start.
      if (mayTune) setFlags(atFirst?.flags ?? []);
      kept.write(name, Buffer.concat([script.createCachedData(), Buffer.of(round + 1)]));
      if (mayTune) setFlags(atFirst?.takenBack ?? []);
    });
  if (mayTune && newSpace !== null) widenNewSpace(newSpace);
  script.runInThisContext().call(within.exports, within.exports, require, within, file, __dirname);
  void (within.exports as typeof Programs)[program]();
}

function atEnd(orBefore: boolean, keep: () => void): void {
  let isDone = false;
  const work = () => {
    if (!isDone) keep();
    isDone = true;
  };
  process.once('exit', work);
  if (orBefore) setTimeout(work, SETTLED_MS).unref();
}

/** Of the text, which V8 itself tells apart by its length only, and of all that compiled code depends on. */
function fingerprint(source: Buffer, flags: readonly string[]): string {
  const engine = [process.versions, process.arch, process.execArgv, process.env.NODE_OPTIONS ?? '', flags];
  return createHash('sha256').update(JSON.stringify(engine)).update(source).digest('hex').slice(0, 32);
}
