// Starts the real Nix for the tests of the example fleets: evaluates an expression to JSON, or parses a file.
// Knows nothing of the fleets. Needs no store, no nixpkgs and no network.

import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { describe } from 'vitest';

const run = promisify(execFile);

const environment = {
  ...process.env,
  // As root Nix asks for a group of build users, although nothing is built here.
  NIX_CONFIG: 'build-users-group =',
};

const nixIsInstalled = spawnSync('nix-instantiate', ['--version']).error === undefined;

/**
 * A `describe` whose tests need `nix-instantiate`. Without Nix the suite is skipped and says so in its name; with
 * `CI` set it runs all the same and fails.
 */
export function describeWithNix(name: string, body: () => void): void {
  if (nixIsInstalled || process.env.CI) {
    describe(name, body);
    return;
  }
  describe.skip(`${name} (skipped: nix-instantiate is not on PATH)`, body);
}

/**
 * Evaluates `expression`, a function of the string arguments `args`, strictly.
 * @returns the value as JSON gives it; the caller knows its type.
 * @throws with Nix's own message when the evaluation fails.
 */
export async function evaluate<T>(expression: string, args: Readonly<Record<string, string>>): Promise<T> {
  const flags = Object.entries(args).flatMap(([name, value]) => ['--argstr', name, value]);
  const { stdout } = await run(
    'nix-instantiate',
    ['--store', 'dummy://', '--eval', '--strict', '--json', ...flags, '--expr', expression],
    { env: environment, maxBuffer: 16 * 1024 * 1024 },
  );
  return JSON.parse(stdout) as T;
}

/** Parses one file. @throws with Nix's own message when it is not valid Nix. */
export async function parse(file: string): Promise<void> {
  await run('nix-instantiate', ['--store', 'dummy://', '--parse', file], {
    env: environment,
    maxBuffer: 16 * 1024 * 1024,
  });
}
