/**
 * The options of clan-core as data: whole, and the same as our own reading finds in a checkout. The checkout is named by
 * VARSMITH_CLAN_CORE and should be at the commit that the data names.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFleetBuilder } from '../../server/src/fleet/builder.ts';
import { CLAN_CORE_COMMIT } from '../../server/src/fleet/catalogue.ts';
import { CLAN_CORE_TIME, SERVICES } from '../../server/src/fleet/catalogue-services.ts';
import { clanOptions, inventoryOptions, optionsOfService } from '../../server/src/fleet/clan-options.ts';
import { CLAN_OPTIONS_COMMIT, serviceData } from '../../server/src/fleet/clan-options-data.ts';
import {
  choicesOf,
  isGroup,
  type OptionGroup,
  type OptionLevel,
  optionAt,
} from '../../server/src/fleet/option-tree.ts';
import { createParser } from '../../server/src/nix/parser.ts';
import { createFiles } from '../../server/src/workspace/files.ts';

const checkout = process.env.VARSMITH_CLAN_CORE ?? '';
const isThere = checkout !== '' && existsSync(join(checkout, 'clanServices'));

/** The names of all options at a level, those in groups with the group's. */
function names(options: OptionGroup): string[] {
  return Object.entries(options)
    .flatMap(([name, node]) => (isGroup(node) ? names(node.group).map(inner => `${name}.${inner}`) : [name]))
    .sort();
}

describe('the options of clan-core', () => {
  it('are of the commit that the catalogue is of', () => {
    expect(CLAN_OPTIONS_COMMIT).toBe(CLAN_CORE_COMMIT);
  });

  it('are of services and roles that the catalogue has', () => {
    for (const [name, { options, since }] of Object.entries(serviceData())) {
      expect({ name, roles: Object.keys(options).sort() }).toEqual({
        name,
        roles: SERVICES.find(service => service.name === name)?.roles,
      });
      expect(since).toBeLessThanOrEqual(CLAN_CORE_TIME);
    }
    expect(optionsOfService('constructor')).toBeNull();
  });

  it('are found by their paths', () => {
    const { options } = inventoryOptions();
    const machineClass = optionAt(options, ['machines', 'emily', 'machineClass']);
    expect(choicesOf(machineClass?.type ?? null)).toEqual(['nixos', 'darwin']);
    expect(optionAt(options, ['machines', 'emily', 'deploy', 'targetHost'])?.type).toEqual({ nullOr: 'str' });
    expect(names(optionAt(options, ['instances', 'x', 'roles', 'y'])?.options ?? {})).toEqual([
      'extraModules',
      'machines',
      'settings',
      'tags',
    ]);
    expect(optionAt(options, ['tags', 'desk'])?.type).toEqual({ listOf: 'str' });
    expect(optionAt(options, ['machines', 'emily', 'nothing'])).toBeNull();
    expect(optionAt(clanOptions().options, ['meta', 'name'])?.node).not.toBeNull();
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
    const described = serviceData();
    let compared = 0;
    for (const { name, at, settings } of fleet.serviceModules) {
      if (at?.file !== `clanServices/${name}/flake-module.nix`) continue;
      for (const [role, { level }] of settings()) {
        const known: OptionLevel | undefined = described[name]?.options[role];
        if (known === undefined || level.freeform !== undefined) continue;
        expect({ name, role, options: names(level.options) }).toEqual({
          name,
          role,
          options: names(known.options),
        });
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(30);
  }, 60_000);
else console.info('Options are not compared with clan-core: VARSMITH_CLAN_CORE names no checkout.');
