/** inventory/unknown-option: an option does not exist in a clan or its inventory. */

import { didYouMean } from '../../../edits/suggest.ts';
import { namesToWrite } from '../../../modules/options/below.ts';
import { type ClanMistake, clanMistakes } from '../../facts/inventory/clan-mistakes.ts';
import { likelyName } from '../../facts/inventory/known-options.ts';
import { replacement } from '../../facts/inventory/named-in-roles.ts';
import { quoted } from '../../facts/wording.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const unknownOption: Rule = {
  id: 'inventory/unknown-option',
  severity: 'error',
  summary: 'An option that a clan or its inventory does not have',
  documentation: `\
The options of a clan, of its inventory and of what is in it (machines, instances, roles, \`meta\`) are a closed set.
With any other name, no machine of the clan evaluates: \`The option … does not exist\`.

Only \`settings\` and \`extraModules\` of a role depend on the service, and \`tags\` may have any names.

The options are known as of one commit of clan-core and for earlier versions. Where \`flake.lock\` names a newer
clan-core, or a fork, only a misspelling of an existing name (\`deploi\`) is reported, as a warning. Without
\`flake.lock\` everything is a warning. Where modules of the clan declare options of their own, or may do so because
they are not known, only typos are reported.

Source: clan-core, \`modules/clan\` and \`modules/inventoryClass\`.`,
  examples: ({ FLAKE, LOCK }) => ({
    bad: [
      {
        title: 'Misspelled names at all depths',
        files: {
          'flake.nix': FLAKE,
          'flake.lock': LOCK,
          'clan.nix': `\
{
  meta.nam = "home";
  #    ^^^ inventory/unknown-option: \`meta\` has no option "nam"
  inventory = {
    machines.emily = {
      deploy.targetHosst = "root@emily";
      #      ^^^^^^^^^^^ inventory/unknown-option: Did you mean "targetHost"?
      class = "nixos";
    # ^^^^^ inventory/unknown-option: \`inventory.machines.emily\` has no option "class"
    };
    tagz.server = [ "emily" ];
  # ^^^^ inventory/unknown-option: Did you mean "tags"?
    instances.sshd = {
      modul.name = "sshd";
    # ^^^^^ inventory/unknown-option: Did you mean "module"?
      roles.server.machine.emily = { };
      #            ^^^^^^^ inventory/unknown-option: Did you mean "machines"?
    };
  };
}
`,
        },
      },
    ],
    good: [
      {
        title: 'Valid options',
        files: {
          'flake.nix': FLAKE,
          'flake.lock': LOCK,
          'clan.nix': `\
{ lib, ... }:
{
  meta = { name = "home"; domain = "home.example"; };
  specialArgs = { };
  inventory = {
    machines.emily = {
      name = "emily";
      description = "A server";
      machineClass = "nixos";
      tags = [ "server" ];
      deploy = { targetHost = "root@emily"; buildHost = null; forwardAgent = false; };
    };
    tags = { config, ... }: { quiet = builtins.filter (name: name != "emily") config.all; };
    instances.sshd = {
      module = { name = "sshd"; input = "clan-core"; };
      roles.server = {
        machines.emily.settings = { };
        tags = [ "server" ];
        settings.authorizedKeys = { };
        extraModules = [ ];
      };
    };
  };
}
`,
        },
      },
      {
        title: 'A newer clan-core may have more',
        files: {
          'flake.nix': FLAKE,
          'flake.lock': LOCK.replace(/"lastModified": \d+/, '"lastModified": 4102444800'),
          'clan.nix': `\
{
  inventory.machines.emily.location = "attic";
}
`,
        },
      },
    ],
  }),
  check: function* (context) {
    for (const clanMistake of clanMistakes(context)) {
      const report = reportOf(context, clanMistake);
      if (report !== null) yield report;
    }
  },
};

function reportOf({ sources }: CheckContext, { mistake, severity, below }: ClanMistake): Report | null {
  if (mistake.kind !== 'unknown') return null;
  const name = mistake.path.at(-1) ?? '';
  const meant = likelyName(mistake);
  const whose = below === '' ? 'A clan' : `\`${below}\``;
  const advice =
    meant === null ? ` It has ${quoted(namesToWrite(mistake.siblings).sort(), 8)}.` : didYouMean(meant);
  return {
    at: mistake.at,
    severity,
    message: `${whose} has no option "${name}"${severity === 'error' ? ': no machine of the clan evaluates' : ''}.${advice}`,
    fixes: replacement(sources, mistake.at, name, meant),
  };
}
