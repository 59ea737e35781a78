/** inventory/unknown-role: the service of an instance does not have this role. */

import { didYouMean, suggest } from '../../../edits/suggest.ts';
import { CLAN_CORE_TIME, SERVICES } from '../../../fleet/catalogue/catalogue-services.ts';
import type { Instance, Role } from '../../../fleet/model/services.ts';
import { placeIdentity } from '../../../nix/places.ts';
import { sortedUnique } from '../../../std.ts';
import { hasServiceOfClanCore, isCatalogued } from '../../facts/inventory/clan-core-version.ts';
import { certainInstances, isDeployed, replacement } from '../../facts/inventory/named-in-roles.ts';
import { quoted } from '../../facts/wording.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

const SERVICE = `\
{
  _class = "clan.service";
  manifest.name = "backup";
  roles.client = { };
  roles.target = { };
}
`;

export const unknownRole: Rule = {
  id: 'inventory/unknown-role',
  severity: 'error',
  summary: 'A role that the service of the instance does not have',
  documentation: `\
An instance of a service puts machines into a role that the service module does not define. Evaluation of every machine
of the clan then ends with \`Instance: 'instances.…' uses the following roles: […] But the clan-service module '…' only
defines roles: […]\`.

The roles of services of this repository are read from their modules. Those of clan-core's own services are known as
of one commit: where \`flake.lock\` names a newer clan-core, or none, only a misspelling of an existing role (\`serevr\`)
is reported, as a warning.

Correct the name of the role, or check that \`module.name\` is the service you mean.

Source: clan-core, \`lib/inventory/distributed-service\`.`,
  examples: ({ FLAKE, LOCK }) => ({
    bad: [
      {
        title: 'A role that a service of clan-core does not have',
        files: {
          'flake.nix': FLAKE,
          'flake.lock': LOCK,
          'clan.nix': `\
{
  inventory.machines.emily = { };
  inventory.instances.sshd = {
    roles.default.tags = [ "all" ];
    #     ^^^^^^^ inventory/unknown-role: has no role "default"; it has "client" and "server"
  };
}
`,
        },
      },
      {
        title: 'A misspelled role of a service of this repository',
        files: {
          'flake.nix': FLAKE,
          'clan.nix': `\
{
  modules.backup = ./services/backup.nix;
  inventory.machines.emily = { };
  inventory.instances.home-backup = {
    module = { name = "backup"; input = "self"; };
    roles.targets.machines.emily = { };
    #     ^^^^^^^ inventory/unknown-role: Did you mean "target"?
  };
}
`,
          'services/backup.nix': SERVICE,
        },
      },
    ],
    good: [
      {
        title: 'Roles that there are',
        files: {
          'flake.nix': FLAKE,
          'flake.lock': LOCK,
          'clan.nix': `\
{
  modules.backup = ./services/backup.nix;
  inventory.machines.emily = { };
  inventory.instances = {
    sshd.roles.server.tags = [ "all" ];
    home-backup = {
      module = { name = "backup"; input = "self"; };
      roles.target.machines.emily = { };
    };
  };
}
`,
          'services/backup.nix': SERVICE,
        },
      },
      {
        title: 'A service that may define more roles',
        files: {
          'flake.nix': FLAKE,
          'clan.nix': `\
{
  modules.backup = ./services/backup.nix;
  inventory.machines.emily = { };
  inventory.instances.home-backup = {
    module = { name = "backup"; input = "self"; };
    roles.keeper.machines.emily = { };
  };
}
`,
          'services/backup.nix': `\
{ inputs, ... }:
{
  imports = [ inputs.backup.service ];
  roles.client = { };
}
`,
        },
      },
    ],
  }),
  check: function* (context) {
    const { fleet, sources } = context;
    const seen = new Set<string>();
    const catalogued = isCatalogued(sources);
    for (const instance of certainInstances(fleet)) {
      const roles = rolesOf(context, instance);
      if (roles === null) continue;
      for (const role of instance.roles.values()) {
        const { at } = role;
        if (at === null || roles.current.includes(role.name) || roles.former.includes(role.name)) continue;
        if (seen.has(placeIdentity(at)) || !isDeployed(at)) continue;
        const sure = !roles.isCatalogue || catalogued;
        // A newer clan-core may have more roles, but a misspelling of an existing one is still a mistake.
        if (!sure && suggest(role.name, roles.current) === null) continue;
        seen.add(placeIdentity(at));
        yield reportOf(context, instance, role, roles, sure);
      }
    }
  },
};

interface KnownRoles {
  readonly current: readonly string[];
  /** Roles of older versions of clan-core. */
  readonly former: readonly string[];
  readonly isCatalogue: boolean;
}

/** Returns the roles of an instance's service, or null if not all are known. */
function rolesOf(
  { fleet: { serviceModules }, sources }: CheckContext,
  instance: Instance,
): KnownRoles | null {
  const { name, input } = instance.module;
  if (name === null) return null;
  if (input === 'self') {
    const modules = serviceModules.filter(module => module.name === name).map(module => module.roles());
    if (modules.length === 0 || modules.some(module => !module.complete)) return null;
    const current = sortedUnique(modules.flatMap(module => module.names));
    return { current, former: [], isCatalogue: false };
  }
  const service =
    hasServiceOfClanCore(sources, instance) === true
      ? SERVICES.find(catalogueService => catalogueService.name === name)
      : undefined;
  if (service === undefined) return null;
  return { current: service.roles, former: service.formerRoles ?? [], isCatalogue: true };
}

function reportOf(
  { sources }: CheckContext,
  { module }: Instance,
  role: Role,
  { current }: KnownRoles,
  sure: boolean,
): Report {
  const at = role.at as NonNullable<Role['at']>;
  const meant = suggest(role.name, current) ?? (current.length === 1 ? (current[0] as string) : null);
  const has = current.length === 0 ? 'it has none' : `it has ${quoted(current, 6)}`;
  const rest = sure
    ? '. With it, no machine of the clan evaluates.'
    : ` as of ${new Date(CLAN_CORE_TIME * 1000).toISOString().slice(0, 10)}.`;
  return {
    at,
    ...(sure ? {} : { severity: 'warning' as const }),
    message: `The service "${module.name}" has no role "${role.name}"; ${has}${rest}${didYouMean(meant)}`,
    fixes: replacement(sources, at, role.name, meant),
  };
}
