/** The question, asked of a real Nix: that on PATH, or the one that VARSMITH_ORACLE_NIX names (test/oracle/README.md). */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { NixAnswer } from '../../server/src/fleet/model/nix-answer.ts';
import { nixSystem } from '../../server/src/generate/run/nixpkgs.ts';
import { findNixEvaluator } from '../../server/src/host/programs/nix-evaluator.ts';
import { type Asked, askAbout, realiserFor } from '../../server/src/workspace/nix-witness.ts';
import { describeIf } from '../conditionally.ts';
import { fill } from '../host/folders.ts';

const SCRATCH = mkdtempSync(join(tmpdir(), 'varsmith-real-nix-'));
afterAll(() => rmSync(SCRATCH, { recursive: true, force: true }));

function madeFolder(contents: Readonly<Record<string, string>> = {}): string {
  const made = mkdtempSync(join(SCRATCH, 'folder-'));
  fill(made, contents);
  return made;
}

const { PATH = '' } = process.env;

/** The environment in which `nix` is a real one with a store of its own. */
function environment(home: string, unpacked = process.env.VARSMITH_ORACLE_NIX) {
  const state = (name: string) => join(home, 'nix', name);
  const own = {
    HOME: home,
    NIX_CONFIG: 'build-users-group =\nsandbox = false\nsubstituters =\nbuild-hook =',
  };
  const folders = {
    ...{ NIX_STORE_DIR: state('store'), NIX_STATE_DIR: state('var') },
    ...{ NIX_LOG_DIR: state('log'), NIX_CONF_DIR: state('conf') },
  };
  if (unpacked === undefined || !existsSync(join(unpacked, 'usr/bin/nix')))
    return { ...own, ...folders, PATH };
  const bin = join(home, 'bin');
  execFileSync('mkdir', ['-p', bin]);
  execFileSync('ln', ['-s', resolve(import.meta.dirname, '../oracle/unpacked-nix.sh'), join(bin, 'nix')]);
  return { ...own, ...folders, UNPACKED_NIX: resolve(unpacked), PATH: `${bin}:${PATH}` };
}

const isThere = 'evaluate' in (await findNixEvaluator({ env: environment(madeFolder()) }));

/** What a machine of clan looks like from outside, without nixpkgs. */
const FLAKE = `{
  outputs =
    { self }:
    let
      file = { secret = true; deploy = true; owner = "root"; group = throw "no group"; mode = "0400"; neededFor = "services"; };
      generator = {
        share = false;
        dependencies = [ ];
        validation = { length = 3; };
        files.key = file;
        prompts = { };
        runtimeInputs = [ { type = "derivation"; name = "openssl-3.0.1"; outPath = throw "not asked for"; } ];
        script = "openssl rand > $out/key";
      };
      machine = generators: {
        options.clan.core.vars.definitionsWithLocations = [ { value = { inherit generators; }; } ];
        config.clan.core.vars = { inherit generators; };
      };
    in
    {
      packages = throw "packages are nobody's business here";
      nixosConfigurations = {
        whole = machine { inherit generator; };
        half = machine {
          inherit generator;
          broken = generator // { script = { }.nothing; };
          recursive = let loop = loop + 1; in generator // { share = loop; };
        };
        keeper = {
          options = { sops = { secrets = { }; templates = { }; }; age.secrets = { }; };
          config.sops.secrets.mail = {
            sopsFile = ./secrets.yaml; owner = null; mode = "0440"; path = "/run/secrets/mail"; key = throw "no key";
          };
          config.sops.templates.env.content = throw "not asked for";
          config.age.secrets.key = { file = ./key.age; owner = "web"; };
        };
        broken = {
          options.sops = { secrets = { }; templates = { }; };
          config.sops.secrets.mail.owner = { }.nobody;
          config.sops.templates = { };
        };
        building = machine {
          generator = generator // (let tool = derivation {
            name = "tool-1.0"; system = "SYSTEM"; builder = "/bin/sh";
            args = [ "-c" "PATH=/usr/bin:/bin; mkdir -p $out/bin; echo '#!/bin/sh' > $out/bin/tool; chmod +x $out/bin/tool" ];
          }; in { script = "\${tool}/bin/tool > $out/key"; runtimeInputs = [ tool ]; });
          failing = generator // { script = "\${derivation { name = "failing"; system = "SYSTEM"; builder = "/bin/false"; }}"; runtimeInputs = [ ]; };
        };
        missing = import ./machines/missing.nix;
        endless = let loop = x: loop (x + 1) + 1; in loop 0;
        written = import (builtins.toFile "machine.nix" "{ options = { }; config = { }; }");
        other = { options = { }; config = { }; };
      };
      darwinConfigurations.mac = machine { };
    };
}
`;

/** Speaks the protocol of nix-eval-jobs with the real Nix, which evaluates each derivation and its `meta`. */
const JOBS = `#!/usr/bin/env node
const { execFileSync } = require('node:child_process');
if (process.argv[2] === '--help') {
  for (const name of ['expr', 'max-memory-size', 'meta', 'option', 'show-trace', 'workers']) console.log('  --' + name + '  x');
  process.exit();
}
const question = process.argv.at(-1);
const nix = expression =>
  JSON.parse(
    execFileSync('nix', ['eval', '--json', '--offline', '--extra-experimental-features', 'nix-command flakes', '--show-trace', '--expr', expression], {
      encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }));
for (const job of nix('builtins.attrNames (' + question + ')'))
  try {
    const found = nix('let job = (' + question + ').' + job + '; in { inherit (job) type name system drvPath meta; outputs.out = job.outPath; }');
    console.log(JSON.stringify({ attr: job, attrPath: [job], ...found }));
  } catch ({ stderr }) {
    console.log(JSON.stringify({ attr: job, attrPath: [job], error: stderr }));
  }
`;

/** A folder into which a Nix of before 2.18 was unpacked, such as that of Debian bookworm. */
const { VARSMITH_OLD_NIX: old } = process.env;

describeIf(old !== undefined, 'a real Nix that is too old', () => {
  it('is not asked', async () => {
    const env = environment(madeFolder(), old);
    expect(await askAbout(madeFolder(), { env })).toEqual({
      absent: expect.stringMatching(/ is Nix 2\.\d+\.\d+; 2\.18 or later is needed to be asked\.$/),
    });
  });
});

it('is asked where it is there', () => {
  expect(typeof isThere).toBe('boolean');
});

describeIf(isThere, 'a real Nix', () => {
  let top: string;
  let env: Readonly<Record<string, string | undefined>>;
  let asked: Asked;
  const git = (...args: string[]) => execFileSync('git', ['-C', top, ...args], { encoding: 'utf8' });

  beforeAll(async () => {
    env = environment(madeFolder());
    top = madeFolder({ 'fleet one/flake.nix': '{ }', 'README.md': 'a fleet' });
    git('init', '-q');
    git('add', '.');
    git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-qm', 'Begin');
    writeFileSync(
      join(top, 'fleet one/flake.nix'),
      FLAKE.replaceAll('SYSTEM', nixSystem(process.platform, process.arch) ?? ''),
    );
    asked = await askAbout(join(top, 'fleet one'), { env });
  });

  const machineOf = (name: string) =>
    'answer' in asked ? asked.answer.machines.find(machine => machine.name === name) : undefined;

  it('says what every machine is made of, in a folder of a repository that has changes', () => {
    if (!('answer' in asked)) throw new Error(asked.absent);
    const { machines, revision, failure } = asked.answer;
    expect(failure).toBeNull();
    expect(revision).toMatch(/-dirty$/);
    expect(machines.map(({ name, facts }) => [name, facts?.hasVars]).sort()).toEqual([
      ['broken', false],
      ['building', true],
      ['endless', undefined],
      ['half', true],
      ['keeper', false],
      ['mac', true],
      ['missing', undefined],
      ['other', false],
      ['whole', true],
      // Read from a text that was written into the store meanwhile.
      ['written', false],
    ]);
    expect(machineOf('mac')?.class).toBe('darwin');
  });

  it('says all but what throws', () => {
    expect(machineOf('whole')?.facts?.generators.get('generator')).toEqual({
      ...{ share: false, dependencies: [], prompts: new Map(), validation: { length: 3 } },
      ...{ runtimeInputs: ['openssl'], script: 'openssl rand > $out/key' },
      definedAt: [{ file: 'flake.nix', line: 23, column: 35 }],
      files: new Map([
        [
          'key',
          {
            ...{ secret: true, deploy: true, owner: 'root', group: null, mode: '0400' },
            neededFor: 'services',
          },
        ],
      ]),
    });
  });

  it('says what secrets there are, but no value', () => {
    const nothing = { key: null, format: null, group: null, mode: null, path: null, neededForUsers: null };
    expect(machineOf('keeper')?.facts).toMatchObject({
      sops: new Map([
        ['mail', { ...nothing, file: 'secrets.yaml', owner: null, mode: '0440', path: '/run/secrets/mail' }],
      ]),
      age: new Map([['key', { ...nothing, file: 'key.age', owner: 'web' }]]),
      templates: ['env'],
    });
    const { facts, failures } = machineOf('broken') ?? {};
    expect([...(facts?.sops?.keys() ?? [])]).toEqual(['mail']);
    expect(failures?.map(({ message }) => message)).toEqual(["attribute 'nobody' missing"]);
  });

  it('says of a machine what can be said, where one of its generators fails for good', () => {
    const { facts, failures } = machineOf('half') ?? {};
    expect(facts?.generatorNames).toEqual(['broken', 'generator', 'recursive']);
    expect([...(facts?.generators.keys() ?? [])]).toEqual(['generator']);
    expect(failures?.map(({ message, at }) => [message, at?.file])).toEqual([
      ["attribute 'nothing' missing", 'flake.nix'],
      ['infinite recursion encountered', 'flake.nix'],
    ]);
  });

  it('names the place of what fails, and ends what never would', () => {
    expect(machineOf('missing')?.failures[0]?.message).toMatch(
      /missing\.nix'? .*does not exist|does not exist/,
    );
    expect(machineOf('endless')?.failures[0]).toMatchObject({
      kind: 'error',
      message: 'stack overflow; max-call-depth exceeded',
      at: { file: 'flake.nix' },
    });
  });

  it('builds what scripts use, when it is asked to', async () => {
    const script = machineOf('building')?.facts?.generators.get('generator')?.script ?? '';
    const [tool] = /^[^ ]+-tool-1\.0/.exec(script) ?? [];
    expect(existsSync(String(tool))).toBe(false);
    const realise = realiserFor(join(top, 'fleet one'), { env });
    const { signal } = new AbortController();
    expect(await realise('building', ['generator'], signal)).toEqual({
      packages: new Map([['generator', new Map([['tool', tool]])]]),
      failure: null,
    });
    expect(existsSync(join(String(tool), 'bin/tool'))).toBe(true);
    const failed = await realise('building', ['failing'], signal);
    expect(failed).toEqual({
      packages: new Map(),
      failure: expect.stringMatching(/^Nix does not build the packages for machine "building": .*failing/),
    });
  });

  it('changes nothing in the repository', () => {
    expect(git('status', '--porcelain')).toBe(' M "fleet one/flake.nix"\n');
  });

  it('is not asked again before something changes', async () => {
    const again = await askAbout(join(top, 'fleet one'), { env });
    if (!('answer' in again)) throw new Error(again.absent);
    expect(again.answer.machines.every(({ isKept }) => isKept)).toBe(true);
  });

  it('says the same in jobs of nix-eval-jobs', async () => {
    const home = madeFolder({ 'jobs/nix-eval-jobs': JOBS });
    chmodSync(join(home, 'jobs/nix-eval-jobs'), 0o755);
    const own = environment(home);
    const inJobs = await askAbout(join(top, 'fleet one'), {
      env: { ...own, PATH: `${join(home, 'jobs')}:${own.PATH}` },
    });
    if (!('answer' in asked && 'answer' in inJobs)) throw new Error('Nix was not asked.');
    const said = ({ machines }: NixAnswer) =>
      machines.map(({ name, facts, failures }) => ({ name, facts, messages: failures.map(f => f.message) }));
    // Each has a store of its own.
    const anyStore = (text: string) => text.replace(/\/\S+\/[0-9a-z]{32}-/g, 'STORE/');
    const withoutStore = (answer: NixAnswer) =>
      JSON.parse(
        anyStore(JSON.stringify(said(answer), (_, value) => (value instanceof Map ? [...value] : value))),
      );
    expect(withoutStore(inJobs.answer)).toEqual(withoutStore(asked.answer));
  });

  it('sees what git knows, and nothing else', async () => {
    const folder = madeFolder({
      'flake.nix': '{ outputs = _: { nixosConfigurations.a = import ./a.nix; }; }',
      'a.nix': '{ }',
    });
    execFileSync('git', ['-C', folder, 'init', '-q']);
    execFileSync('git', ['-C', folder, 'add', 'flake.nix']);
    const untracked = await askAbout(folder, { env });
    expect(JSON.stringify(untracked)).toMatch(/a\.nix.*(does not exist|not tracked)/);
  });

  it('says what is wrong with a flake that is none', async () => {
    const folder = madeFolder({
      'flake.nix': '{ outputs = { self }: { nixosConfigurations = { }.machines; }; }',
    });
    const asked = await askAbout(folder, { env });
    expect('answer' in asked && asked.answer.failure).toMatchObject({
      message: "attribute 'machines' missing",
      at: { file: 'flake.nix', line: 1 },
    });
  });
});
