/** Finds what scripts need on this system, once before a run: Bash, the sandbox, commands. */

import { type Commands, findCommand, hostCommands } from '../../host/programs/commands.ts';
import { findSandbox, isSeenIn, type SandboxProgram } from '../../host/sandbox/find-sandbox.ts';
import type { Limits } from '../../host/sandbox/limits.ts';
import type { RunEnvironment } from '../run-environment.ts';
import { RunFailure } from '../run-failure.ts';

/** The default time limit of a script. */
export const TIME_LIMIT_MS = 10 * 60_000;

export interface ScriptEnvironmentOptions {
  /** False to run scripts without a sandbox, with all of the user's privileges. */
  readonly sandbox: boolean;
  /** Whether root runs sandboxed scripts as root instead of as nobody. */
  readonly asRoot: boolean;
  readonly timeLimitMs: number;
  readonly limits: Limits;
}

/**
 * Finds the environment.
 *
 * @throws RunFailure if a sandbox is wanted and there is none, or there is no Bash
 */
export async function findScriptEnvironment(
  environment: RunEnvironment,
  wanted: ScriptEnvironmentOptions,
): Promise<ScriptEnvironment> {
  const path = environment.env.PATH ?? '';
  const folders = ['/usr/bin', '/bin', '/run/current-system/sw/bin', ...path.split(':')];
  const answer = wanted.sandbox ? await findSandbox(environment.platform, folders, wanted.asRoot) : null;
  if (answer !== null && 'problem' in answer)
    throw new RunFailure(
      `Scripts cannot be run safely here: ${answer.problem}. With --no-sandbox they run with all of your permissions.`,
    );
  const sandbox = answer?.sandbox ?? null;
  const commands = hostCommands(path, program => sandbox === null || isSeenIn(sandbox.kind, program));
  // Links are resolved, because those of NixOS do not work inside the sandbox.
  const bash = (await commands.find('bash')) ?? (await findCommand('bash', folders));
  if (bash === null) throw new RunFailure('Bash is not installed, so scripts cannot be run.');
  return {
    root: environment.root,
    bash,
    cat: await commands.find('cat'),
    sandbox,
    commands,
    timeLimitMs: wanted.timeLimitMs,
    limits: wanted.limits,
    onDisk: environment.onDisk,
  };
}
export interface ScriptEnvironment {
  /** Absolute path of the repository, for workspace files that scripts use. */
  readonly root: string;
  /** Absolute path of Bash. */
  readonly bash: string;
  /** Absolute path, or null if there is none. */
  readonly cat: string | null;
  /** Null only if the user requested no sandbox. */
  readonly sandbox: SandboxProgram | null;
  readonly commands: Commands;
  readonly timeLimitMs: number;
  readonly limits: Limits;
  /** Called when plaintexts are on disk while a script runs. */
  readonly onDisk: () => void;
}
