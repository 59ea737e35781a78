/** inventory/unknown-tag: a role names a tag that no machine has. */

import { didYouMean, suggest } from '../../../edits/suggest.ts';
import { type Named, namedIn, replacement } from '../../facts/inventory/named-in-roles.ts';
import { quoted } from '../../facts/wording.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

/** Tags that clan assigns itself. */
const PREDEFINED: ReadonlySet<string> = new Set(['all', 'nixos', 'darwin']);

export const unknownTag: Rule = {
  id: 'inventory/unknown-tag',
  severity: 'warning',
  summary: 'A role names a tag that no machine has',
  documentation: `\
A role of an instance selects its members by a tag that no machine has: no machine lists it in
\`inventory.machines.<name>.tags\`, and \`inventory.tags\` does not assign it. The tags \`all\`, \`nixos\` and \`darwin\` are
built into clan and always exist.

Clan prints a warning among those of the evaluation and continues without members: no machine gets the service through
this tag, and nothing fails.

Correct the tag, assign it to a machine, or remove it. Nothing is reported while there may be machines or tags that
Varsmith cannot see, for example tags that a function computes from unknown values.

Source: clan-core, \`lib/inventory\` (\`resolveTags\`).`,
  examples: ({ FLAKE }) => ({
    bad: [
      {
        title: 'A misspelled tag',
        files: {
          'flake.nix': FLAKE,
          'clan.nix': `\
{
  inventory = {
    machines.emily.tags = [ "server" ];
    machines.lea = { };
    instances.sshd.roles.server.tags = [ "servers" ];
    #                                    ^^^^^^^^^ inventory/unknown-tag: No machine has the tag "servers"
  };
}
`,
        },
      },
      {
        title: 'A machine where a tag belongs',
        files: {
          'flake.nix': FLAKE,
          'clan.nix': `\
{
  inventory = {
    machines.emily = { };
    instances.sshd.roles.server.tags.emily = { };
    #                                ^^^^^ inventory/unknown-tag: a machine is called so
  };
}
`,
        },
      },
    ],
    good: [
      {
        title: 'Tags of machines, of `inventory.tags`, and of clan',
        files: {
          'flake.nix': FLAKE,
          'clan.nix': `\
{
  inventory = {
    machines.emily.tags = [ "server" ];
    machines.lea = { };
    tags = { config, ... }: {
      desk = [ "lea" ];
      quiet = builtins.filter (name: name != "emily") config.all;
    };
    instances.sshd.roles.server.tags = [ "server" "all" "darwin" "desk" "quiet" ];
  };
}
`,
        },
      },
      {
        title: 'Tags that are computed from what is not known',
        files: {
          'flake.nix': FLAKE,
          'clan.nix': `\
{ inputs, ... }:
{
  inventory = {
    machines.emily = { };
    tags = inputs.fleet.tags;
    instances.sshd.roles.server.tags = [ "servers" ];
  };
}
`,
        },
      },
    ],
  }),
  check: function* (context: CheckContext) {
    const { inventory } = context.fleet;
    const tags = new Set(inventory.tagNames);
    for (const named of namedIn(context.fleet, 'tags')) {
      const { name } = named.entry;
      if (tags.has(name) || PREDEFINED.has(name) || inventory.tagged(name)?.length !== 0) continue;
      yield reportOf(context, named);
    }
  },
};

function reportOf({ fleet, sources }: CheckContext, { instance, role, entry, at }: Named): Report {
  const { inventory } = fleet;
  const isMachine = inventory.machine(entry.name) !== null;
  const meant = isMachine ? null : suggest(entry.name, inventory.tagNames);
  const ownTags = inventory.tagNames.filter(name => !PREDEFINED.has(name));
  const has = ownTags.length === 0 ? '' : ` There are ${quoted(ownTags)}.`;
  const advice = isMachine
    ? ' But a machine is called so: did you mean `machines` instead of `tags`?'
    : meant === null
      ? has
      : didYouMean(meant);
  return {
    at,
    message: `No machine has the tag "${entry.name}", so it brings nobody into the role "${role.name}" of "${instance.name}".${advice}`,
    fixes: replacement(sources, at, entry.name, meant),
  };
}
