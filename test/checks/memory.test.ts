/** What is kept from one run to the next: after any edits the findings are those of a run that knows nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derived, derivedIndex } from '../../server/src/checks/memory/derived.ts';
import { beginRun, createMemory, currentRun } from '../../server/src/checks/memory/memory.ts';
import { inUnits, perUnit } from '../../server/src/checks/memory/per-unit.ts';
import { watching } from '../../server/src/checks/memory/watched.ts';
import type { CheckContext, Finding } from '../../server/src/checks/rule.ts';
import { query } from '../../server/src/query/database.ts';
import { finish } from '../../server/src/query/steps.ts';
import { readContents } from '../../server/src/store/vars/read.ts';
import { edit, FLEET } from '../fleet/many-machines.ts';
import { fleetWorkspace } from '../fleet/workspace.ts';
import { textChange } from '../fuzz/mutations.ts';
import { exampleWorlds } from '../fuzz/worlds.ts';
import { runs } from '../support/runs.ts';
import { check, living, type Texts } from './harness.ts';

describe('findings after edits', () => {
  it('are those of a fresh run, in a fleet of many machines', () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 8 }), edits => {
        const world = living(FLEET);
        world.findings();
        const texts: Record<string, string> = { ...FLEET };
        for (const { path, text } of edits) {
          world.write({ [path]: text });
          if (text === null) delete texts[path];
          else texts[path] = text;
          expect(world.findings()).toEqual(check(texts).findings);
        }
      }),
      { numRuns: 8 },
    );
  });

  it('are those of a fresh run, in the examples of all rules', () => {
    const worlds = exampleWorlds.filter(({ files }) => pathsIn(files).length > 0);
    const change = fc.tuple(fc.nat(), textChange);
    const changes = fc.array(change, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.constantFrom(...worlds), changes, ({ files, ...example }, edits) => {
        const world = living(files, example);
        world.findings();
        const paths = pathsIn(files);
        const fresh = (texts: Texts) => check(texts, example).findings;
        for (const [number, change] of edits) {
          const path = paths[number % paths.length] as string;
          const text = files[path] as string;
          world.write({ [path]: change(text) });
          expect(world.findings()).toEqual(fresh({ ...files, [path]: change(text) }));
          // It is as it was: then the findings come back.
          world.write({ [path]: text });
          expect(world.findings()).toEqual(fresh(files));
        }
      }),
      { numRuns: runs(40) },
    );
  });
});

describe('what one function writes for many generators', () => {
  const file = 'modules/keys.nix';
  const MENDED = `let
  make = name: { files.key = { }; script = ''echo \${name} > "$out/key"''; };
in
{ clan.core.vars.generators = { a = make "a"; b = make "b"; }; }
`;
  const MISTAKEN = MENDED.replace('$out/', '${out}/');
  const LONGER = MISTAKEN.replace('let\n', 'let # longer\n');
  const places = (findings: readonly Finding[]) =>
    findings.filter(({ rule }) => rule === 'generator/nix-interpolation').map(({ at }) => at.start);

  it('is found once, anew where it has moved to, and no longer when it is mended', () => {
    const world = living({ [file]: MISTAKEN });
    const isFound = (text: string) => [text.indexOf('${out}')];
    expect(places(world.findings())).toEqual(isFound(MISTAKEN));
    world.write({ [file]: LONGER });
    expect(places(world.findings())).toEqual(isFound(LONGER));
    world.write({ [file]: MENDED });
    expect(places(world.findings())).toEqual([]);
    world.write({ [file]: MISTAKEN });
    expect(places(world.findings())).toEqual(isFound(MISTAKEN));
  });
});

describe('a fix', () => {
  it('goes by the text around the generator, though the generator is as it was', () => {
    const file = 'machines/lea/configuration.nix';
    const text = `{ pkgs, ... }:
{
  clan.core.vars.generators.key = {
    files.key = { };
    script = ''openssl rand -base64 32 > "$out/key"'';
  };
}
`;
    const world = living({ [file]: text });
    const fixes = () =>
      world
        .findings()
        .flatMap(({ rule, fixes: list }) => (rule === 'generator/missing-tool' ? [list.length] : []));
    expect(fixes()).toEqual([1]);
    world.write({ [file]: text.replace('pkgs', 'path') });
    expect(fixes()).toEqual([0]);
    world.write({ [file]: text });
    expect(fixes()).toEqual([1]);
  });
});

function pathsIn(files: Texts): string[] {
  return Object.keys(files).filter(path => path.endsWith('.nix'));
}

describe('what is derived from a fleet', () => {
  const texts = {
    'modules/a.nix': '{ clan.core.vars.generators.a = { files.key = { }; script = "true"; }; }\n',
    'modules/b.nix': '{ config, ... }: { x = config.clan.core.vars.generators.a.files.key.path; }\n',
    'modules/c.nix': '{ clan.core.vars.generators.c = { files.key = { }; script = "true"; }; }\n',
  };

  type Look = (context: CheckContext) => void;

  /** Runs over the fleet after each edit; what is computed in them is told. */
  function rounds() {
    const workspace = fleetWorkspace(texts);
    const memory = createMemory();
    let changed: string[] | null = null;
    const looked = query<Look, void>('look', (database, look) => look(currentRun(database).watched));
    return (look: Look, edit: Readonly<Record<string, string>> = {}) => {
      workspace.write(edit);
      changed = changed === null ? null : Object.keys(edit);
      const { files } = workspace;
      const given = {
        fleet: workspace.fleet(),
        sources: files,
        stored: () => readContents(files, { backend: null }),
      };
      const run = finish(beginRun(memory, given, changed, watching));
      changed = [];
      looked(run.memory.database, look);
    };
  }

  it('is computed again only if what it reads has changed', () => {
    const told: string[] = [];
    const names = derived(({ generators }) => {
      told.push('names');
      return generators.map(({ name }) => name);
    });
    const round = rounds();
    const look = ({ fleet }: CheckContext) => void told.push(names(fleet).join());
    round(look);
    round(look, { 'modules/b.nix': '{ }\n' });
    expect(told).toEqual(['names', 'a,c']);
    round(look, { 'modules/c.nix': '{ }\n' });
    expect(told).toEqual(['names', 'a,c', 'names', 'a']);
  });

  it('stands for who asked for one name, whatever becomes of others', () => {
    const byName = derivedIndex(
      ({ generators }) => new Map(generators.map(one => [one.name, [one] as const])),
    );
    const told: string[] = [];
    const look = ({ fleet }: CheckContext) => void told.push(byName(fleet).get('a')?.[0]?.name ?? 'none');
    const round = rounds();
    round(look);
    round(look, { 'modules/c.nix': '{ }\n' });
    expect(told).toEqual(['a']);
    round(look, { 'modules/a.nix': '{ }\n' });
    expect(told).toEqual(['a', 'none']);
  });

  it('is looked for in the units that have changed, and in those that read what has', () => {
    const told: string[] = [];
    const uses = perUnit(function* (unit, { fleet, sources }) {
      told.push(unit.file);
      if (unit.uses.length > 0) yield fleet.generators.length;
      sources.text('modules/a.nix');
    });
    const definitions = inUnits(unit => unit.definitions.map(({ name }) => name));
    const found: unknown[] = [];
    const look = (context: CheckContext) =>
      void found.push([...uses(context), ...definitions(context.fleet)].sort());
    const round = rounds();
    round(look);
    expect(told.splice(0)).toEqual(['modules/a.nix', 'modules/b.nix', 'modules/c.nix']);
    round(look, {
      'modules/c.nix': '{ clan.core.vars.generators.d = { files.key = { }; script = "true"; }; }\n',
    });
    // b read how many generators there are: their list is another one now.
    expect(told.splice(0)).toEqual(['modules/b.nix', 'modules/c.nix']);
    round(look, { 'modules/a.nix': `# More.\n${texts['modules/a.nix']}` });
    expect(told.splice(0).sort()).toEqual(['modules/a.nix', 'modules/b.nix', 'modules/c.nix']);
    expect(found).toEqual([
      [2, 'a', 'c'],
      [2, 'a', 'd'],
    ]);
  });

  it('is computed again if the folder of the clan is another one', () => {
    const told: (string | null)[] = [];
    const round = rounds();
    const look = ({ fleet }: CheckContext) => void told.push(fleet.directory);
    const flake = (directory: string) =>
      `{ outputs = { clan-core, self, ... }: { clan = clan-core.lib.clan { inherit self; ${directory} }; }; }\n`;
    round(look);
    round(look, { 'flake.nix': flake('') });
    round(look, { 'flake.nix': flake('directory = ./infra;') });
    expect(told).toEqual(['', 'infra']);
  });

  it('is all of the fleet: no part of it is hidden from rules', () => {
    const memory = createMemory();
    const { fleet, files } = check(texts);
    const given = { fleet, sources: files, stored: () => readContents(files, { backend: null }) };
    const { watched } = finish(beginRun(memory, given, null, watching));
    expect(Object.keys(watched.fleet).sort()).toEqual(Object.keys(fleet).sort());
  });

  it('is computed for a fleet of which no rule has heard, too', () => {
    const { fleet } = check(texts);
    const names = derived(({ generators }) => generators.map(({ name }) => name));
    expect(names({ ...fleet })).toEqual(['a', 'c']);
  });
});
