/** inventory/unknown-machine: a role or the list of a tag names a machine that does not exist. */

import { didYouMean, suggest } from '../../../edits/suggest.ts';
import type { Sources } from '../../../edits/text-edit.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Place } from '../../../nix/places.ts';
import { placeIdentity } from '../../../nix/places.ts';
import { isDeployed, namedIn, replacement } from '../../facts/inventory/named-in-roles.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

export const unknownMachine: Rule = {
  id: 'inventory/unknown-machine',
  severity: 'warning',
  summary: 'A role or a tag names a machine that does not exist',
  documentation: `\
A role of an instance lists a machine, or \`inventory.tags\` lists one for a tag, and there is no machine of that
name: not in \`inventory.machines\`, not in \`clan.machines\`, and there is no folder for it in \`machines/\`.

Clan accepts such names silently. A misspelled machine does not get the service, and the others see a member that is
not there: services that look up what a member has published (a host key, an address) then fail for every machine.

Correct the name, remove the entry, or declare the machine. If a tag was meant, write \`tags.<name>\` instead of
\`machines.<name>\`. Nothing is reported while the workspace may have machines that Varsmith cannot see.

Source: clan-core, \`lib/inventory\` (\`resolveTags\`).`,
  examples: ({ FLAKE }) => ({
    bad: [
      {
        title: 'A misspelled machine',
        files: {
          'clan.nix': `\
{
  inventory = {
    machines = {
      emily = { };
      lea.tags = [ "server" ];
    };
    instances.sshd.roles.server.machines = {
      emily = { };
      laa = { };
#     ^^^ inventory/unknown-machine: There is no machine "laa"
    };
  };
}
`,
          'flake.nix': FLAKE,
        },
      },
      {
        title: 'A tag where a machine belongs',
        files: {
          'clan.nix': `\
{
  inventory = {
    machines = {
      emily = { };
      lea.tags = [ "server" ];
    };
    instances.admin.roles.default.machines.all = { };
    #                                      ^^^ inventory/unknown-machine: a tag is called so
  };
}
`,
          'flake.nix': FLAKE,
        },
      },
    ],
    good: [
      {
        title: 'Machines of the inventory, with a folder, and with a module',
        files: {
          'clan.nix': `\
{
  machines.ida = { };
  inventory = {
    machines = {
      emily = { };
      lea.tags = [ "server" ];
    };
    instances.sshd.roles.server.machines = {
      emily = { };
      ida = { };
      nora = { };
    };
  };
}
`,
          'flake.nix': FLAKE,
          'machines/nora/configuration.nix': '{ }\n',
        },
      },
    ],
  }),
  check: function* ({ fleet, sources }: CheckContext) {
    if (!fleet.machinesComplete) return;
    const machines = new Set(fleet.machines.map(machine => machine.name));
    for (const { instance, role, entry, at } of namedIn(fleet, 'machines'))
      if (!machines.has(entry.name))
        yield reportOf(fleet, sources, at, entry.name, `role "${role.name}" of "${instance.name}"`);
    const seen = new Set<string>();
    for (const { tag, machine, at } of fleet.inventory.tagLists) {
      if (machines.has(machine) || seen.has(placeIdentity(at)) || !isDeployed(at)) continue;
      seen.add(placeIdentity(at));
      yield reportOf(fleet, sources, at, machine, `tag "${tag}"`);
    }
  },
};

function reportOf(fleet: Fleet, sources: Sources, at: Place, name: string, where: string): Report {
  const asTag = asTagFix(fleet, sources, at, name);
  const names = fleet.machines.map(machine => machine.name);
  const meant = asTag === null ? suggest(name, names) : null;
  const advice =
    asTag !== null
      ? ' But a tag is called so: did you mean `tags` instead of `machines`?'
      : meant === null
        ? ' Remove it, or declare the machine.'
        : didYouMean(meant);
  return {
    at,
    message: `There is no machine "${name}", so this entry of the ${where} does nothing.${advice}`,
    fixes: asTag === null ? replacement(sources, at, name, meant) : [asTag],
  };
}

/** Returns the fix that changes `machines.all = …` to `tags.all = …`, or null. */
function asTagFix({ inventory }: Fleet, sources: Sources, at: Place, name: string): Fix | null {
  if (!inventory.tagNames.includes(name)) return null;
  const text = sources.parse(at.file)?.text.slice(0, at.start) ?? '';
  const written = /\bmachines(\s*\.\s*"?)$/.exec(text);
  if (written === null) return null;
  const start = written.index;
  const edit = { file: at.file, start, end: start + 'machines'.length, text: 'tags' };
  return { title: `Make it the tag "${name}"`, edits: [edit], preferred: true, guess: true };
}
