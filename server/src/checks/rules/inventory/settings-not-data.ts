/** inventory/settings-not-data: settings of an instance contain values that clan cannot pass on as data. */
import type { Instance, NotData } from '../../../fleet/model/services.ts';
import { placeIdentity } from '../../../nix/places.ts';
import { certainInstances, isDeployed } from '../../facts/inventory/named-in-roles.ts';
import type { Report, Rule } from '../../rule.ts';

export const settingsNotData: Rule = {
  id: 'inventory/settings-not-data',
  severity: 'error',
  summary: 'Settings of an instance that are not plain data',
  documentation: `\
The \`settings\` of a role, and those of one machine or tag of it, are data: clan turns them into JSON before it hands
them to the service. Here they contain a function, use \`imports\`, or are not a set. Evaluation of every machine of the
clan ends with \`cannot convert a function to JSON\`, with
\`uniqueDeferredSerializableModule doesn't allow nested imports\`, or with \`is not of type\`.

This happens when a list of packages is given as a function (\`extraPackages = ps: [ … ]\`), or when settings that
several machines share are imported as a module.

Write values instead of functions. Share settings with \`let\` or \`import\`: \`settings = import ./backup-settings.nix;\`
with a set in that file. Put anything that must be a module into \`extraModules\` of the role.

Source: clan-core, \`lib/types\` (\`uniqueDeferredSerializableModule\`).`,
  examples: ({ FLAKE }) => ({
    bad: [
      {
        title: 'A function in settings, and settings that import',
        files: {
          'flake.nix': FLAKE,
          'emily.nix': '{ }\n',
          'clan.nix': `\
{
  inventory.machines.emily = { };
  inventory.machines.lea = { };
  inventory.instances.packages.roles.default = {
    settings.packages = ps: [ ps.git ];
    #                   ^^^^^^^^^^^^^^ inventory/settings-not-data: is a function
    machines.emily.settings = {
      imports = [ ./emily.nix ];
#     ^^^^^^^ inventory/settings-not-data: cannot import
    };
    machines.lea.settings = ./lea.nix;
    #                       ^^^^^^^^^ inventory/settings-not-data: no set
  };
}
`,
        },
      },
    ],
    good: [
      {
        title: 'Data, some of it from a file',
        files: {
          'flake.nix': FLAKE,
          'settings.nix': '{ lib }: { packages = lib.singleton "git"; }\n',
          'clan.nix': `\
{ lib, ... }:
{
  inventory.machines.emily = { };
  inventory.instances.packages.roles.default = {
    settings = import ./settings.nix { inherit lib; };
    machines.emily.settings.packages = lib.mkForce [ "hello" ];
    extraModules = [ ({ pkgs, ... }: { environment.systemPackages = [ pkgs.git ]; }) ];
  };
}
`,
        },
      },
    ],
  }),
  check: function* ({ fleet }) {
    const seen = new Set<string>();
    for (const instance of certainInstances(fleet))
      for (const [notData, of] of notDataOf(instance)) {
        if (seen.has(placeIdentity(notData.at)) || !isDeployed(notData.at)) continue;
        seen.add(placeIdentity(notData.at));
        yield reportOf(instance, notData, of);
      }
  },
};

/** Yields all values that are not data, each with a description of whose settings contain it. */
function* notDataOf(instance: Instance): Iterable<readonly [NotData, string]> {
  for (const role of instance.roles.values()) {
    for (const notData of role.notData()) yield [notData, `role "${role.name}"`];
    for (const machine of role.machines)
      for (const notData of machine.notData())
        yield [notData, `machine "${machine.name}" in the role "${role.name}"`];
    for (const tag of role.tags)
      for (const notData of tag.notData()) yield [notData, `tag "${tag.name}" in the role "${role.name}"`];
  }
}

function reportOf(instance: Instance, { kind, at, path }: NotData, of: string): Report {
  const whose = `the settings of the ${of} of "${instance.name}"`;
  const what =
    kind === 'imports'
      ? `Settings cannot import modules: ${whose} do.`
      : kind === 'other'
        ? `The value given as ${whose} is no set.`
        : path.length === 0
          ? `The value given as ${whose} is a function.`
          : `In ${whose}, \`${path.join('.')}\` is a function.`;
  const advice =
    kind === 'imports'
      ? 'Use `import` for the values, or put the module into `extraModules` of the role.'
      : 'Clan turns settings into JSON and fails for every machine: write plain values.';
  return { at, message: `${what} ${advice}` };
}
