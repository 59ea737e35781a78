#!/usr/bin/env node
// A `nix` for `--nix` where there is no network: it takes no flake into a store, but evaluates the fleet that $ORACLE_SPEC names in the
// harness of nix/, with the real Nix $ORACLE_NIX. Everything else of what it is asked is the real thing.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const { ORACLE_SPEC: spec, ORACLE_NIX: nix } = process.env;
const args = process.argv.slice(2);

if (args[0] === 'flake') {
  const { fleet } = JSON.parse(readFileSync(spec, 'utf8'));
  const narHash = `sha256-${createHash('sha256').update(readFileSync(spec)).digest('base64')}`;
  process.stdout.write(JSON.stringify({ path: fleet, locked: { narHash } }));
} else {
  const harness = join(import.meta.dirname, 'harnessed-flake.nix');
  const given = args.map(arg => arg.replace(/builtins\.getFlake "[^"]*"/, () => `(import ${harness})`));
  // The harness reads a file that the environment names.
  const impure = args[0] === 'eval' ? ['eval', '--impure', ...given.slice(1)] : given;
  const { status, signal } = spawnSync(nix, impure, { stdio: 'inherit' });
  process.exitCode = signal === null ? (status ?? 1) : 1;
}
