/**
 * Generation from the command line, in the real sandbox. The numbers are those of the reference cases of clan's own
 * test suite; those of the plan alone are in test/generate/plan/planner.test.ts.
 *
 * Those of the password store, 13 and 33, are in generate-outside.test.ts. Left out, with what they need: 8 (a program
 * that uses clan as a library), 18 (`clan secrets`), 20 and 21 (generators of exports), 35 to 37 (export and import), 45
 * (Nix), 52 to 55 (evaluation), 57 (checks of the inventory).
 */
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findSandbox } from '../../../server/src/host/sandbox/find-sandbox.ts';
import { describeIf } from '../../conditionally.ts';
import { contentsOf } from '../../host/folders.ts';
import { fleet, type GeneratingFleet } from '../generating-fleet.ts';

const hasSandbox = 'sandbox' in (await findSandbox(process.platform, ['/usr/bin', '/bin']));

/** A public value, as it lies on disk. */
const publicValue = ({ root }: GeneratingFleet, key: string) =>
  readFileSync(join(root, 'vars', key, 'value'), 'utf8');

async function value({ run }: GeneratingFleet, machine: string, id: string): Promise<string> {
  const { stdout, stderr, code } = await run(['get', machine, id]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

async function generated(made: GeneratingFleet, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await made.run(['generate', ...args]);
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  return stdout;
}

const RANDOM = 'od -An -N8 -tx1 /dev/urandom | tr -d " \\n"';

const SHARED = `shared = { share = true; files.key = { }; files.id.secret = false; script = ''
    ${RANDOM} > $out/key
    ${RANDOM} > $out/id
  ''; };`;
const DEPENDENT = `dependent = { dependencies = [ "shared" ]; files.copy = { }; script = "cat $in/shared/key > $out/copy"; };`;
const OTHER = `other = { files.own = { }; script = "${RANDOM.replaceAll('"', '\\"').replaceAll('\\n', '\\\\n')} > $out/own"; };`;

describeIf(hasSandbox, 'generate', () => {
  it('case 10: what is missing is made, committed, and made anew on request', async () => {
    const made = await fleet({ m: `${SHARED}\n${DEPENDENT}\n${OTHER}` });
    expect((await made.run(['list'])).stdout).toBe(
      'dependent/copy: <not set>\nother/own: <not set>\nshared/id: <not set>\nshared/key: <not set>\n',
    );
    expect((await made.run(['verify'])).code).toBe(1);

    await generated(made);
    expect((await made.run(['verify'])).code).toBe(0);
    expect(made.git('log', '--format=%s').split('\n')).toEqual(
      expect.arrayContaining([
        'vars: update via generator shared (shared)',
        'vars: update via generator dependent (machine: m)',
        'vars: update via generator other (machine: m)',
      ]),
    );
    expect(made.git('status', '--porcelain')).toBe('');
    const before = {
      key: await value(made, 'm', 'shared/key'),
      own: await value(made, 'm', 'other/own'),
      id: publicValue(made, 'shared/shared/id'),
    };
    expect(before.key).toMatch(/^[0-9a-f]{16}$/);
    expect(await value(made, 'm', 'dependent/copy')).toBe(before.key);
    expect((await made.run(['list'])).stdout).toContain(`shared/id: ${before.id}\nshared/key: ********\n`);
    // A public value is in no secret store, and the other way round.
    expect(existsSync(join(made.root, 'vars/shared/shared/id/secret'))).toBe(false);
    expect(existsSync(join(made.root, 'vars/shared/shared/key/value'))).toBe(false);

    expect((await made.run(['generate', '--regenerate', '-g', 'shared'])).code).toBe(2);
    await generated(made, '--regenerate', '-g', 'shared', '--yes');
    const key = await value(made, 'm', 'shared/key');
    expect(key).not.toBe(before.key);
    expect(await value(made, 'm', 'dependent/copy')).toBe(key);
    expect(await value(made, 'm', 'other/own')).toBe(before.own);

    await generated(made, '--regenerate', '--yes', '--no-sandbox');
    expect(await value(made, 'm', 'other/own')).not.toBe(before.own);
    expect(await value(made, 'm', 'shared/key')).not.toBe(key);
  });

  it('case 14: each machine has its own values, whatever it is built for', async () => {
    const made = await fleet({ a: OTHER, b: OTHER });
    const foreign = join(made.root, 'machines/b/configuration.nix');
    const platform = `nixpkgs.hostPlatform = "${process.arch === 'arm64' ? 'x86_64' : 'aarch64'}-linux";`;
    writeFileSync(foreign, readFileSync(foreign, 'utf8').replace('{\n', `{\n  ${platform}\n`));
    await generated(made, '--machine', 'a');
    expect(existsSync(join(made.root, 'vars/per-machine/b'))).toBe(false);
    await generated(made);
    expect(await value(made, 'a', 'other/own')).not.toBe(await value(made, 'b', 'other/own'));
  });

  it('case 15: says what has changed, and nothing of secrets', async () => {
    const made = await fleet({
      m: `g = { files.v.secret = false; files.s = { }; script = "echo hello > $out/v; echo canary > $out/s"; };`,
    });
    const first = await made.run(['generate']);
    expect(first.stdout).toBe(
      'Updated secret var g/s for machines: m\nUpdated var g/v for machines: m\n  old: <not set>\n  new: hello\n',
    );
    expect(first.stderr).not.toContain('canary');
    expect(await generated(made)).toBe('Nothing to generate.\n');
    const again = await generated(made, '-g', 'g', '--yes');
    expect(again).toContain('Var g/v for machines: m remains unchanged');
    expect(again).not.toContain('Updated var g/v');
  });

  it('case 9: dependencies lie in their folders as bytes, for their owner alone', async () => {
    const made = await fleet({
      m: `
      a = { files.raw = { }; files.pub.secret = false; script = ''printf 'x\\000\\377' > $out/raw; echo p > $out/pub''; };
      b = { dependencies = [ "a" ]; files.seen.secret = false; script = ''
        stat -c '%a %s %n' $in/a/* | sed "s|$in/||" > $out/seen
      ''; runtimeInputs = [ pkgs.gnused ]; };`,
    });
    await generated(made);
    expect(publicValue(made, 'per-machine/m/b/seen')).toBe('600 2 a/pub\n600 3 a/raw\n');
  });

  it('case 40: what failed is said with its output, what depends on it is left, the rest goes on', async () => {
    const made = await fleet({
      m: `
      bad = { files.x = { }; script = ''echo working; echo "no luck" >&2; exit 3''; };
      child = { dependencies = [ "bad" ]; files.y = { }; script = "cat $in/bad/x > $out/y"; };
      fine = { files.z = { }; script = "echo z > $out/z"; };`,
    });
    const { code, stdout, stderr } = await made.run(['generate']);
    expect(code).toBe(1);
    expect(stderr).toContain('Generator "bad" (machine m) failed with exit code 3.');
    expect(stderr).toContain('  working\n  no luck\n');
    expect(stderr).toContain('Generator "child" (machine m) was not run: one of its dependencies failed.');
    expect(stdout).toBe('Updated secret var fine/z for machines: m\n');
    expect(await value(made, 'm', 'fine/z')).toBe('z\n');
    expect(existsSync(join(made.root, 'vars/per-machine/m/bad'))).toBe(false);
    const { results } = JSON.parse((await made.run(['generate', '--json'])).stdout);
    expect(
      results.map((one: { generator: string; outcome: string }) => [one.generator, one.outcome]),
    ).toEqual([
      ['bad', 'failed'],
      ['child', 'skipped'],
    ]);
  });

  it('what could not be made anew after its dependency is made by the next run', async () => {
    const of = (script: string) => `
      a = { files.x = { }; script = ''${RANDOM} > $out/x''; };
      b = { dependencies = [ "a" ]; files.y = { }; script = "${script}"; };`;
    const made = await fleet({ m: of('cat $in/a/x > $out/y') });
    await generated(made);
    made.machine('m', of('exit 1'));
    expect((await made.run(['generate', '-g', 'a', '--yes'])).code).toBe(1);
    expect(await value(made, 'm', 'b/y')).not.toBe(await value(made, 'm', 'a/x'));
    const verified = await made.run(['verify']);
    expect([verified.code, verified.stdout]).toEqual([
      1,
      expect.stringMatching(/^✗ per-machine\/m\/b was left behind by an interrupted run/),
    ]);
    expect((await made.run(['plan'])).stdout).toContain('per-machine/m/b  left behind by an interrupted run');
    made.machine('m', of('cat $in/a/x > $out/y'));
    const { stderr } = await made.run(['generate', '--yes']);
    expect(stderr).toContain('per-machine/m/b  left behind by an interrupted run; overwrites y');
    expect(await value(made, 'm', 'b/y')).toBe(await value(made, 'm', 'a/x'));
    expect(await generated(made)).toBe('Nothing to generate.\n');
  });

  it('case 39: a file that was not written', async () => {
    const made = await fleet({ m: `g = { files.wanted = { }; script = "echo x > $out/wnated"; };` });
    const { code, stderr } = await made.run(['generate']);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('did not write $out/wanted; it wrote wnated.'),
    ]);
  });

  it.each([
    ['38', 'a = { dependencies = [ "b" ]; files.x = { }; script = "echo > $out/x"; };', 'Generator "a"'],
    ['41', 'a = { dependencies = [ "a" ]; files.x = { }; script = "echo > $out/x"; };', 'depends on itself'],
    [
      '42',
      `a = { share = true; dependencies = [ "b" ]; files.x = { }; script = "echo > $out/x"; };
       b = { files.y = { }; script = "echo > $out/y"; };`,
      'is shared and depends on "b"',
    ],
  ])('case %s: stops before anything runs', async (_case, generators, message) => {
    const made = await fleet({ m: generators });
    const { code, stderr } = await made.run(['generate']);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(existsSync(join(made.root, 'vars'))).toBe(false);
  });

  it('case 44: machines that do not agree on a shared generator', async () => {
    const of = (file: string) =>
      `s = { share = true; files.${file} = { }; script = "echo > $out/${file}"; };`;
    const made = await fleet({ a: of('x'), b: of('y') });
    const { code, stderr } = await made.run(['generate']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('they differ in: files')]);
  });

  it('case 27: owner, group and mode may differ', async () => {
    const of = (owner: string) =>
      `s = { share = true; files.x = { owner = "${owner}"; mode = "0440"; }; script = "echo > $out/x"; };`;
    const made = await fleet({ a: of('ada'), b: of('bob') });
    expect(await generated(made)).toBe('Updated secret var s/x for machines: a, b\n');
  });

  it('case 43: a secret that becomes public, and the other way round, is in one form only', async () => {
    const of = (secret: boolean) =>
      `g = { files.x.secret = ${secret}; script = "echo ${secret} > $out/x"; };`;
    const made = await fleet({ m: of(true) });
    await generated(made);
    made.machine('m', of(false));
    await generated(made);
    expect(contentsOf(join(made.root, 'vars'))).toEqual({ 'per-machine/m/g/x/value': 'false\n' });
    made.machine('m', of(true));
    await generated(made);
    expect(Object.keys(contentsOf(join(made.root, 'vars'))).sort()).toEqual([
      'per-machine/m/g/x/machines/m',
      'per-machine/m/g/x/secret',
      'per-machine/m/g/x/users/ada',
    ]);
  });

  it('case 51: validation: stable, changed, stable, removed, stable', async () => {
    const of = (validation: string) =>
      `g = { ${validation} files.x = { }; script = ''${RANDOM} > $out/x''; };`;
    const made = await fleet({ m: of('') });
    const values: string[] = [];
    for (const validation of ['', 'validation = 1;', 'validation = { host = "x"; };', '']) {
      made.machine('m', of(validation));
      expect((await made.run(['verify'])).code).toBe(1);
      await generated(made, '--yes');
      expect(await generated(made)).toBe('Nothing to generate.\n');
      values.push(await value(made, 'm', 'g/x'));
    }
    expect(new Set(values).size).toBe(4);
    expect(existsSync(join(made.root, 'vars/per-machine/m/g/.validation-hash'))).toBe(false);
  });

  it('what is not committed on request is staged, so that git takes it away and back whole', async () => {
    const made = await fleet({ m: OTHER });
    const head = made.git('rev-parse', 'HEAD');
    await generated(made, '--no-commit');
    expect(made.git('rev-parse', 'HEAD')).toBe(head);
    const staged = made.git('status', '--porcelain');
    expect(staged).toContain('A  vars/per-machine/m/other/own/secret');
    expect(staged).toMatch(/^(A {2}.*\n)+$/);
    made.git('stash');
    expect(made.git('status', '--porcelain') + made.git('ls-files', 'vars')).toBe('');
    expect(existsSync(join(made.root, 'vars/per-machine/m/other'))).toBe(false);
    made.git('stash', 'pop', '--index');
    expect(made.git('status', '--porcelain')).toBe(staged);
    const { code } = await made.run(['generate', '-g', 'other', '--yes'], { env: { CLAN_NO_COMMIT: '1' } });
    expect([code, made.git('rev-parse', 'HEAD')]).toEqual([0, head]);
  });

  it('commits nothing but what it has written', async () => {
    const made = await fleet({ m: OTHER }, { more: { 'notes.txt': 'one\n' } });
    writeFileSync(join(made.root, 'notes.txt'), 'two\n');
    writeFileSync(join(made.root, 'staged.txt'), 'staged\n');
    writeFileSync(join(made.root, 'untracked.txt'), 'untracked\n');
    made.git('add', 'staged.txt');
    await generated(made);
    expect(made.git('status', '--porcelain')).toBe(' M notes.txt\nA  staged.txt\n?? untracked.txt\n');
  });

  it('works where there is no git', async () => {
    const made = await fleet({ m: OTHER });
    rmSync(join(made.root, '.git'), { recursive: true });
    await generated(made);
    expect(await value(made, 'm', 'other/own')).toMatch(/^[0-9a-f]{16}$/);
  });

  it('a script that takes too long is ended', async () => {
    const made = await fleet({ m: 'g = { files.x = { }; script = "sleep 600"; };' });
    const { code, stderr } = await made.run(['generate', '--timeout', '1']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('was ended after 1 seconds')]);
  });

  it('a script that writes too much is ended, or what it says too much is dropped: never half a secret is shown', async () => {
    const made = await fleet({
      m: `
      file = { files.x = { }; script = "head -c 17000000 /dev/zero > $out/x"; };
      said = {
        prompts.p = { };
        files.x = { };
        script = "head -c 16777203 /dev/zero; echo; echo first; cat $prompts/p; echo; echo last; false";
      };`,
    });
    writeFileSync(join(made.home, 'canary'), 'canary-in-two');
    const { stderr } = await made.run(['generate', '--prompt', `said/p=@${join(made.home, 'canary')}`]);
    expect(stderr).toContain(
      'Generator "file" (machine m) failed: it wrote more than 16 MiB into a file (exit code 153).',
    );
    expect(stderr).toContain('  first\n  (Output after 16 MiB was dropped.)\n');
    expect(stderr).not.toContain('cana');
  });

  it('Ctrl-C before anything runs changes nothing', async () => {
    const stop = new AbortController();
    stop.abort();
    const made = await fleet({ m: OTHER });
    const { code, stderr } = await made.run(['generate'], { signal: stop.signal });
    expect([code, stderr]).toEqual([1, expect.stringContaining('Cancelled. Nothing was changed.')]);
    expect(existsSync(join(made.root, 'vars'))).toBe(false);
  });

  it('a command that is not installed is named, with its package', async () => {
    const made = await fleet({
      m: 'g = { runtimeInputs = [ pkgs.radicle-node ]; files.x = { }; script = "rad self > $out/x"; };',
    });
    const { code, stderr } = await made.run(['generate']);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('Generator "g" uses the command "rad", which "radicle-node" brings in Nix'),
    ]);
  });

  it('only coreutils and declared packages are there', async () => {
    const made = await fleet({ m: 'g = { files.x = { }; script = "echo a | sed s/a/b/ > $out/x"; };' });
    const { stderr } = await made.run(['generate']);
    expect(stderr).toContain(
      'a command was not found (exit code 127). The programs of a script must be in runtimeInputs.',
    );
  });

  it('programs by their place in the Nix store are those of the packages', async () => {
    const made = await fleet({
      m: `g = { files.x.secret = false; script = ''echo '{"a":1}' | \${pkgs.jq}/bin/jq .a > $out/x''; };`,
    });
    await generated(made);
    expect(publicValue(made, 'per-machine/m/g/x')).toBe('1\n');
  });
});

describeIf(hasSandbox, 'who can read what', () => {
  const deployed = (deploy: boolean) =>
    `s = { share = true; files.x.deploy = ${deploy}; script = ''${RANDOM} > $out/x''; };`;
  const machinesOf = ({ root }: GeneratingFleet, file: string) =>
    Object.keys(contentsOf(join(root, 'vars', file)))
      .filter(path => path.startsWith('machines/'))
      .map(path => path.slice('machines/'.length))
      .sort();

  it('cases 12, 24 and 25: a machine that comes later gets what is shared, without making it anew', async () => {
    const made = await fleet({ b: deployed(true), idle: '' });
    await generated(made);
    const before = await value(made, 'b', 's/x');
    made.machine('a', deployed(true));
    expect((await made.run(['verify'])).stdout).toContain('shared/s/x is not for machine a');
    expect(await generated(made, '--machine', 'a')).toBe(
      'Access to shared/s brought up to date\nNothing to generate.\n',
    );
    expect(await value(made, 'a', 's/x')).toBe(before);
    expect(machinesOf(made, 'shared/s/x')).toEqual(['a', 'b']);
    expect(made.git('status', '--porcelain', 'vars', 'sops')).toBe('');
  });

  it.each(['activation', 'partitioning'])(
    'a machine that comes later gets access to what is needed for %s, as clan counts it',
    async phase => {
      const nix = `s = { share = true; files.x.neededFor = "${phase}"; script = ''${RANDOM} > $out/x''; };`;
      const made = await fleet({ b: nix });
      await generated(made);
      made.machine('a', nix);
      const verified = await made.run(['verify']);
      expect([verified.code, verified.stdout]).toEqual([
        1,
        expect.stringContaining('shared/s/x is not for machine a'),
      ]);
      expect((await made.run(['fix'])).code).toBe(0);
      expect(machinesOf(made, 'shared/s/x')).toEqual(['a', 'b']);
      expect((await made.run(['verify'])).stdout).toBe('All vars are present and valid.\n');
    },
  );

  it('commands that look take the names that generate takes, and say which they do not know', async () => {
    const made = await fleet({ a: deployed(true), b: `${deployed(true)} own.files.x = { };` });
    const { root } = made;
    expect((await made.run(['verify', '-g', 'per-machine/b/own'])).stdout).toBe(
      '✗ per-machine/b/own: x is missing.\n1 of 1 generator missing.\n',
    );
    expect((await made.run(['list', '-m', 'b', '-g', 'per-machine/b/own'])).stdout).toBe(
      'own/x: <not set>\n',
    );
    await generated(made, '-g', 's');
    rmSync(join(root, 'vars/shared/s/x/machines/b'));
    expect((await made.run(['fix', '-g', 'shared/s'])).stdout).toBe(
      'Access to shared/s brought up to date\n',
    );
    for (const command of ['plan', 'verify', 'fix', 'list', 'generate'])
      for (const [machine, generator] of [
        ['a', 'nope'],
        ['a', 'per-machine/b/own'],
      ] as const) {
        const { code, stdout, stderr } = await made.run([command, '-m', machine, '-g', generator]);
        expect([code, stdout + stderr]).toEqual([
          2,
          expect.stringContaining(`There is no generator "${generator}" on ${machine}. There are own and s.`),
        ]);
      }
  });

  it('case 12: verify changes nothing', async () => {
    const made = await fleet({ m: deployed(true) });
    await generated(made);
    const file = join(made.root, 'vars/shared/s/x/secret');
    const before = statSync(file).mtimeMs;
    expect((await made.run(['verify'])).stdout).toBe('All vars are present and valid.\n');
    expect(statSync(file).mtimeMs).toBe(before);
  });

  it('cases 12 and 19: what is not deployed is for no machine, and fix adds none', async () => {
    const made = await fleet({ m: deployed(false) });
    await generated(made);
    const head = made.git('rev-parse', 'HEAD');
    expect((await made.run(['fix'])).stdout).toBe('Nothing to fix.\n');
    expect([machinesOf(made, 'shared/s/x'), made.git('rev-parse', 'HEAD')]).toEqual([[], head]);
  });

  it.each(['generate', 'fix'])('cases 28 to 30: %s takes away what is no longer deployed', async command => {
    const made = await fleet({ a: deployed(true), b: deployed(true) });
    await generated(made);
    const before = await value(made, 'a', 's/x');
    made.machine('a', deployed(false));
    made.machine('b', deployed(false));
    made.git('commit', '-qam', 'off');
    expect((await made.run([command])).code).toBe(0);
    expect(machinesOf(made, 'shared/s/x')).toEqual([]);
    expect(await value(made, 'a', 's/x')).toBe(before);
    expect(made.git('status', '--porcelain')).toBe('');
  });

  it('case 23: what is made from something shared is equal on all machines', async () => {
    const made = await fleet({ a: `${SHARED}${DEPENDENT}`, b: `${SHARED}${DEPENDENT}`, idle: '' });
    const equal = async () => {
      const all = [];
      for (const machine of ['a', 'b']) all.push(await value(made, machine, 'dependent/copy'));
      all.push(await value(made, 'a', 'shared/key'));
      expect(new Set(all).size).toBe(1);
    };
    await generated(made, '--machine', 'a');
    await equal();
    await generated(made, '--machine', 'b', '--regenerate', '--yes');
    await equal();
    await generated(made, '--machine', 'a', '-g', 'shared', '--yes');
    await equal();
  });

  it('case 26: what becomes shared moves', async () => {
    const made = await fleet({ m: 'g = { files.x = { }; validation = 1; script = "echo > $out/x"; };' });
    await generated(made);
    made.machine('m', 'g = { share = true; validation = 1; files.x = { }; script = "echo > $out/x"; };');
    await generated(made);
    expect(
      Object.keys(contentsOf(join(made.root, 'vars')))
        .filter(path => /secret$|hash$/.test(path))
        .sort(),
    ).toEqual(['shared/g/.validation-hash', 'shared/g/x/secret']);
  });

  it('a machine that may declare a shared one unseen keeps it', async () => {
    const made = await fleet({ a: deployed(true), b: deployed(true) });
    await generated(made);
    const unseen = join(made.root, 'machines/b/configuration.nix');
    writeFileSync(unseen, '{ config, ... }: { imports = config.more; }');
    expect((await made.run(['verify'])).code).toBe(0);
    expect((await made.run(['fix'])).stdout).toBe('Nothing to fix.\n');
    await generated(made, '-g', 's', '--yes');
    expect(machinesOf(made, 'shared/s/x')).toEqual(['a', 'b']);
    // Where all is seen, it is certain that it is not to have it.
    writeFileSync(unseen, '{ }');
    expect((await made.run(['verify'])).stdout).toContain(
      'shared/s/x is for machine b, which should not have it',
    );
    expect((await made.run(['fix'])).code).toBe(0);
    expect(machinesOf(made, 'shared/s/x')).toEqual(['a']);
  });

  it('cases 31 and 32: setting a shared value keeps it for all, and the last one counts', async () => {
    const made = await fleet({ a: deployed(true), b: deployed(true) });
    for (const text of ['one', 'two']) {
      const { code, stdout } = await made.run(['set', 'b', 's/x'], { input: text });
      expect([code, stdout]).toEqual([0, 'Updated secret var s/x for machines: a, b\n']);
    }
    expect(await value(made, 'a', 's/x')).toBe('two');
    expect(machinesOf(made, 'shared/s/x')).toEqual(['a', 'b']);
    expect(made.git('log', '-1', '--format=%s')).toBe('vars: update s/x for machine b\n');
  });

  it('case 22: any bytes survive', async () => {
    const made = await fleet({ m: 'g.files.x = { }; g.files.open.secret = false;' });
    const bytes = Buffer.from(Array.from({ length: 16 * 1024 }, (_, i) => i % 256));
    const listed = async () => JSON.parse((await made.run(['list', '--json'])).stdout).vars[0];
    expect(await listed()).toMatchObject({ id: 'g/open', encoding: null, value: null });
    for (const id of ['g/x', 'g/open']) await made.run(['set', 'm', id], { input: bytes });
    for (const id of ['g/x', 'g/open']) {
      const { value: read, encoding } = JSON.parse((await made.run(['get', 'm', id, '--json'])).stdout);
      expect([encoding, Buffer.from(read, 'base64').equals(bytes)]).toEqual(['base64', true]);
    }
    expect(await listed()).toMatchObject({ encoding: 'base64', value: bytes.toString('base64') });
  });

  it('cases 11 and 17: default groups, a user that joins one, and a user with a new key', async () => {
    const made = await fleet({ m: OTHER });
    await generated(made);
    const { run, root } = made;
    const link = async (from: string, to: string) => {
      const { mkdirSync, symlinkSync } = await import('node:fs');
      mkdirSync(join(root, from, '..'), { recursive: true });
      symlinkSync(to, join(root, from));
    };
    await link('sops/groups/admins/users/ada', '../../../users/ada');
    writeFileSync(join(root, 'machines/m/default.nix'), '{ }');
    made.machine('m', OTHER);
    const file = join(root, 'machines/m/configuration.nix');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('{\n', '{\n  clan.core.sops.defaultGroups = [ "admins" ];\n'),
    );
    made.git('add', '-A');
    made.git('commit', '-qm', 'groups');
    expect((await run(['verify'])).stdout).toContain('is not for group admins');
    expect((await run(['fix'])).stdout).toBe('Access to per-machine/m/other brought up to date\n');
    expect(made.git('status', '--porcelain')).toBe('');

    const bob = join(root, '../bob');
    expect((await run(['keygen', '--user', 'bob'], { env: { HOME: bob } })).code).toBe(0);
    await link('sops/groups/admins/users/bob', '../../../users/bob');
    expect((await run(['get', 'm', 'other/own'], { env: { HOME: bob } })).stderr).toContain(
      'None of your keys',
    );
    expect((await run(['verify'])).stdout).toContain('is not encrypted to 1 of the keys that its links name');
    expect((await run(['fix'])).code).toBe(1);
    expect((await run(['fix', '--yes'])).code).toBe(0);
    expect((await run(['get', 'm', 'other/own'], { env: { HOME: bob } })).code).toBe(0);

    // A key is replaced: what is there is read with the new one, once somebody who can has given it access.
    const anew = { env: { HOME: join(root, '../bob-anew') } };
    expect((await run(['keygen', '--user', 'bob'], anew)).stderr).toContain('User bob has another key');
    expect((await run(['keygen', '--user', 'bob', '--force'], anew)).code).toBe(0);
    expect((await run(['get', 'm', 'other/own'], anew)).stderr).toContain('None of your keys');
    expect((await run(['fix', '--yes'])).stdout).toBe('Access to per-machine/m/other brought up to date\n');
    expect((await run(['get', 'm', 'other/own'], anew)).code).toBe(0);
    expect((await run(['get', 'm', 'other/own'], { env: { HOME: bob } })).code).toBe(1);
  });

  it('case 56: what is not asked for is not opened', async () => {
    const made = await fleet({ a: OTHER, b: OTHER });
    await generated(made);
    const file = join(made.root, 'vars/per-machine/b/other/own/secret');
    writeFileSync(file, readFileSync(file, 'utf8').replace('ENC[', 'ENX['));
    await generated(made, '--machine', 'a', '--regenerate', '--yes');
    expect(await value(made, 'a', 'other/own')).toMatch(/^[0-9a-f]{16}$/);
    const { code, stderr } = await made.run(['get', 'b', 'other/own']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('vars/per-machine/b/other/own/secret: ')]);
  });

  it('case 57: a role with more machines than its service takes stops every run', async () => {
    const flake = `{
  outputs = { self, clan-core, ... }:
    let clan = clan-core.lib.clan {
      inherit self;
      modules.mynet = {
        _class = "clan.service";
        manifest.constraints.roles.moon.maxMachines = 1;
        roles.moon = { };
      };
      inventory.instances.vpn = {
        module = { name = "mynet"; input = "self"; };
        roles.moon.machines = { a = { }; b = { }; };
      };
    }; in { inherit (clan.config) nixosConfigurations; };
}
`;
    const made = await fleet({ a: OTHER, b: OTHER, c: OTHER }, { more: { 'flake.nix': flake } });
    for (const command of ['plan', 'generate']) {
      const { code, stdout, stderr } = await made.run([command, '--machine', 'c']);
      expect(code).toBe(1);
      expect(stdout + stderr).toContain(
        'Role "moon" of service "mynet" is for 1 machine at most; instance "vpn" has 2: a, b.',
      );
    }
    expect(made.git('status', '--porcelain')).toBe('');
  });

  it('without a key nothing is written, and it is said where one was looked for', async () => {
    const made = await fleet({ m: OTHER }, { user: null });
    const { code, stderr } = await made.run(['generate']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('No age identity found. Looked in:')]);
    expect(made.git('status', '--porcelain')).toBe('');
  });

  it('without an author for commits nothing is asked, run or written, not even a key', async () => {
    const made = await fleet({ m: OTHER }, { user: null });
    const config = join(made.home, 'nobody');
    writeFileSync(config, '[user]\n\tuseConfigOnly = true\n');
    const env = { GIT_CONFIG_GLOBAL: config };
    const refused = [1, expect.stringContaining('Git needs your name and email address to commit.')];
    const keygen = await made.run(['keygen', '--user', 'ada', '--json'], { env });
    expect([keygen.code, keygen.stderr]).toEqual(refused);
    expect(JSON.parse(keygen.stdout)).toMatchObject({
      error: { kind: 'no-author', message: 'Git needs your name and email address to commit.' },
    });
    expect(existsSync(join(made.home, '.config/sops/age/keys.txt'))).toBe(false);

    expect((await made.run(['keygen', '--user', 'ada', '--no-commit'], { env })).code).toBe(0);
    const before = made.git('status', '--porcelain');
    const generate = await made.run(['generate'], { env });
    expect([generate.code, generate.stderr]).toEqual(refused);
    expect(generate.stderr).toContain('--no-commit');
    expect(generate.stderr).not.toContain('earlier run');
    expect(made.git('status', '--porcelain')).toBe(before);
    expect((await made.run(['generate', '--no-commit'], { env })).code).toBe(0);
  });

  it('a key that belongs to nobody cannot write', async () => {
    const made = await fleet({ m: OTHER });
    const other = join(made.root, '../other');
    await made.run(['keygen', '--user', 'zoe'], { env: { HOME: other } });
    rmSync(join(made.root, 'sops/users/zoe'), { recursive: true });
    const { code, stderr } = await made.run(['generate'], { env: { HOME: other } });
    expect([code, stderr]).toEqual([1, expect.stringContaining('None of your keys belongs to a user')]);
  });

  it('case 16: keygen makes a user, and finds a key that is there', async () => {
    const made = await fleet({}, { user: null });
    const first = await made.run(['keygen', '--user', 'ada', '--json']);
    const again = await made.run(['keygen', '--user', 'ada', '--json']);
    const path = join(made.home, '.config/sops/age/keys.txt');
    expect(JSON.parse(first.stdout)).toMatchObject({ written: path, user: 'ada', added: true });
    expect(JSON.parse(again.stdout)).toMatchObject({ written: null, added: false });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(made.git('log', '-1', '--format=%s')).toBe('secrets: add user ada\n');
    const other = await made.run(['keygen', '--user', 'ada'], { env: { HOME: join(made.root, '../other') } });
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('User ada has another key')]);
  });
});

describe('where there is no fleet', () => {
  it.each([
    ['plan'],
    ['generate'],
    ['list'],
    ['verify'],
    ['fix'],
    ['keygen'],
    ['get', 'm', 'g/x'],
    ['set', 'm', 'g/x'],
    ['try', 'g'],
  ])('case 58: %s says so', async (...args) => {
    const made = await fleet({}, { user: null });
    const { varsmith } = await import('../support.ts');
    const { code, stderr } = await varsmith(args, { cwd: '/', env: { HOME: made.home } });
    expect([code, stderr]).toEqual([2, expect.stringContaining('Name the folder of the fleet.')]);
  });
});
