/** option/store-differs: a machine uses a different secret store than its clan. */

import { removeOption } from '../../../edits/edit-bindings.ts';
import type { StoreSetting } from '../../../fleet/model/secrets.ts';
import { isOtherClanCore, lockedTime } from '../../facts/inventory/clan-core-version.ts';
import { inBrackets } from '../../facts/wording.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const storeDiffers: Rule = {
  id: 'option/store-differs',
  severity: 'error',
  summary: 'A machine uses a different store of secrets than its clan',
  documentation: `\
Since January 2026 the store of secrets is chosen for the whole clan, with \`vars.settings.secretStore\`. A machine that
sets \`clan.core.vars.settings.secretStore\` to something else fails clan's assertion
\`[DEPRECATED] Machine-level vars backend configuration is deprecated\`.

Choose the store in the clan and delete the machine's own setting. If the clan has no such setting, this is a warning:
the default is \`sops\`.

Source: clan-core d7c35d912, nixosModules/clanCore/vars/default.nix.`,
  examples: ({ FLAKE }) => ({
    bad: [
      {
        title: 'A machine with its own store',
        files: {
          'clan.nix': `\
{
  inventory.machines.emily = { };
  vars.settings.secretStore = "sops";
}
`,
          'flake.nix': FLAKE,
          'machines/emily/configuration.nix': `\
{
  clan.core.vars.settings.secretStore = "age";
  #                                     ^^^^^ option/store-differs: The clan keeps its secrets in "sops"
}
`,
        },
      },
    ],
    good: [
      {
        title: 'One store for all',
        files: {
          'clan.nix': `\
{
  inventory.machines.emily = { };
  vars.settings.secretStore = "age";
}
`,
          'flake.nix': FLAKE,
          'machines/emily/configuration.nix': `\
{
  clan.core.vars.settings.secretStore = "age";
}
`,
        },
      },
    ],
  }),
  check: function* (context) {
    const { fleet, sources } = context;
    const { all, clan } = fleet.storeSettings;
    const machineSettings = all.filter(
      setting => setting.of === 'machine' && !setting.conditional && setting.value !== null,
    );
    if (!fleet.isClan || machineSettings.length === 0 || isOtherClanCore(sources)) return;
    const time = lockedTime(sources);
    if ((time !== null && time < SINCE) || isSwitchedOff(context)) return;
    const isSet = all.some(setting => setting.of === 'clan');
    if (isSet && clan === null) return;
    for (const setting of machineSettings)
      if (setting.value !== (clan ?? 'sops')) yield reportOf(context, setting, clan ?? 'sops', isSet);
  },
};

/** The date of the commit that added the assertion (b6ef32bad), in seconds since 1970. */
const SINCE = Date.parse('2026-01-07') / 1000;

function isSwitchedOff({ fleet }: CheckContext): boolean {
  return fleet.clanSettings.some(({ name }) => name === 'enableConsistencyCheck');
}

function reportOf({ sources }: CheckContext, setting: StoreSetting, clan: string, isSet: boolean): Report {
  const { at, value, machine } = setting;
  const machines = machine === null ? [] : [machine];
  const name = sources.parse(at.file)?.text.lastIndexOf('secretStore', at.start) ?? -1;
  const edit =
    name < 0 ? null : removeOption(sources, { file: at.file, start: name, end: name + 'secretStore'.length });
  return {
    at,
    machines,
    // A module that no machine imports has no effect.
    ...(isSet && machine !== null ? {} : { severity: 'warning' as const }),
    message: `The clan keeps its secrets in "${clan}"${isSet ? '' : ', its default'}, and here it is "${value}"${inBrackets(machines)}: clan refuses machines with a store of their own. Set "vars.settings.secretStore" of the clan, and delete this.`,
    fixes:
      edit === null
        ? []
        : [{ title: 'Delete the setting of the machine', edits: [edit], preferred: true, guess: true }],
  };
}
