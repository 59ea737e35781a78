// Stores outside of the repository that are there to be tested: small ones of our own always, `pass` and `passage`
// where they are installed.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { write } from '../workspace/support.ts';
import { fleet, type GeneratingFleet } from './generating-fleet.ts';
import type { Run, RunOptions } from './support.ts';

export interface OutsideFleet extends GeneratingFleet {
  readonly env: Readonly<Record<string, string>>;
}

export interface OutsideKind {
  readonly name: string;
  /** What the repository says of its store. */
  readonly files: Readonly<Record<string, string>>;
  /** Makes an empty store for a fleet. @returns what finds it */
  prepare(base: string, made: GeneratingFleet): Record<string, string>;
}

/** A fleet without keys of its own, and an empty store of the kind. */
export async function outsideFleet(
  kind: OutsideKind,
  machines: Readonly<Record<string, string>>,
): Promise<OutsideFleet> {
  const made = await fleet(machines, { user: null, more: kind.files });
  const env = kind.prepare(join(made.home, '..'), made);
  if (existsSync(join(made.root, 'varsmith.json'))) await made.run(['allow']);
  made.git('add', '-A');
  made.git('commit', '-q', '--allow-empty', '-m', 'store');
  return {
    ...made,
    env,
    run: (args: readonly string[], options: RunOptions = {}): Promise<Run> =>
      made.run(args, { ...options, env: { ...env, ...options.env } }),
  };
}

const clan = (more: string) => `{ vars.settings.secretStore = "password-store"; ${more} }`;
const module = (command: string) => `{ clan.core.vars.password-store.passCommand = "${command}"; }`;

export const PASS_FILES = { 'clan.nix': clan(''), 'modules/store.nix': module('pass') };
export const PASSAGE_FILES = { 'clan.nix': clan('') };

/** Puts a program into a folder that `PATH` begins with. */
export function program(base: string, name: string, text: string): string {
  const bin = join(base, 'bin');
  write(bin, name, text);
  chmodSync(join(bin, name), 0o755);
  return `${bin}:${process.env.PATH}`;
}

/**
 * Keeps entries as `pass` does, under a lid instead of a lock, and a record of how it was called. With a file `kill` in
 * the store, ends who called it instead of answering.
 */
const STUB = `#!/bin/sh
set -eu
store=$PASSWORD_STORE_DIR
{ printf '%s\\n' "$*"; env; } >> "$store/../calls"
file() { printf '%s/%s.gpg' "$store" "$1"; }
case $1 in
insert)
  mkdir -p "$(dirname "$(file "$3")")"
  base64 > "$(file "$3")"
  if [ -e "$store/kill" ]; then rm "$store/kill"; kill -9 "$PPID"; fi
  ;;
show) base64 -d "$(file "$2")" ;;
rm) rm "$(file "$3")" ;;
esac
`;

const stub: OutsideKind = {
  name: 'a password store of our own',
  files: PASS_FILES,
  prepare(base) {
    mkdirSync(join(base, 'store'));
    return { PATH: program(base, 'pass', STUB), PASSWORD_STORE_DIR: join(base, 'store') };
  },
};

/** The store of the examples. */
const custom: OutsideKind = {
  name: 'a store behind a command',
  files: {},
  prepare(base, { root }) {
    mkdirSync(join(base, 'safe'));
    const example = join(__dirname, '../../examples/custom-store/folder-store');
    write(root, 'tools/folder-store', readFileSync(example));
    chmodSync(join(root, 'tools/folder-store'), 0o755);
    const command = ['./tools/folder-store', join(base, 'safe')];
    write(root, 'varsmith.json', JSON.stringify({ store: { command } }));
    return {};
  },
};

export const OWN_KINDS = { stub, custom } as const;

const realPass: OutsideKind = {
  name: 'pass',
  files: PASS_FILES,
  prepare(base) {
    const [keys, store] = [join(base, 'gnupg'), join(base, 'store')];
    mkdirSync(keys, { mode: 0o700 });
    const env = { GNUPGHOME: keys, PASSWORD_STORE_DIR: store };
    const run = (command: string, ...args: readonly string[]) =>
      execFileSync(command, args, { env: { ...process.env, ...env }, stdio: 'ignore' });
    onTestFinished(() => void run('gpgconf', '--kill', 'all'));
    run('gpg', '--batch', '--passphrase', '', '--quick-generate-key', 'ada', 'default', 'default');
    run('pass', 'init', 'ada');
    return env;
  },
};

const realPassage: OutsideKind = {
  name: 'passage',
  files: PASSAGE_FILES,
  prepare(base) {
    mkdirSync(join(base, 'home/.passage'), { recursive: true });
    execFileSync('age-keygen', ['-o', join(base, 'home/.passage/identities')], { stdio: 'ignore' });
    return {};
  },
};

/** A game is called "passage" too. */
function is(command: string, argument: string, words: RegExp): boolean {
  return words.test(spawnSync(command, [argument], { encoding: 'utf8' }).stdout ?? '');
}

/** Those that are installed, and our own. */
export const KINDS: readonly OutsideKind[] = [
  stub,
  custom,
  ...(is('pass', 'version', /the standard unix password manager/) && is('gpg', '--version', /./)
    ? [realPass]
    : []),
  ...(is('passage', 'version', /age-backed password manager/) ? [realPassage] : []),
];
