/** Which machines an unknown part of a role or a tag may add: all others certainly are no members. */
import { describe, expect, it } from 'vitest';
import { catalogueGenerators } from '../../server/src/fleet/catalogue/catalogue.ts';
import { certainMembers, possibleMembers, roleMembers } from '../../server/src/fleet/inventory/members.ts';
import { clanOf, instanceOf } from './inventories.ts';

/** Makes `x` something unknown in an inventory. */
const WITH_X = 'let x = (builtins.getFlake "other").x; in';

const MACHINES = 'machines = { ada = { }; eva = { }; web-1 = { }; web-2 = { }; };';

/** The certain and the possible members of a role. */
function membersOf(role: string, rest = '', machines = MACHINES) {
  const fleet = clanOf(
    `${WITH_X} { ${machines} ${rest} instances.net = { module.name = "x"; roles.peer = ${role}; }; }`,
  );
  const peer = instanceOf(fleet, 'net').roles.get('peer');
  if (peer === undefined) throw new Error('there is no role');
  const { inventory } = fleet;
  const possible = possibleMembers(inventory, peer);
  expect(roleMembers(inventory, peer) === null).toBe(possible === null || possible.length > 0);
  return { certain: certainMembers(inventory, peer), possible };
}

describe('the machines of a role', () => {
  it.each([
    ['are all listed', '{ machines.ada = { }; }', ['ada'], []],
    [
      'may be more under a condition',
      '{ machines = { ada = { }; } // (if x then { eva = { }; } else { }); }',
      ['ada'],
      ['eva'],
    ],
    [
      'may be more by mkIf',
      '{ machines = lib.mkMerge [ { ada = { }; } (lib.mkIf x { eva = { }; }) ]; }',
      ['ada'],
      ['eva'],
    ],
    ['may be some of a list', '{ machines = builtins.filter x [ "ada" "eva" ]; }', [], ['ada', 'eva']],
    [
      'have a name with a hole',
      '{ machines = { ada = { }; "web-${x}" = { }; }; }',
      ['ada'],
      ['web-1', 'web-2'],
    ],
    [
      'have a name with a hole in a list',
      '{ machines = [ "ada" "web-${x}" ]; }',
      ['ada'],
      ['web-1', 'web-2'],
    ],
    [
      'are made of unknown names',
      '{ machines = lib.genAttrs (map (n: "web-${n}") x) (_: { }); }',
      [],
      ['web-1', 'web-2'],
    ],
    ['may be any', '{ machines = { ada = { }; } // x; }', ['ada'], null],
    ['may be any of an unknown list', '{ machines = [ "ada" ] ++ x; }', ['ada'], null],
    ['may be any where the role is not known', 'x', [], null],
    ['may be absent with their role', 'lib.mkIf x { machines.ada = { }; }', [], ['ada']],
  ])('%s', (_, role, certain, possible) => {
    expect(membersOf(role)).toEqual({ certain, possible });
  });
});

describe('the machines with a tag', () => {
  it.each([
    [
      'are a filter of known names',
      'tags = { config, ... }: { t = builtins.filter (n: n != "ada") config.nixos; };',
      ['eva', 'web-1', 'web-2'],
      [],
    ],
    ['may be some of known names', 'tags.t = builtins.filter x [ "ada" "eva" ];', [], ['ada', 'eva']],
    ['may be more', 'tags.t = [ "ada" ] ++ lib.optional x "eva";', ['ada'], ['eva']],
    ['may be any', 'tags.t = [ "ada" ] ++ x;', ['ada'], null],
    ['may be any where no tag is known', 'tags = x;', [], null],
  ])('%s', (_, tags, certain, possible) => {
    expect(membersOf('{ tags.t = { }; }', tags)).toEqual({ certain, possible });
  });

  it('may be those whose tags are not known', () => {
    const machines = 'machines = { ada.tags = [ "t" ]; eva.tags = x; ida = { }; };';
    expect(membersOf('{ tags.t = { }; }', '', machines)).toEqual({ certain: ['ada'], possible: ['eva'] });
    expect(membersOf('{ tags.other = { }; }', '', machines)).toEqual({ certain: [], possible: ['eva'] });
  });

  it('may be those that a tag with a hole in its name may mean', () => {
    const machines = 'machines = { ada.tags = [ "t-a" ]; eva.tags = [ "u" ]; };';
    expect(membersOf('{ tags = [ "t-${x}" ]; }', '', machines)).toEqual({ certain: [], possible: ['ada'] });
  });
});

describe('a generator of clan-core', () => {
  function usersOf(role: string) {
    const { inventory } = clanOf(
      `${WITH_X} { ${MACHINES} instances.u = { module.name = "users"; roles.default = { settings.user = "u"; } // ${role}; }; }`,
    );
    return catalogueGenerators(inventory, null)
      .filter(({ service }) => service === 'users')
      .map(({ machines, certain, machinesComplete }) => [
        machines?.join(' ') ?? null,
        certain,
        machinesComplete,
      ]);
  }

  it('is certain on known members, possible on others that are known, and on no more', () => {
    expect(usersOf('{ machines = { ada = { }; } // (if x then { eva = { }; } else { }); }')).toEqual([
      ['ada', true, true],
      ['eva', false, true],
    ]);
  });

  it('may be on any machine where the members may be any', () => {
    expect(usersOf('{ machines = [ "ada" ] ++ x; }')).toEqual([
      // What is not known may also add settings of a machine that is listed.
      ['ada', false, false],
      [null, false, false],
    ]);
  });

  it('is uncertain on a machine that may have more settings', () => {
    expect(usersOf('{ machines = { ada = { }; } // (if x then { ada.settings = x; } else { }); }')).toEqual([
      ['ada', false, true],
    ]);
  });
});
