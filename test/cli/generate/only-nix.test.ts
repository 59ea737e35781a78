/** Generators that Nix alone knows: what plans, verifications and graphs say of them. */
import { describe, expect, it } from 'vitest';
import { failing, generator, machine, printing, type StandIn, withNix } from '../../witness/stand-in.ts';
import { fleet } from '../generating-fleet.ts';

const ok = (value: unknown) => ({ ok: value });
const FILE = {
  ...{ secret: ok(true), deploy: ok(true), owner: ok('root'), group: ok('root'), mode: ok('0400') },
  neededFor: ok('services'),
};
const making = (name: string, more: object = {}) =>
  generator({ files: ok({ [name]: FILE }), script: ok(`echo made > $out/${name}`), ...more });

const BASE = 'base = { files.key = { }; script = "echo made > $out/key"; };';

/** @param declared the generators that the fleet declares on machine `m` */
async function withMachine(declared: string, told: string | null, more: StandIn = {}) {
  const made = await fleet({ m: declared });
  const { env } = withNix({ machines: { m: told ?? failing('error: no') }, ...more });
  const given = { env: { PATH: `${env.PATH}:${process.env.PATH}` } };
  return {
    made,
    run: (...args: string[]) => made.run([...args, '--nix'], given),
  };
}

describe('a generator of a module of another flake', () => {
  const told = printing(
    machine({ base: making('key'), foreign: making('token', { dependencies: ok(['base']) }) }),
  );

  it('is planned, run and verified like those of the fleet', async () => {
    const { made, run } = await withMachine(BASE, told);
    const plan = JSON.parse((await run('plan', '--json')).stdout);
    expect(plan.steps).toMatchObject([{ generator: 'base' }, { generator: 'foreign' }]);
    expect(plan.notes).toEqual([]);
    const before = JSON.parse((await run('verify', '--json')).stdout);
    expect(before.summary).toMatchObject({ generators: 2, missing: 2 });
    expect((await run('generate', '--no-sandbox')).code).toBe(0);
    expect((await run('verify')).stdout).toBe('All vars are present and valid.\n');
    expect(made.git('ls-files', 'vars')).toContain('vars/per-machine/m/foreign/token/');
  });

  it('is missing where all others are stored', async () => {
    const { made, run } = await withMachine(BASE, told);
    expect((await made.run(['generate', '--no-sandbox'])).code).toBe(0);
    expect((await made.run(['verify'])).code).toBe(0);
    const { code, stdout } = await run('verify');
    expect([code, stdout]).toEqual([1, expect.stringContaining('foreign')]);
  });

  it('is there where the fleet declares none', async () => {
    const { run } = await withMachine('', told);
    expect((await run('plan', '-g', 'foreign')).stdout).toMatch(/per-machine\/m\/foreign +missing: token/);
  });

  it('is in the graph and in the inspection, by its origin', async () => {
    const { run } = await withMachine(BASE, told);
    const { nodes, edges } = JSON.parse((await run('graph', '--format', 'json')).stdout);
    expect(nodes).toMatchObject([{ id: 'base' }, { id: 'foreign', origin: 'flake', machines: ['m'] }]);
    expect(edges).toMatchObject([{ from: 'base', to: 'foreign' }]);
    expect((await run('graph', '--format', 'svg')).stdout).toContain('of another flake');
    const { generators } = JSON.parse((await run('inspect', '--json')).stdout);
    expect(generators.find(({ name }: { name: string }) => name === 'foreign')).toMatchObject({
      ...{ catalogue: 'another flake', machines: ['m'], machinesComplete: true, definitions: [] },
    });
    expect((await run('inspect')).stdout).toContain('and 1 generator of other flakes');
  });

  it('is named with what Nix does not evaluate of it', async () => {
    const half = printing(
      machine({ base: making('key'), foreign: making('token', { script: { failed: true } }) }),
    );
    const { run } = await withMachine(BASE, half);
    const { code, stdout } = await run('plan');
    expect(code).toBe(1);
    expect(stdout).toContain(
      'problem: Generator "foreign" (machine m): Nix does not evaluate its script ("varsmith check --nix" shows why).',
    );
    expect(stdout).not.toMatch(/needs Nix|without Nix/);
  });
});

describe('other generators that only Nix knows', () => {
  it("are those of clan-core's core modules", async () => {
    const told = printing(machine({ base: making('key'), 'state-version': making('version') }));
    const { run } = await withMachine(BASE, told);
    const { steps } = JSON.parse((await run('plan', '--json')).stdout);
    expect(steps).toMatchObject([{ generator: 'base' }, { generator: 'state-version' }]);
    const { generators } = JSON.parse((await run('inspect', '--json')).stdout);
    expect(generators.find(({ name }: { name: string }) => name === 'state-version').catalogue).toBe(
      'clan-core',
    );
  });

  it('are those of which several computed names may be the one', async () => {
    const declared = `${BASE}
      "own-\${config.services.x.user}" = { files.key = { }; script = "echo made > $out/key"; };
    } // lib.genAttrs config.services.x.names (name: { files.key = { }; script = "echo made > $out/key"; }) // {`;
    const told = printing(
      machine({ base: making('key'), one: making('key'), 'own-user': making('key'), two: making('key') }),
    );
    const { run } = await withMachine(declared, told);
    const { steps } = JSON.parse((await run('plan', '--json')).stdout);
    expect(steps.map(({ generator }: { generator: string }) => generator)).toEqual([
      'base',
      'one',
      'own-user',
      'two',
    ]);
    const { generators } = JSON.parse((await run('inspect', '--json')).stdout);
    const own = generators.find(({ name }: { name: string }) => name === 'own-user');
    expect(own).toMatchObject({ machines: ['m'], completeness: 'full' });
    expect(own.catalogue).toBeUndefined();
    expect(own.definitions.length).toBeGreaterThan(0);
  });
});
