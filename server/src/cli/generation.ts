/** What the commands of generation share: the fleet they are about, and the ground they stand on. */

import type { Finding } from '../checks/rule.ts';
import type { Fleet } from '../fleet/model.ts';
import { type Declared, declarationsOf } from '../generate/plan/declarations.ts';
import type { PlanRequest } from '../generate/plan/planner.ts';
import { openSession, type Session } from '../generate/repository/session.ts';
import { type Situation, type SituationOptions, situationOf } from '../generate/repository/situation.ts';
import { chosenLimits, type Limits } from '../generate/run/chosen-limits.ts';
import { leftNotes } from '../generate/run/left-notes.ts';
import { PACKAGE_SOURCES, type PackageSource } from '../generate/run/packages.ts';
import { TIME_LIMIT_MS } from '../generate/run/script-environment.ts';
import { scriptPlace } from '../generate/run/script-place.ts';
import type { RunEnvironment } from '../generate/run-environment.ts';
import { RunFailure } from '../generate/run-failure.ts';
import { type ScannedStore, scannedStore } from '../store/vars/scan.ts';
import type { WorkspaceFiles } from '../workspace/files.ts';
import { homeIn } from '../workspace/home.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Parsed } from './arguments.ts';
import { type Io, printable, UsageError } from './io.ts';
import { openConfigured } from './load.ts';
import { spansIn } from './output/positions.ts';
import type { WhereOf } from './reporter/watcher-reporter.ts';
import { type ScanKind, scanMeanwhile } from './thread.ts';

/** For commands that want to know of all generators and run none. */
export const EVERYTHING: PlanRequest = { machines: [], generators: [], regenerate: false };

export interface OpenFleet {
  /** Absolute path. */
  readonly root: string;
  readonly files: WorkspaceFiles;
  readonly workspace: Workspace;
  readonly environment: RunEnvironment;
  /** True once a secret has been laid on a disk, for want of a file system in memory. */
  hasUsedDisk(): boolean;
  /** What was seen of the store while the fleet was read; null where nobody looked. For commands that change nothing. */
  seen(): Promise<ScannedStore | null>;
  fleet(): Fleet;
  /** All that the rules report, scripts included. */
  findings(): Promise<readonly Finding[]>;
  /**
   * The fleet with what is stored at this moment.
   * @throws as `situationOf` does
   */
  situation(options?: SituationOptions): Promise<Situation>;
}

/**
 * @param looking what the command wants to know of all that is stored; only for those that change nothing
 * @param needsClan false: it stores no vars, and where they would lie makes no difference
 * @throws UsageError, RunFailure
 */
export async function openFleet(
  given: string | undefined,
  io: Io,
  looking: ScanKind | null = null,
  needsClan = true,
): Promise<OpenFleet> {
  const workspace = await openConfigured(given, io);
  const { root, files } = workspace;
  const scan = looking === null ? null : scanMeanwhile(looking, root, files, io);
  let seen: Promise<ScannedStore | null> | null = null;
  const { directory: known } = workspace.fleet();
  const directory = needsClan ? known : (known ?? '');
  if (directory === null)
    throw new RunFailure(
      "Only Nix can tell which folder is the clan's, or there are several: write `clan.directory` out as a path, or name the folder of one flake.",
    );
  let usedDisk = false;
  const environment: RunEnvironment = {
    root,
    directory,
    files,
    // Only stored values are written, never sources: the fleet stays as it is.
    forget: paths => void files.changedOnDisk(paths),
    env: io.env,
    home: homeIn(io.env),
    platform: process.platform,
    arch: process.arch,
    now: () => new Date(),
    storeCommand: workspace.settings.store?.command ?? null,
    storeBackend: workspace.settings.store?.backend ?? null,
    onDisk: () => {
      usedDisk = true;
    },
  };
  return {
    root,
    files,
    workspace,
    environment,
    hasUsedDisk: () => usedDisk,
    seen() {
      seen ??=
        (directory === '' ? scan : null)?.then(found => found && scannedStore(found, files, directory)) ??
        null;
      return seen ?? Promise.resolve(null);
    },
    fleet: () => workspace.fleet(),
    async findings() {
      await workspace.prepare();
      return [...workspace.snapshot().findings.values()].flat();
    },
    situation: options => situationOf(workspace.fleet(), environment, options),
  };
}

/** Says what is to be said of a disk, and of plaintexts that could not be removed, however the work that may have used it ends. */
export async function tellingOfDisk<T>(
  { hasUsedDisk }: OpenFleet,
  note: (sentence: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } finally {
    if (hasUsedDisk()) note(ON_DISK);
    for (const sentence of leftNotes()) note(sentence);
  }
}

const ON_DISK =
  'There is no file system in memory here: secrets lay on a disk, overwritten afterwards, while programs read them.';

/**
 * Opens the repository for writing, and closes it however the work ends.
 *
 * @param onRefused hears, when the work is done, of what git would not commit
 * @throws HostFailure `locked` where somebody else is at work; what git would not commit, where nobody hears of it
 */
export async function withSession<T>(
  open: OpenFleet,
  options: { readonly commit: boolean },
  note: (sentence: string) => void,
  work: (session: Session) => Promise<T>,
  onRefused: (refused: Error) => void = refused => {
    throw refused;
  },
): Promise<T> {
  const { environment, workspace } = open;
  const session = await openSession(environment, options);
  let isDone = false;
  try {
    if (session.recovered !== null) {
      // What is brought to its end may be modules too.
      workspace.rescan();
      note(
        session.recovered === 'finished'
          ? 'An interrupted run has been completed.'
          : 'An interrupted run has been undone.',
      );
    }
    if (session.settled) note('What an earlier run stored without committing is committed now.');
    const result = await tellingOfDisk(open, note, () => work(session));
    isDone = true;
    const refused = session.refused();
    if (refused !== null) onRefused(refused);
    return result;
  } finally {
    const refused = isDone ? null : session.refused();
    if (refused !== null) note(refused.message);
    const begun = session.postponed();
    if (begun !== null)
      note(
        `A ${begun} is in progress, so nothing was committed. The first run after it commits what was stored.`,
      );
    await session.close();
  }
}

/** Where scripts are written, for programs: lines and columns from 1. */
export function placesIn({ fleet, files }: OpenFleet): WhereOf {
  const spanOf = spansIn(files);
  let declared: Declared | null = null;
  return (machine, generator, line) => {
    declared ??= declarationsOf(fleet(), file => files.text(file));
    const place = scriptPlace(declared.script(machine, generator), line);
    if (place === null) return null;
    const { line: shown, column } = spanOf(place);
    return { file: place.file, line: shown, column };
  };
}

/** `--no-commit`, or what clan goes by. */
export function commits(given: { flag(name: string): boolean }, io: Io): boolean {
  return !given.flag('no-commit') && !io.env.CLAN_NO_COMMIT;
}

/** `--timeout`, in milliseconds. @throws UsageError */
export function timeLimitFrom(given: Parsed): number {
  return 1000 * positiveNumber('--timeout', given.option('timeout'), TIME_LIMIT_MS / 1000);
}

/** Of the fleet's settings, and `--limit NAME=N` before them. @throws UsageError */
export function limitsFrom(given: Parsed, { workspace }: OpenFleet): Limits {
  const chosen = chosenLimits(workspace.settings.limits, given.options('limit'));
  if ('limits' in chosen) return chosen.limits;
  throw new UsageError(`"${chosen.wrong}" is not a value of --limit: it takes ${chosen.wanted}.`);
}

/** `--packages`. @throws UsageError */
export function packageSourceFrom(given: Parsed): PackageSource {
  const name = given.option('packages') ?? 'auto';
  const source = PACKAGE_SOURCES.find(one => one === name);
  if (source !== undefined) return source;
  throw new UsageError(`"${name}" is not a value of --packages: it takes ${PACKAGE_SOURCES.join(', ')}.`);
}

/** @throws UsageError */
export function positiveNumber(option: string, given: string | undefined, fallback: number): number {
  if (given === undefined) return fallback;
  if (/^[1-9]\d{0,6}$/.test(given)) return Number(given);
  throw new UsageError(`"${given}" is not a value of ${option}: it takes a number from 1.`);
}

/** Lines on standard error, each a sentence. */
export function say(io: Io, ...lines: readonly string[]): void {
  for (const line of lines) io.stderr.write(`varsmith: ${printable(line)}\n`);
}
