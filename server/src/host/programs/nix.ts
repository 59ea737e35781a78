/**
 * Runs the `nix` command, if it is installed: evaluates an expression, and builds or fetches store paths. Knows
 * nothing of the expression's subject.
 */

import { HostFailure } from '../host-failure.ts';
import { findCommand } from './commands.ts';
import { type ProcessResult, runProcess } from './process.ts';
import { withoutKeys } from './program-environment.ts';

export interface Nix {
  /**
   * Returns the value of an expression as JSON. Evaluation only sees what the expression names.
   * @throws HostFailure with nix's message
   */
  evaluate(expression: string): Promise<unknown>;
  /**
   * Builds or fetches as many of these outputs (`/nix/store/….drv!out`) as possible.
   * @throws HostFailure if nix cannot be started
   */
  realise(outputs: readonly string[]): Promise<void>;
}

const EVALUATION_LIMIT_MS = 120_000;
/** Long, as programs may have to be downloaded. */
const REALISATION_LIMIT_MS = 15 * 60_000;
const OUTPUT_LIMIT_BYTES = 4 * 1024 * 1024;

const FOLDERS = ['/run/current-system/sw/bin', '/nix/var/nix/profiles/default/bin', '/usr/bin'];

/**
 * Finds the `nix` command.
 * @returns null if nix is not installed
 */
export async function findNix(
  env: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Promise<Nix | null> {
  const folders = [...(env.PATH ?? '').split(':'), ...FOLDERS];
  const nix = await findCommand('nix', folders);
  const store = await findCommand('nix-store', folders);
  if (nix === null || store === null) return null;
  const run = (command: string, args: readonly string[], timeLimitMs: number) =>
    runProcess(command, args, {
      env: withoutKeys(env),
      timeLimitMs,
      outputLimitBytes: OUTPUT_LIMIT_BYTES,
      ...(signal === undefined ? {} : { signal }),
    });
  return {
    async evaluate(expression) {
      const features = ['--extra-experimental-features', 'nix-command flakes'];
      const result = await run(
        nix,
        [...features, 'eval', '--json', '--expr', expression],
        EVALUATION_LIMIT_MS,
      );
      if (result.code !== 0) throw new HostFailure('other', nixFailureText(result));
      return JSON.parse(result.stdout.toString('utf8'));
    },
    async realise(outputs) {
      await run(store, ['--realise', '--keep-going', ...outputs], REALISATION_LIMIT_MS);
    },
  };
}

/** Returns the line with the error, without nix's warnings and advice. */
function nixFailureText({ end, stderr }: ProcessResult): string {
  if (end === 'timeout') return 'it did not answer in time';
  const lines = stderr.toString('utf8').trim().split('\n');
  const line = lines.find(line => line.startsWith('error:')) ?? lines.at(-1) ?? '';
  return (
    line
      .replace(/^error:\s*/, '')
      .replace(/\.$/, '')
      .slice(0, 300) || 'it said nothing'
  );
}
