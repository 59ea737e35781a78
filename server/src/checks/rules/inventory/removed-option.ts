/** inventory/removed-option: a clan option that has been removed or renamed. */
import { editAt } from '../../../edits/text-edit.ts';
import type { RemovedUse } from '../../../fleet/model/machines.ts';
import { isOtherClanCore, lockedFrom } from '../../facts/inventory/clan-core-version.ts';
import { isDeployed } from '../../facts/inventory/named-in-roles.ts';
import type { CheckFiles, Fix, Report, Rule } from '../../rule.ts';

export const removedOption: Rule = {
  id: 'inventory/removed-option',
  severity: 'warning',
  summary: 'An option of clan that was removed or renamed',
  documentation: `\
Clan's options have changed over the years. Some were removed: \`inventory.services\` (replaced by instances; evaluation
ends with \`The \\\`inventory.services\\\` option has been removed\`), \`clan-core.clanModules\`, facts, and options of
\`clan.core\` such as \`clanName\` and \`secretsUploadDirectory\`. Code that still uses one fails as soon as it is
evaluated: immediately in a module of a machine, later in one that no machine imports today.

Others were renamed and still work, with a warning at each evaluation. They are reported as information, with a fix:
\`clanCore\`, \`clan.core.clanDir\`, \`clan.core.machineName\`, \`clan.networking\`.

Use what the message suggests. Not reported for an option that the clan-core in \`flake.lock\` still has, or where that
is a fork, which may have it.

Source: clan-core, \`nixosModules/clanCore\` and \`modules/inventoryClass\`.`,
  examples: ({ FLAKE, LOCK }) => ({
    bad: [
      {
        title: 'Services in the old style',
        files: {
          'flake.nix': FLAKE,
          'flake.lock': LOCK,
          'clan.nix': `\
{
  inventory.machines.emily = { };
  inventory.services.borgbackup.main.roles.client.machines = [ "emily" ];
  #         ^^^^^^^^ inventory/removed-option: Use an instance of a service
}
`,
        },
      },
      {
        title: 'Old names in a module of a machine',
        files: {
          'flake.nix': FLAKE,
          'flake.lock': LOCK,
          'clan.nix': '{\n  inventory.machines.emily = { };\n}\n',
          'machines/emily/configuration.nix': `\
{ config, inputs, ... }:
{
  imports = [ inputs.clan-core.clanModules.sshd ];
  #                            ^^^^^^^^^^^ inventory/removed-option: was removed
  environment.etc."clan".text = config.clan.core.machineName;
  #                                              ^^^^^^^^^^^ inventory/removed-option: is called \`clan.core.settings.machine.name\` now
}
`,
        },
      },
    ],
    good: [
      {
        title: 'Current names',
        files: {
          'flake.nix': FLAKE,
          'flake.lock': LOCK,
          'clan.nix': `\
{
  inventory.machines.emily = { };
  inventory.instances.sshd.roles.server.tags = [ "all" ];
}
`,
          'machines/emily/configuration.nix': `\
{ config, ... }:
{
  environment.etc."clan".text = config.clan.core.settings.machine.name;
  services.inventory.services.web = { };
}
`,
        },
      },
      {
        title: 'With a clan-core that still has the option',
        files: {
          'flake.nix': FLAKE,
          'flake.lock': LOCK.replace(/"lastModified": \d+/, '"lastModified": 1735689600'),
          'clan.nix': `\
{
  inventory.machines.emily = { };
  inventory.services.borgbackup.main.roles.client.machines = [ "emily" ];
}
`,
        },
      },
    ],
  }),
  check: function* ({ fleet, sources }) {
    if (!fleet.isClan) return;
    const uses = fleet.removed.filter(use => isDeployed(use.at));
    if (uses.length === 0 || isOtherClanCore(sources)) return;
    const time = lockedFrom(sources);
    for (const use of uses)
      if (time === null || time * 1000 >= Date.parse(use.option.date))
        yield reportOf(use, sources, time !== null);
  },
};

function reportOf({ option, at, isRead }: RemovedUse, sources: CheckFiles, sure: boolean): Report {
  const name = option.path.join('.');
  if (option.gone)
    return {
      at,
      // Setting a removed option always fails; reading one fails only when it is evaluated.
      ...(sure && option.path[0] === 'inventory' && !isRead ? { severity: 'error' as const } : {}),
      message: `\`${name}\` was removed from clan-core on ${option.date}. ${option.instead}`,
    };
  return {
    at,
    severity: 'info',
    message: `\`${name}\` is an old name that still works, but prints a warning at each evaluation. ${option.instead}`,
    fixes: renameFix({ option, at, isRead }, sources, sure),
  };
}

/** Returns the fix that uses the new name. It is a guess if the version of clan-core is not known. */
function renameFix({ option, at }: RemovedUse, sources: CheckFiles, sure: boolean): Fix[] {
  const written = sources.parse(at.file)?.text.slice(at.start, at.end);
  const { successor } = option;
  if (successor === null || written !== option.path.at(-1)) return [];
  return [
    {
      title: `Replace with "${successor}"`,
      edits: [editAt(at, successor)],
      preferred: true,
      ...(sure ? {} : { guess: true }),
    },
  ];
}
