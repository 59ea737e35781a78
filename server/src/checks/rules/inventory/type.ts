/** inventory/type: an option of an inventory or a setting of a service has an invalid value. */

import { replaceWritten } from '../../../edits/edit-bindings.ts';
import { stringText } from '../../../edits/edits.ts';
import { didYouMean } from '../../../edits/suggest.ts';
import type { Sources } from '../../../edits/text-edit.ts';
import { wordsOf } from '../../../modules/options/judged.ts';
import type { WrongValue } from '../../../modules/options/option.ts';
import { clanMistakes, settingMistakes } from '../../facts/inventory/clan-mistakes.ts';
import { likelyName } from '../../facts/inventory/known-options.ts';
import type { Fix, Report, Rule, Severity } from '../../rule.ts';

export const inventoryType: Rule = {
  id: 'inventory/type',
  severity: 'error',
  summary: 'An option of an inventory, or a setting of a service, has a value of the wrong type',
  documentation: `\
An option of a clan, of its inventory or of a service's settings has a value of the wrong type: a string where a list
is expected, or a word that is not among the allowed ones. Evaluation ends with
\`A definition for option … is not of type …\`: of every machine of the clan, or, for a setting, of those that have the
service.

The types of this repository's services are read from the \`interface\` of their roles. Those of clan-core's options and
services are known as of one commit, with those that changed before. Where \`flake.lock\` names a newer clan-core, or a
fork, only a misspelling of an allowed word is reported, as a warning. Without \`flake.lock\` everything is a warning.

Values that are not fully known and definitions that a stronger one overrides are ignored.

Source: clan-core, \`modules/inventoryClass\` and \`clanServices\`; the types of nixpkgs' lib.`,
  examples: ({ FLAKE, LOCK }) => ({
    bad: [
      {
        title: 'Options of an inventory',
        files: {
          'flake.nix': FLAKE,
          'flake.lock': LOCK,
          'clan.nix': `\
{
  inventory.machines.emily = {
    machineClass = "nixso";
    #              ^^^^^^^ inventory/type: Did you mean "nixos"?
    tags = "server";
    #      ^^^^^^^^ inventory/type: takes a list of strings, not "server"
    deploy.targetHost = [ "root@emily" ];
    #                   ^^^^^^^^^^^^^^^^ inventory/type: takes null or a string, not a list
  };
}
`,
        },
      },
      {
        title: 'Settings of services',
        files: {
          'flake.nix': FLAKE,
          'flake.lock': LOCK,
          'clan.nix': `\
{
  modules.backup = ./services/backup.nix;
  inventory.machines.emily = { };
  inventory.instances = {
    internet.roles.default.machines.emily.settings.port = "2222";
    #                                                     ^^^^^^ inventory/type: takes a whole number from 0 to 65535
    home-backup = {
      module = { name = "backup"; input = "self"; };
      roles.client.settings.level = "ful";
      #                             ^^^^^ inventory/type: Did you mean "full"?
      roles.client.machines.emily = { };
    };
  };
}
`,
          'services/backup.nix': `\
{
  _class = "clan.service";
  manifest.name = "backup";
  roles.client = {
    interface = { lib, ... }: {
      options.level = lib.mkOption {
        type = lib.types.enum [ "full" "incremental" ];
        default = "incremental";
      };
    };
    perInstance = { settings, ... }: { nixosModule.environment.etc.level.text = settings.level; };
  };
}
`,
        },
      },
    ],
    good: [
      {
        title: 'Values that fit, and values that are not known',
        files: {
          'flake.nix': FLAKE,
          'flake.lock': LOCK,
          'clan.nix': `\
{ inputs, lib, ... }:
{
  inventory.machines.emily = {
    machineClass = lib.mkForce "nixos";
    tags = inputs.fleet.tags;
    deploy.targetHost = null;
  };
  inventory.instances.internet.roles.default.machines.emily.settings = {
    host = "emily.example";
    port = 2222;
    user = null;
  };
}
`,
        },
      },
    ],
  }),
  check: function* (context) {
    for (const { mistake, severity, below } of clanMistakes(context))
      if (mistake.kind === 'type') {
        const name = mistake.path.at(-1) ?? '';
        const option = below === '' ? name : `${below}.${name}`;
        const what = name === '*' ? `An item of \`${below}\`` : `\`${option}\``;
        yield reportOf(context.sources, what, mistake, severity);
      }
    // Functions in settings match no type; another rule reports them.
    for (const { instance, role, mistake, severity } of settingMistakes(context))
      if (mistake.kind === 'type' && mistake.value.kind !== 'lambda' && mistake.value.kind !== 'builtin') {
        const path = mistake.path.at(-1) === '*' ? mistake.path.slice(0, -1) : mistake.path;
        const item = mistake.path.at(-1) === '*' ? 'An item of the' : 'The';
        const what = `${item} setting "${path.join('.')}" of the role "${role.name}" of "${instance.name}"`;
        yield reportOf(context.sources, what, mistake, severity);
      }
  },
};

function reportOf(sources: Sources, what: string, mistake: WrongValue, severity: Severity): Report {
  const { expected, actual } = wordsOf(mistake);
  return {
    at: mistake.at,
    severity,
    message: `${what} takes ${expected}, not ${actual}.${didYouMean(likelyName(mistake))}`,
    fixes: fixesOf(sources, mistake),
  };
}

function fixesOf(sources: Sources, mistake: WrongValue): Fix[] {
  const meant = likelyName(mistake);
  const { scalar } = mistake.value;
  if (meant === null || typeof scalar !== 'string') return [];
  const instead = stringText(meant);
  const edit = replaceWritten(sources, mistake.at, written => written === stringText(scalar), instead);
  return edit === null
    ? []
    : [{ title: `Replace with ${instead}`, edits: [edit], preferred: true, guess: true }];
}
