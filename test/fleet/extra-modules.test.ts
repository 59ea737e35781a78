// Modules that a role adds and nobody can evaluate: its machines may have any generator, so nothing is undefined or left over.

import { expect, it } from 'vitest';
import { judging } from '../checks/harness.ts';

const { check } = judging('use/undefined-generator', 'store/orphan-generator');

const fleet = (extraModules: string) => ({
  'flake.nix': `{
  outputs = { self, clan-core, other, ... }: clan-core.lib.clan {
    inherit self;
    inventory.machines.ash = { };
    machines.ash.imports = [ ./ash.nix ];
    inventory.instances.modules = {
      module.name = "importer";
      module.input = "clan-core";
      roles.default.tags.all = { };
      roles.default.extraModules = ${extraModules};
    };
  };
}
`,
  'ash.nix':
    '{ config, ... }: { environment.etc.t.source = config.clan.core.vars.generators.token.files.value.path; }\n',
  'vars/per-machine/ash/old/value/secret': '{}',
});

const rules = (extraModules: string) => check(fleet(extraModules)).findings.map(({ rule }) => rule);

it.each([
  'clan-core.inputs.nixpkgs.lib.attrValues other.nixosModules',
  '[ ] ++ other.list',
  '[ other.nixosModules.a ] ++ builtins.attrValues other.nixosModules',
])('%s', extraModules => {
  expect(rules(extraModules)).toEqual([]);
});

it('is certain where all of them are known', () => {
  expect(rules('[ ]')).toEqual(['use/undefined-generator', 'store/orphan-generator']);
});
