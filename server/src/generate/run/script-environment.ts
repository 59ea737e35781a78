/** What scripts are run with on this system, found once before a run: Bash, the sandbox, commands. */

import { findCommand, hostCommands } from '../../host/programs/commands.ts';
import { findBox, isSeenIn } from '../../host/sandbox/find-sandbox.ts';
import type { Limits } from '../../host/sandbox/limits.ts';
import type { Ground } from '../run-environment.ts';
import { RunFailure } from '../run-failure.ts';
import type { Surroundings } from './execute.ts';

/** How long a script may take unless it is said otherwise. */
export const TIME_LIMIT_MS = 10 * 60_000;

export interface SurroundingsWanted {
  /** False: scripts run without a box, with all that the person may do. */
  readonly sandbox: boolean;
  /** Where we are root, scripts in a box are run as root as well, instead of as nobody. */
  readonly asRoot: boolean;
  readonly timeLimitMs: number;
  readonly limits: Limits;
}

/**
 * @throws RunFailure where there is no sandbox and one is wanted, or no Bash
 */
export async function findSurroundings(ground: Ground, wanted: SurroundingsWanted): Promise<Surroundings> {
  const path = ground.env.PATH ?? '';
  const folders = ['/usr/bin', '/bin', '/run/current-system/sw/bin', ...path.split(':')];
  const found = wanted.sandbox ? await findBox(ground.platform, folders, wanted.asRoot) : null;
  if (found !== null && 'problem' in found)
    throw new RunFailure(
      `Scripts cannot be run safely here: ${found.problem}. With --no-sandbox they run with everything that you may do yourself.`,
    );
  const box = found?.box ?? null;
  const commands = hostCommands(path, program => box === null || isSeenIn(box.kind, program));
  // Behind all links: those of NixOS lead nowhere inside of the box.
  const bash = (await commands.find('bash')) ?? (await findCommand('bash', folders));
  if (bash === null) throw new RunFailure('Bash is not installed: there is nothing to run scripts with.');
  return {
    root: ground.root,
    bash,
    cat: await commands.find('cat'),
    box,
    commands,
    timeLimitMs: wanted.timeLimitMs,
    limits: wanted.limits,
    onDisk: ground.onDisk,
  };
}
