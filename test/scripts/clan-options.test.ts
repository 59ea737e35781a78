/**
 * The options of clan-core are what the script makes: of a clone that VARSMITH_CLAN_CORE names, with the `lib` of nixpkgs
 * that VARSMITH_NIXPKGS_LIB names, and Nix.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeIf } from '../conditionally.ts';

const SCRIPT = join(__dirname, '../../scripts/clan-options.mjs');
const clone = process.env.VARSMITH_CLAN_CORE ?? '';
const lib = process.env.VARSMITH_NIXPKGS_LIB ?? '';

/** What is not there of what the comparison needs. */
function lacking(): string[] {
  return [
    ...(existsSync(join(clone, 'clanServices')) ? [] : ['VARSMITH_CLAN_CORE names no clone']),
    ...(existsSync(join(lib, 'trivial.nix')) ? [] : ["VARSMITH_NIXPKGS_LIB names no nixpkgs' lib"]),
    ...(spawnSync('nix-instantiate', ['--version']).status === 0 ? [] : ['there is no nix-instantiate']),
  ];
}

const missing = lacking();
if (missing.length > 0) console.info(`Options are not made anew to be compared: ${missing.join(', ')}.`);

it('the script says what it needs', () => {
  const { status, stderr } = spawnSync(process.execPath, [SCRIPT, '--check'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: 'clan-options: --clan-core DIR and --nixpkgs-lib DIR are needed.\n',
  });
});

describeIf(missing.length === 0, 'the options of clan-core', () => {
  it('are what the script makes', () => {
    const { status, stdout } = spawnSync(
      process.execPath,
      [SCRIPT, '--clan-core', clone, '--nixpkgs-lib', lib, '--check'],
      { encoding: 'utf8' },
    );
    expect({ status, differs: stdout }).toEqual({ status: 0, differs: '' });
  });
});
