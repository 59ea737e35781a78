/**
 * The services of the catalogue against clan-core itself: what our own model reads in a checkout. The checkout is
 * named by VARSMITH_CLAN_CORE and should be at the commit that the data names.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFleetBuilder } from '../../server/src/fleet/assembly/builder.ts';
import { CATALOGUE } from '../../server/src/fleet/catalogue/catalogue-data.ts';
import { FORMER_SERVICES, SERVICES } from '../../server/src/fleet/catalogue/catalogue-services.ts';
import { createParser } from '../../server/src/nix/parse/parse.ts';
import { createFiles } from '../../server/src/workspace/files/files.ts';

const checkout = process.env.VARSMITH_CLAN_CORE ?? '';
const isThere = checkout !== '' && existsSync(join(checkout, 'clanServices'));

/** Services by name, with those of their roles that are known. */
async function declaredServices(): Promise<Map<string, readonly string[]>> {
  const parser = await createParser();
  const files = createFiles({
    root: checkout,
    parse: text => parser.parse(text),
    excluded: () => false,
    search: true,
  });
  const fleet = createFleetBuilder(files, { isRegistryFile: () => false, isMatrixFile: () => false }).build();
  const found = new Map<string, readonly string[]>();
  for (const { name, at, roles } of fleet.serviceModules) {
    // Others are made up by tests, or second names of these.
    if (at?.file !== `clanServices/${name}/flake-module.nix`) continue;
    const { names, complete } = roles();
    if (complete) found.set(name, names);
  }
  return found;
}

// An extra: it needs a checkout that the project does not have.
if (!isThere)
  console.info('The services are not compared with clan-core: VARSMITH_CLAN_CORE names no checkout.');

describe('the services of the catalogue', () => {
  it('are named once, with roles that are named once', () => {
    const names = [...SERVICES, ...FORMER_SERVICES].map(service => service.name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, roles, formerRoles = [] } of SERVICES)
      expect({ name, roles: new Set([...roles, ...formerRoles]).size }).toEqual({
        name,
        roles: roles.length + formerRoles.length,
      });
  });

  it('are those whose generators the catalogue has', () => {
    const names = SERVICES.map(service => service.name);
    for (const { name, service, roles } of CATALOGUE) {
      if (service === null) continue;
      const own = SERVICES.find(one => one.name === service);
      expect({ name, known: names.includes(service) }).toEqual({ name, known: true });
      expect({ name, others: roles.filter(role => own?.roles.includes(role) !== true) }).toEqual({
        name,
        others: [],
      });
    }
  });

  if (isThere)
    it('are those of clan-core', async () => {
      const declared = await declaredServices();
      expect(Object.fromEntries(declared)).toEqual(
        Object.fromEntries(SERVICES.map(service => [service.name, service.roles])),
      );
    });
});
