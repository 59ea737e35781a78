// Fleets that generate: folders under git, with keys, and the command line run on them in this process.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folder, write } from '../workspace/support.ts';
import { type Run, type RunOptions, varsmith } from './support.ts';

/** What every machine of a test begins with; `machines/<name>/configuration.nix` is found by itself. */
const FLAKE = `{
  inputs.clan-core.url = "https://example.org/clan-core.tar.gz";
  outputs = { self, clan-core, ... }:
    let clan = clan-core.lib.clan { inherit self; meta.name = "test"; }; in
    { inherit (clan.config) nixosConfigurations clanInternals; };
}
`;

export interface GeneratingFleet {
  readonly root: string;
  /** The home folder, outside of the root. */
  readonly home: string;
  /** Runs `varsmith COMMAND ROOT …`: the first argument may be several words. */
  run(args: readonly string[], options?: RunOptions): Promise<Run>;
  git(...args: readonly string[]): string;
  /** Replaces the generators of a machine, and its imports. */
  machine(name: string, generators: string, imports?: readonly string[]): void;
}

export interface LastingFleet extends GeneratingFleet {
  remove(): void;
}

interface FleetOptions {
  /** Null: nobody has a key. */
  readonly user?: string | null;
  readonly more?: Readonly<Record<string, string>>;
}

/**
 * A fleet that is gone when the test ends.
 * @param machines by name: what is in `clan.core.vars.generators`
 */
export async function fleet(
  machines: Readonly<Record<string, string>>,
  options: FleetOptions = {},
): Promise<GeneratingFleet> {
  return fleetIn(folder({}), machines, options);
}

/** The same for several tests. */
export async function createLastingFleet(machines: Readonly<Record<string, string>>): Promise<LastingFleet> {
  const base = mkdtempSync(join(tmpdir(), 'varsmith-test-'));
  const made = await fleetIn(base, machines, {});
  return { ...made, remove: () => rmSync(base, { recursive: true, force: true }) };
}

async function fleetIn(
  base: string,
  machines: Readonly<Record<string, string>>,
  options: FleetOptions,
): Promise<GeneratingFleet> {
  const [root, home] = [join(base, 'fleet'), join(base, 'home')];
  write(
    home,
    '.gitconfig',
    '[user]\n\tname = Ada\n\temail = ada@example.org\n[init]\n\tdefaultBranch = main\n',
  );
  write(root, 'flake.nix', FLAKE);
  for (const [path, text] of Object.entries(options.more ?? {})) write(root, path, text);
  const env = {
    HOME: home,
    PATH: process.env.PATH ?? '',
    USER: 'ada',
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
  };
  const git = (...args: readonly string[]) =>
    execFileSync('git', args, { cwd: root, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const made: GeneratingFleet = {
    root,
    home,
    git,
    run: ([command = '', ...rest], more = {}) =>
      varsmith([command, ...rest], { ...more, cwd: root, env: { ...env, ...more.env } }),
    machine: (name, generators, imports = []) =>
      write(
        root,
        `machines/${name}/configuration.nix`,
        `{ config, pkgs, lib, ... }: {\n${imports.length > 0 ? `  imports = [ ${imports.join(' ')} ];\n` : ''}  clan.core.vars.generators = {\n${generators}\n  };\n}\n`,
      ),
  };
  for (const [name, generators] of Object.entries(machines)) made.machine(name, generators);
  git('init', '-q');
  git('add', '-A');
  git('commit', '-qm', 'begin');
  if (options.user !== null) {
    const { code, stderr } = await made.run(['keygen', '--user', options.user ?? 'ada']);
    if (code !== 0) throw new Error(stderr);
  }
  return made;
}
