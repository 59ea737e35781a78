/** A fleet with services, tags and many machines: after any edits it is the one that a fresh build gives. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filesBelow } from '../fuzz/worlds.ts';
import { edit, FLEET, generator, IN_ONE_GO, NAMES } from './many-machines.ts';
import { REGISTRY } from './pipeline.ts';
import { fleetWorkspace, plainFleet } from './workspace.ts';

describe('a fleet of many machines', () => {
  it('is whole to begin with', () => {
    const { generators, machines } = fleetWorkspace(FLEET).fleet();
    expect(machines.map(machine => machine.name)).toEqual(NAMES);
    const owners = Object.fromEntries(generators.map(one => [one.name, one.machines?.join(' ')]));
    expect(owners).toMatchObject({
      'root-password': NAMES.join(' '),
      'backup-backup-bob': 'bob',
      mesh: 'ada bob cleo eve gil',
      web: 'ada cleo eve gil',
      app: NAMES.join(' '),
      'gamma-key': 'ada dan gil',
    });
    expect(generators.every(one => one.machinesComplete)).toBe(true);
  });

  it('ends, after any edits, where building from scratch ends', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(edit, fc.boolean()), { minLength: 1, maxLength: 6 }), edits => {
        const workspace = fleetWorkspace(FLEET);
        plainFleet(workspace.fleet());
        const texts: Record<string, string> = { ...FLEET };
        for (const [{ path, text }, isLookedAt] of edits) {
          workspace.write({ [path]: text });
          if (isLookedAt) plainFleet(workspace.fleet());
          if (text === null) delete texts[path];
          else texts[path] = text;
        }
        expect(plainFleet(workspace.fleet())).toEqual(plainFleet(fleetWorkspace(texts).fleet()));
      }),
      { numRuns: 15 },
    );
  });

  it('knows of a module that a machine imports anew, though it brings no generators', () => {
    const workspace = fleetWorkspace({ ...FLEET, 'modules/plain.nix': '{ }', 'modules/none.nix': '{ }' });
    const write = (module: string) =>
      workspace.write({ 'modules/tls.nix': `{ imports = [ ./${module}.nix ]; ${generator('tls')} }` });
    const files = () => workspace.fleet().modules.get('ada')?.files;
    write('none');
    expect(files()).toContain('modules/none.nix');
    write('plain');
    expect(files()).toContain('modules/plain.nix');
    expect(files()).not.toContain('modules/none.nix');
  });

  it.each([
    [
      'the registry',
      'lib/secret-registry.nix',
      'alpha = mk',
      'aleph = mkPromptedSecret { generator = "a"; envVar = "A"; };\n  alpha = mk',
    ],
    ['the matrix', 'lib/machine-env-matrix.nix', '"alpha"', '"beta" "alpha"'],
  ])('is after each letter typed into %s what building from scratch gives', (_, path, old, fresh) => {
    const workspace = fleetWorkspace(FLEET);
    workspace.fleet();
    const [before = '', after = ''] = (FLEET[path] as string).split(old, 2);
    for (let typed = 0; typed <= fresh.length; typed += 5) {
      const text = before + fresh.slice(0, typed) + old + after;
      workspace.write({ [path]: text });
      const now = plainFleet(workspace.fleet());
      expect(now).toEqual(plainFleet(fleetWorkspace({ ...FLEET, [path]: text }).fleet()));
    }
  });

  it('reads what machines make of one entry of the registry once', () => {
    const { units } = fleetWorkspace(FLEET).fleet();
    const bodies = NAMES.map(name =>
      units
        .get(`machines/${name}/configuration.nix`)
        ?.definitions.find(one => one.name === 'alpha-key')
        ?.body(),
    );
    expect(bodies).not.toContain(undefined);
    expect(new Set(bodies).size).toBe(1);
  });

  it.each([
    [
      'imports',
      '(import ./extra.nix entry)',
      'lib/extra.nix',
      'e: { script = "one"; }',
      'e: { script = "two"; }',
    ],
    ['imports as data', 'import ./extra.nix', 'lib/extra.nix', '{ script = "one"; }', '{ script = "two"; }'],
    ['reads', '{ script = builtins.readFile ./extra.txt; }', 'lib/extra.txt', 'one', 'two'],
    [
      'looks for',
      '{ script = if builtins.pathExists ./extra.nix then "two" else "one"; }',
      'lib/extra.nix',
      null,
      '{ }',
    ],
  ])(
    'makes of an entry what it comes to with a file that its function %s',
    (_, more, path, before, after) => {
      const vars = (FLEET['lib/vars-generators.nix'] as string).replace(
        'optional "runtimeInputs" entry',
        more,
      );
      const workspace = fleetWorkspace({
        ...FLEET,
        'lib/vars-generators.nix': vars,
        ...(before === null ? {} : { [path]: before }),
      });
      const script = () =>
        workspace
          .fleet()
          .generators.find(one => one.name === 'alpha-key')
          ?.definitions[0]?.body().script?.source?.text;
      expect(script()).toBe('one');
      workspace.write({ [path]: after });
      expect(script()).toBe('two');
      workspace.write({ [path]: before });
      expect(script()).toBe('one');
    },
  );

  it('finds what a module takes from the flake again, once a flake that was broken is mended', () => {
    const flake =
      '{ outputs = inputs@{ ... }: inputs.flake-parts.lib.mkFlake { inherit inputs; } { imports = [ ./lib.nix ./keys.nix ]; }; }';
    const texts = {
      'flake.nix': flake,
      'lib.nix': '{ flake.lib.mkToken = text: { script = "true"; files.key = { }; }; }',
      'keys.nix':
        '{ self, ... }: { flake.nixosModules.keys = { clan.core.vars.generators.token = self.lib.mkToken "x"; }; }',
    };
    const workspace = fleetWorkspace(texts);
    const read = () => workspace.fleet().generators.map(generator => generator.body().completeness);
    expect(read()).toEqual(['full']);
    workspace.write({ 'flake.nix': `broken ${flake}` });
    expect(read()).toEqual(['opaque']);
    workspace.write({ 'flake.nix': flake });
    expect(read()).toEqual(['full']);
  });

  it('says that arguments do not fit where the call is, after it has moved too', () => {
    const path = 'lib/vars-generators.nix';
    const texts = {
      'lib/secret-registry.nix': REGISTRY.replace(/^.*?:/, '{ other ? null }:'),
      [path]: IN_ONE_GO,
      'machines/ada/configuration.nix': `{ pkgs, ... }: {
  clan.core.vars.generators = import ../../lib/vars-generators.nix { keys = [ "alpha" ]; inherit pkgs; };
}`,
    };
    const workspace = fleetWorkspace(texts);
    const places = ({ fleet }: typeof workspace) =>
      fleet().notAnalysable.map(({ at }) => [at.file, at.start]);
    const before = places(workspace);
    expect(before).not.toEqual([]);
    const moved = { [path]: `\n${texts[path]}` };
    workspace.write(moved);
    expect(places(workspace)).toEqual(places(fleetWorkspace({ ...texts, ...moved })));
    expect(places(workspace)).not.toEqual(before);
  });

  it('reads contents that are for all machines without the platform of one', () => {
    const texts = filesBelow('test/oracle/fleets/platform-value');
    const workspace = fleetWorkspace(texts);
    const groups = () =>
      workspace.fleet().generators.flatMap(({ definitions }) => definitions[0]?.body().files[0]?.group);
    expect(groups()).toEqual([null, null]);
    workspace.write({ 'modules/g.nix': `${texts['modules/g.nix']}\n` });
    expect(groups()).toEqual([null, null]);
  });

  it('keeps the generators that an edit has nothing to do with', () => {
    const workspace = fleetWorkspace(FLEET);
    const before = new Map(workspace.fleet().generators.map(one => [one.name, one]));
    workspace.write({ 'machines/bob/own.nix': `{ ${generator('app', 'other')} ${generator('only-bob')} }` });
    const changed = workspace.fleet().generators.filter(one => before.get(one.name) !== one);
    expect(changed.map(one => one.name)).toEqual(['app', 'only-bob']);
  });
});
