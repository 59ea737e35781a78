// The flake, evaluated by real Nix with a stub in the place of nixpkgs. Where there is no Nix, only its words are looked at.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { buildProgram, programPath } from '../cli/program.ts';
import { describeIf } from '../conditionally.ts';
import { folder } from '../workspace/support.ts';

const ROOT = join(__dirname, '../..');
const HAS_NIX = spawnSync('nix-instantiate', ['--version']).status === 0;
if (!HAS_NIX) console.warn('flake.test.ts: nix-instantiate is not installed, so the flake is not evaluated.');

buildProgram();

/** What an expression comes to in which `flake` is the flake's outputs and `pkgs` the stub's for x86_64-linux. */
function evaluated(expression: string) {
  const text = `let
    nixpkgs = import ${join(__dirname, 'stub-nixpkgs.nix')};
    pkgs = nixpkgs.legacyPackages.x86_64-linux;
    flake = (import ${join(ROOT, 'flake.nix')}).outputs { inherit nixpkgs; self = flake; };
  in ${expression}`;
  const args = ['--eval', '--strict', '--json', '--read-write-mode', '-E', text];
  const state = folder({});
  const env = {
    ...process.env,
    NIX_STORE_DIR: join(state, 'store'),
    NIX_STATE_DIR: join(state, 'state'),
    NIX_LOG_DIR: join(state, 'log'),
  };
  return JSON.parse(execFileSync('nix-instantiate', args, { encoding: 'utf8', env, maxBuffer: 1 << 26 }));
}

it('brings every file that the package is built from', () => {
  const text = readFileSync(join(ROOT, 'nix/package.nix'), 'utf8');
  const listed = [...text.matchAll(/^\s+\.\.\/(\S+)$/gm)].map(([, path]) => path as string);
  for (const needed of ['package.json', 'package-lock.json', 'scripts', 'server', 'docs/schemas'])
    expect(listed).toContain(needed);
  for (const path of listed) expect(existsSync(join(ROOT, path))).toBe(true);
});

describeIf(HAS_NIX, 'the flake', () => {
  it('has a package, an app, a shell and checks for every system', () => {
    const systems = ['aarch64-darwin', 'aarch64-linux', 'x86_64-darwin', 'x86_64-linux'];
    for (const output of ['packages', 'apps', 'devShells', 'checks'])
      expect(evaluated(`builtins.attrNames flake.${output}`)).toEqual(systems);
    for (const system of systems) {
      expect(evaluated(`flake.packages.${system}.default.name`)).toBe('varsmith');
      expect(evaluated(`flake.apps.${system}.default`)).toMatchObject({
        type: 'app',
        program: '/stub/varsmith/bin/varsmith',
      });
      expect(
        evaluated(`map (package: package.name) flake.devShells.${system}.default.made.packages`),
      ).toContain('nodejs');
      expect(evaluated(`builtins.attrNames flake.checks.${system}`)).toEqual(['examples', 'package']);
    }
  });

  it('has an overlay', () => {
    expect(evaluated('(flake.overlays.default pkgs { }).varsmith.name')).toBe('varsmith');
  });

  it('builds the version of the manifest, each npm package by its own hash', () => {
    const made = evaluated(
      'removeAttrs flake.packages.x86_64-linux.default.made [ "src" "nodejs" "nativeBuildInputs" ]',
    );
    expect(made).toMatchObject({ pname: 'varsmith', version: manifest.version, npmConfigHook: 'hook' });
    expect(made.meta.mainProgram).toBe('varsmith');
    const packages: Record<string, { resolved?: string; integrity?: string }> =
      made.npmDeps.packageLock.packages;
    const fetched = Object.entries(packages).filter(([path]) => path !== '');
    expect(fetched.length).toBeGreaterThan(100);
    for (const [, { resolved, integrity }] of fetched) {
      expect(resolved).toMatch(
        /^https:\/\/registry\.npmjs\.org\/(?:@[\w.-]+\/)?[\w.-]+\/-\/[\w.-]+-\d[\w.+-]*\.tgz$/,
      );
      expect(integrity).toMatch(/^sha512-/);
    }
    expect(packages['node_modules/@biomejs/biome']?.resolved).toMatch(
      /\/@biomejs\/biome\/-\/biome-[\d.]+\.tgz$/,
    );
  });

  it('installs completions and the manual from where the npm package has them', () => {
    const phase: string = evaluated('flake.packages.x86_64-linux.default.made.installPhase');
    const out = folder({});
    execFileSync(
      process.execPath,
      [join(ROOT, 'scripts/npm-package.mjs'), '--no-pack', '--outdir', join(out, 'build/out')],
      {
        stdio: 'ignore',
      },
    );
    const script = `set -eu
      out=${out}/result; cd ${out}/build
      runHook() { :; }
      patchShebangs() { test -f "$1"; }
      installManPage() { test -f "$1"; }
      installShellCompletion() { test -f "$4"; }
      ${phase}`;
    execFileSync('bash', ['-c', script]);
    const program = join(out, 'result/bin/varsmith');
    expect(execFileSync(program, ['--version'], { encoding: 'utf8' })).toBe(`${manifest.version}\n`);
    expect(existsSync(join(out, 'result/share/nushell/vendor/autoload/varsmith.nu'))).toBe(true);
  });

  it('checks fleets: clean ones pass, others fail with their findings', () => {
    const check = (fleet: string, options = '') => {
      const base = folder({});
      const src = join(base, 'source');
      cpSync(join(ROOT, 'examples', fleet), src, { recursive: true });
      const { env, script } = evaluated(`(flake.lib.mkCheck { src = "${src}"; ${options} }).made`);
      mkdirSync(join(base, 'bin'));
      chmodSync(programPath(), 0o755);
      symlinkSync(programPath(), join(base, 'bin/varsmith'));
      const out = join(base, 'out');
      const run = spawnSync('bash', ['-e', '-c', script], {
        encoding: 'utf8',
        env: {
          PATH: `${join(base, 'bin')}:${process.env.PATH}`,
          TMPDIR: base,
          out,
          src: env.src,
          severity: env.severity,
          baselineOptions: env.baselineOptions.join(' '),
        },
      });
      return { status: run.status, stdout: run.stdout, built: existsSync(out) };
    };
    expect(check('fleet')).toMatchObject({ status: 0, built: true });
    const broken = check('broken-fleet');
    expect(broken).toMatchObject({ status: 1, built: false });
    expect(broken.stdout).toContain('registry/unknown-key');
  });

  it('has checks for all systems at once, and a hook for git', () => {
    expect(
      evaluated('builtins.mapAttrs (_: each: each.varsmith.name) (flake.lib.mkChecks { src = ./.; })'),
    ).toEqual({
      'aarch64-darwin': 'varsmith-check',
      'aarch64-linux': 'varsmith-check',
      'x86_64-darwin': 'varsmith-check',
      'x86_64-linux': 'varsmith-check',
    });
    const hook = evaluated('flake.lib.gitHook { inherit pkgs; severity = "warning"; }');
    expect(hook).toMatchObject({
      enable: true,
      entry: '/stub/varsmith/bin/varsmith check --severity warning',
      pass_filenames: false,
    });
    expect('vars/shared/a/b/secret').toMatch(new RegExp(hook.files));
  });
});
