/** Generators that need Nix: their scripts as Nix evaluates them, with what it builds for them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failing, generator, machine, printing, type StandIn, withNix } from '../../witness/stand-in.ts';
import { fleet, type GeneratingFleet } from '../generating-fleet.ts';

const ok = (value: unknown) => ({ ok: value });
const HASH = 'k8a51ax83554c67g98xf3y751vjgjs7m';

/** A script that is made by a tool of the fleet's own, which only Nix can build. */
const MACHINE = `g = {
  files.x.secret = false;
  runtimeInputs = [ config.tools.helper ];
  script = "\${config.tools.ours}/bin/our-tool > $out/x; helper >> $out/x";
};`;

const FILE = { secret: ok(false), deploy: ok(true), owner: ok('root'), group: ok('root') };

interface Made {
  readonly made: GeneratingFleet;
  readonly env: Readonly<Record<string, string>>;
  readonly asked: () => string;
}

/** @param standIn what Nix does with the folder of the store */
async function withFleet(standIn: (store: string) => StandIn): Promise<Made> {
  const made = await fleet({ m: MACHINE });
  const store = join(made.home, '../store');
  const script = `${store}/${HASH}-our-tool/bin/our-tool > $out/x; helper >> $out/x`;
  const g = generator({
    files: ok({ x: { ...FILE, mode: ok('0400'), neededFor: ok('services') } }),
    script: ok(script),
    runtimeInputs: ok(['helper']),
  });
  const { env, home } = withNix({ machines: { m: printing(machine({ g })) }, ...standIn(store) });
  const PATH = `${env.PATH}:${process.env.PATH}`;
  return { made, env: { PATH }, asked: () => readFileSync(join(home, 'asked'), 'utf8') };
}

const partsIn = (store: string) =>
  printing({
    g: ok({
      outputs: [`/nix/store/${HASH}-our-tool.drv^out`, `/nix/store/${HASH}-helper.drv^bin`],
      packages: [{ name: 'helper', path: `${store}/${HASH}-helper` }],
    }),
  });

/** Shell that makes a program. */
const making = (path: string, says: string) =>
  `mkdir -p $(dirname ${path}); printf '#!/bin/sh\\necho ${says}\\n' > ${path}; chmod 755 ${path}`;

const building = (store: string) =>
  [
    making(`${store}/${HASH}-our-tool/bin/our-tool`, 'from our tool'),
    making(`${store}/${HASH}-helper/bin/helper`, 'from the helper'),
  ].join('\n');

const generate = ({ made, env }: Made, ...options: string[]) =>
  made.run(['generate', '--no-sandbox', '-g', 'g', ...options], { env });

describe('a script that only Nix knows', () => {
  const whole = (store: string) => ({ parts: partsIn(store), build: building(store) });

  it('runs as Nix evaluates it, with what Nix builds', async () => {
    const run = await withFleet(whole);
    const { code, stderr } = await generate(run, '--nix');
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    expect((await run.made.run(['get', 'm', 'g/x'])).stdout).toBe('from our tool\nfrom the helper\n');
    expect(run.asked()).toMatch(
      new RegExp(
        `^build --no-link --keep-going .* /nix/store/${HASH}-our-tool\\.drv\\^out /nix/store/${HASH}-helper\\.drv\\^bin$`,
        'm',
      ),
    );
  });

  it('is not built for a plan, which says nothing of it needing Nix', async () => {
    const run = await withFleet(whole);
    const { stdout, code } = await run.made.run(['plan', '-g', 'g', '--nix'], { env: run.env });
    expect([code, stdout]).toEqual([0, expect.not.stringContaining('needs Nix')]);
    expect(run.asked()).not.toMatch(/^build/m);
  });

  it('is planned and verified with the witness that vouches for it', async () => {
    const { made, env } = await withFleet(whole);
    const run = (...args: string[]) => made.run([...args, '--nix'], { env });
    const plan = JSON.parse((await run('plan', '-g', 'g', '--json')).stdout);
    expect(plan.steps).toMatchObject([{ generator: 'g', witness: 'confirmed' }]);
    const verified = JSON.parse((await run('verify', '-g', 'g', '--json')).stdout);
    expect(verified.states).toMatchObject([{ generator: 'g', witness: 'confirmed' }]);
    const { nodes } = JSON.parse((await run('graph', '-g', 'g', '--format', 'json')).stdout);
    expect(nodes).toMatchObject([{ id: 'g', nix: { witness: 'confirmed' } }]);
  });

  it('asks nothing of Nix without --nix', async () => {
    const run = await withFleet(whole);
    const { code, stdout, stderr } = await generate(run);
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain('needs Nix');
    expect(existsSync(join(run.made.home, '../store'))).toBe(false);
    expect(() => run.asked()).toThrow('ENOENT');
  });

  it('does not run where Nix cannot build it', async () => {
    const run = await withFleet(store => ({
      parts: partsIn(store),
      build: failing("error: builder for '/nix/store/x.drv' failed with exit code 1"),
    }));
    const { code, stderr } = await generate(run, '--nix');
    expect(code).not.toBe(0);
    expect(stderr).toMatch(
      /Generator "g" needs Nix for its script, and Nix could not build its dependencies/,
    );
    expect(stderr).toMatch(/builder for .* failed with exit code 1/);
  });

  it('does not run where its programs are missing all the same', async () => {
    const run = await withFleet(store => ({ parts: partsIn(store), build: 'true' }));
    const { code, stderr } = await generate(run, '--nix');
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/Generator "g" uses .*-our-tool, which is not built/);
  });

  it('does not run where Nix does not say what it is made of', async () => {
    const run = await withFleet(() => ({ parts: printing('nothing of the kind') }));
    const { code, stderr } = await generate(run, '--nix');
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/needs Nix for its script/);
  });
});
