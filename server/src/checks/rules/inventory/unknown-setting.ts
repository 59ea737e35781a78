/** inventory/unknown-setting: the role of a service does not have this setting. */

import { didYouMean } from '../../../edits/suggest.ts';
import { namesToWrite } from '../../../modules/options/below.ts';
import { type SettingMistake, settingMistakes } from '../../facts/inventory/clan-mistakes.ts';
import { likelyName } from '../../facts/inventory/known-options.ts';
import { replacement } from '../../facts/inventory/named-in-roles.ts';
import { quoted } from '../../facts/wording.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const unknownSetting: Rule = {
  id: 'inventory/unknown-setting',
  severity: 'error',
  summary: "A setting that the service's role does not have",
  documentation: `\
The \`settings\` of a role, or those of one machine in it, set an option that the role's \`interface\` does not declare.
Evaluation of the machines in the role ends with \`The option … does not exist\`.

The settings of this repository's services are read from their modules. Not reported where an interface has a
\`freeformType\`, or cannot be read in whole. The settings of clan-core's services are known as of one commit and for
earlier versions. Where \`flake.lock\` names a newer clan-core, or a fork, only a misspelling of an existing name
(\`authorizedKey\`) is reported, as a warning. Without \`flake.lock\`, or for a role that ignores its settings, everything
is a warning.

Correct the name, or declare the option in the role's \`interface\`.

Source: clan-core, \`lib/inventory/distributed-service\`.`,
  examples: ({ BACKUP, FLAKE, LOCK }) => ({
    bad: [
      {
        title: 'Misspelled settings of a service of this repository and of clan-core',
        files: {
          'flake.nix': FLAKE,
          'flake.lock': LOCK,
          'clan.nix': `\
{
  modules.backup = ./services/backup.nix;
  inventory.machines.emily = { };
  inventory.instances = {
    home-backup = {
      module = { name = "backup"; input = "self"; };
      roles.client.settings.domian = "backup.example";
      #                     ^^^^^^ inventory/unknown-setting: Did you mean "domain"?
      roles.client.machines.emily.settings.domain = "emily.example";
    };
    sshd.roles.server = {
      tags = [ "all" ];
      settings.certificate.searchDomain = [ "home.example" ];
      #                    ^^^^^^^^^^^^ inventory/unknown-setting: Did you mean "searchDomains"?
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
        title: 'Settings that are declared',
        files: {
          'flake.nix': FLAKE,
          'flake.lock': LOCK,
          'clan.nix': `\
{
  modules.backup = ./services/backup.nix;
  inventory.machines.emily = { };
  inventory.instances = {
    home-backup = {
      module = { name = "backup"; input = "self"; };
      roles.client.settings.domain = "backup.example";
      roles.client.machines.emily.settings.keep = 3;
    };
    sshd.roles.server = {
      tags = [ "all" ];
      settings.certificate.searchDomains = [ "home.example" ];
    };
  };
}
`,
          'services/backup.nix': BACKUP,
        },
      },
      {
        title: 'An interface that takes more than it names',
        files: {
          'flake.nix': FLAKE,
          'clan.nix': `\
{
  modules.backup = ./services/backup.nix;
  inventory.machines.emily = { };
  inventory.instances.home-backup = {
    module = { name = "backup"; input = "self"; };
    roles.client.machines.emily.settings.anything = true;
    roles.client.settings.domain = "backup.example";
  };
}
`,
          'services/backup.nix': BACKUP.replace(
            'options.keep',
            'freeformType = lib.types.attrsOf lib.types.anything;\n      options.keep',
          ),
        },
      },
    ],
  }),
  check: function* (context) {
    for (const settingMistake of settingMistakes(context)) {
      const report = reportOf(context, settingMistake);
      if (report !== null) yield report;
    }
  },
};

/** Attributes next to the settings of a role. */
const OF_ROLES = ['extraModules', 'machines', 'tags'];

function reportOf(
  { sources }: CheckContext,
  { instance, role, mistake, severity }: SettingMistake,
): Report | null {
  if (mistake.kind !== 'unknown') return null;
  const name = mistake.path.at(-1) ?? '';
  const names = namesToWrite(mistake.siblings).sort();
  const meant = likelyName(mistake) ?? (names.length === 1 ? (names[0] ?? null) : null);
  const has = names.length === 0 ? ' It takes none.' : ` It takes ${quoted(names, 8)}.`;
  const isOfRole = mistake.path.length === 1 && OF_ROLES.includes(name);
  const advice = isOfRole
    ? ` It is an option of the role itself: write \`roles.${role.name}.${name}\`, without \`settings\`.`
    : meant === null
      ? has
      : didYouMean(meant);
  return {
    at: mistake.at,
    severity,
    message: `The role "${role.name}" of "${instance.name}" has no setting "${mistake.path.join('.')}".${advice}`,
    fixes: isOfRole ? [] : replacement(sources, mistake.at, name, meant),
  };
}
