/** inventory/missing-setting: a setting without a default is not set. */

import { certainMembers, memberSettings, roleMembers } from '../../../fleet/inventory/members.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Instance, Role } from '../../../fleet/model/services.ts';
import { missingIn } from '../../../modules/options/required.ts';
import type { Place } from '../../../nix/places.ts';
import { takenBy } from '../../facts/inventory/clan-mistakes.ts';
import { certainInstances, isDeployed } from '../../facts/inventory/named-in-roles.ts';
import { inBrackets } from '../../facts/wording.ts';
import type { Report, Rule } from '../../rule.ts';

export const missingSetting: Rule = {
  id: 'inventory/missing-setting',
  severity: 'warning',
  summary: 'A setting that has no default and no value',
  documentation: `\
The \`interface\` of a role declares an option without a default, and neither the role's \`settings\` nor those of the
machine give it a value. Evaluation of the machine fails as soon as the service reads it:
\`The option … was accessed but has no value defined\`.

Settings of the role, of its tags and of the machine are considered. Not reported for options below an \`enable\` that
is not true, of a service that completes settings itself (\`extendSettings\`), or where settings, roles or instances may
be set elsewhere. Of clan-core's services, only settings that they always read are counted, and only with the version
in \`flake.lock\` that they are known for.

Set it for the role, or for the machine; or give the option a default in the role's \`interface\`.

Source: clan-core, \`lib/inventory/distributed-service\`.`,
  examples: ({ BACKUP, FLAKE, LOCK }) => ({
    bad: [
      {
        title: 'A setting missing on one machine, and one missing on all',
        files: {
          'flake.nix': FLAKE,
          'flake.lock': LOCK,
          'clan.nix': `\
{
  modules.backup = ./services/backup.nix;
  inventory.machines.emily = { };
  inventory.machines.lea = { };
  inventory.instances = {
    home-backup = {
      module = { name = "backup"; input = "self"; };
      roles.client.machines.emily.settings.domain = "emily.example";
      roles.client.machines.lea = { };
      #                     ^^^ inventory/missing-setting: needs the setting "domain"
    };
    chat = {
      module.name = "matrix-synapse";
      roles.default.settings.acmeEmail = "me@example.org";
      roles.default.settings.server_tld = "example.org";
      roles.default.machines.emily = { };
      #                      ^^^^^ inventory/missing-setting: needs the setting "app_domain"
    };
  };
}
`,
          'services/backup.nix': BACKUP,
        },
      },
    ],
    good: [
      {
        title: 'Set for the role, for a machine, or by a default',
        files: {
          'flake.nix': FLAKE,
          'flake.lock': LOCK,
          'clan.nix': `\
{
  modules.backup = ./services/backup.nix;
  inventory.machines.emily = { };
  inventory.machines.lea = { };
  inventory.instances = {
    home-backup = {
      module = { name = "backup"; input = "self"; };
      roles.client.tags = [ "all" ];
      roles.client.settings.domain = "backup.example";
      roles.client.machines.lea.settings.keep = 3;
    };
    dyndns.roles.default.machines.emily.settings.server.enable = false;
  };
}
`,
          'services/backup.nix': BACKUP,
        },
      },
      {
        title: 'A service that completes its settings',
        files: {
          'flake.nix': FLAKE,
          'clan.nix': `\
{
  modules.backup = ./services/backup.nix;
  inventory.machines.emily = { };
  inventory.instances.home-backup = {
    module = { name = "backup"; input = "self"; };
    roles.client.machines.emily = { };
  };
}
`,
          'services/backup.nix': BACKUP.replace(
            '{ settings, ... }:',
            '{ extendSettings, ... }: let settings = extendSettings { domain = "x"; }; in',
          ),
        },
      },
    ],
  }),
  check: function* ({ fleet, sources }) {
    if (!fleet.inventory.complete) return;
    for (const instance of certainInstances(fleet)) {
      if (!instance.complete) continue;
      for (const role of instance.roles.values()) {
        const taken = takenBy(fleet, sources, instance, role.name);
        if (taken?.wantsAll !== true || !role.complete) continue;
        const lacking = lackingIn(fleet, role, setting => missingIn(taken.tree, setting));
        for (const [path, machines] of lacking) {
          const report = reportOf(fleet, instance, role, path, machines);
          if (report !== null) yield report;
        }
      }
    }
  },
};

/** Returns the settings that a role's machines lack, with the machines. */
function lackingIn(
  { inventory }: Fleet,
  role: Role,
  missing: (setting: ReturnType<Role['settings']>) => string[][],
): Map<string, string[]> {
  const machinesBySetting = new Map<string, string[]>();
  for (const machine of roleMembers(inventory, role) ?? certainMembers(inventory, role))
    for (const path of missing(memberSettings(inventory, role, machine))) {
      const name = path.join('.');
      machinesBySetting.set(name, [...(machinesBySetting.get(name) ?? []), machine]);
    }
  return machinesBySetting;
}

function reportOf(
  { inventory }: Fleet,
  instance: Instance,
  role: Role,
  setting: string,
  machines: readonly string[],
): Report | null {
  const isOfAll = roleMembers(inventory, role)?.length === machines.length && machines.length > 1;
  const member = isOfAll ? undefined : role.machines.find(machine => machines.includes(machine.name));
  const at: Place | null = member?.at ?? role.at;
  if (at === null || !isDeployed(at)) return null;
  return {
    at,
    message: `The role "${role.name}" of "${instance.name}" needs the setting "${setting}", which has no default and is not set${inBrackets(machines)}.`,
    machines,
  };
}
