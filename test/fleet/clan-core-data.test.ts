/**
 * The options of clan-core as data: whole, and the same as our own reading finds in a checkout. The checkout is named by
 * VARSMITH_CLAN_CORE and should be at the commit that the data names.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFleetBuilder } from '../../server/src/fleet/assembly/builder.ts';
import { CLAN_CORE_TIME, SERVICES } from '../../server/src/fleet/catalogue/catalogue-services.ts';
import { clanOptions, inventoryOptions, optionsOfService } from '../../server/src/fleet/options/clan-core.ts';
import services from '../../server/src/fleet/options/data/service-options.json' with { type: 'json' };
import { insideOf, treeAt, typeOf } from '../../server/src/modules/options/below.ts';
import type { OptionTree } from '../../server/src/modules/options/option.ts';
import { EMPTY } from '../../server/src/modules/options/tree.ts';
import { createParser } from '../../server/src/nix/parse/parse.ts';
import { createFiles } from '../../server/src/workspace/files/files.ts';

const checkout = process.env.VARSMITH_CLAN_CORE ?? '';
const isThere = checkout !== '' && existsSync(join(checkout, 'clanServices'));

/** The names of all options, those in groups with the group's. */
function names({ options }: OptionTree): string[] {
  return [...options]
    .flatMap(([name, below]) =>
      below.declared.length > 0 || below.open ? [name] : names(below).map(inner => `${name}.${inner}`),
    )
    .sort();
}

function optionsAt(tree: OptionTree, ...path: string[]): OptionTree {
  const found = treeAt(tree, path);
  return (found === null ? null : insideOf(found)?.tree) ?? EMPTY;
}

describe('the options of clan-core', () => {
  it('are of services and roles that the catalogue has', () => {
    for (const [name, { options, since }] of Object.entries(services.services)) {
      expect({ name, roles: Object.keys(options).sort() }).toEqual({
        name,
        roles: SERVICES.find(service => service.name === name)?.roles,
      });
      expect(since).toBeLessThanOrEqual(CLAN_CORE_TIME);
    }
    expect(optionsOfService('constructor')).toBeNull();
  });

  it('are found by their paths', () => {
    const { tree } = inventoryOptions();
    const typeAt = (...path: string[]) => typeOf(treeAt(tree, path) ?? EMPTY);
    expect(typeAt('machines', 'emily', 'machineClass')).toEqual({
      kind: 'enum',
      values: ['nixos', 'darwin'],
    });
    expect(typeAt('machines', 'emily', 'deploy', 'targetHost')).toMatchObject({
      kind: 'null-or',
      of: { kind: 'text', pattern: null },
    });
    expect(names(optionsAt(tree, 'instances', 'x', 'roles', 'y'))).toEqual([
      'extraModules',
      'machines',
      'settings',
      'tags',
    ]);
    expect(typeAt('tags', 'desk')).toMatchObject({ kind: 'list', of: { kind: 'text' } });
    expect(treeAt(tree, ['machines', 'emily', 'nothing'])).toBeNull();
    expect(typeOf(treeAt(clanOptions().tree, ['meta', 'name']) ?? EMPTY)).toMatchObject({
      pattern: '[a-zA-Z0-9_-]*',
    });
  });
});

// An extra: it needs a checkout that the project does not have.
if (isThere)
  it('are those that clan-core declares', async () => {
    const parser = await createParser();
    const files = createFiles({
      root: checkout,
      parse: text => parser.parse(text),
      excluded: () => false,
      search: true,
    });
    const fleet = createFleetBuilder(files, {
      isRegistryFile: () => false,
      isMatrixFile: () => false,
    }).build();
    let compared = 0;
    for (const { name, at, settings } of fleet.serviceModules) {
      if (at?.file !== `clanServices/${name}/flake-module.nix`) continue;
      for (const [role, { tree }] of settings()) {
        const known = optionsOfService(name)?.roles.get(role);
        if (known === undefined || tree.open) continue;
        expect({ name, role, options: names(tree) }).toEqual({ name, role, options: names(known) });
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(30);
  });
else console.info('Options are not compared with clan-core: VARSMITH_CLAN_CORE names no checkout.');
