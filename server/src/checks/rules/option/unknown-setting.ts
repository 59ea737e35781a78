/** option/unknown-setting: an option for storing vars that clan does not have. */
import { replaceName } from '../../../edits/edits.ts';
import { didYouMean, suggest } from '../../../edits/suggest.ts';
import { mayKnowMore } from '../../facts/inventory/clan-core-version.ts';
import { type SettingProblem, settingProblems } from '../../facts/option/clan-setting-mistakes.ts';
import type { UndeclaredName } from '../../facts/option/option-fit.ts';
import { inBrackets } from '../../facts/wording.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const unknownSetting: Rule = {
  id: 'option/unknown-setting',
  severity: 'error',
  summary: 'An option for storing vars that clan does not have',
  documentation: `\
Below \`clan.core.vars\` and \`clan.core.sops\` of machines, and below \`vars.settings\` and \`secrets.age\` of the clan, only
options that clan-core declares may be set. With any other, such as \`clan.core.vars.generatorz\`, evaluation ends with
\`The option … does not exist\`.

Where \`flake.lock\` names a newer clan-core, which may have options of its own, only likely typos are reported, as
warnings; nothing is reported for a fork, or for options that the workspace declares itself.

Source: clan-core d7c35d912, nixosModules/clanCore/{sops,vars/interface}.nix, nixosModules/clanCore/vars/secret and
modules/clan/{secrets,vars/settings-opts}.nix.`,
  examples: ({ FLAKE, LOCK }) => ({
    bad: [
      {
        title: 'Typos',
        files: {
          'clan.nix': `\
{
  inventory.machines.emily = { };
  vars.settings.secretStor = "age";
  #             ^^^^^^^^^^ option/unknown-setting: Did you mean "secretStore"?
  secrets.age.plugin = [ "age-plugin-yubikey" ];
  #           ^^^^^^ option/unknown-setting: "secrets.age" has no option "plugin"
}
`,
          'flake.nix': FLAKE,
          'machines/emily/configuration.nix': `\
{
  clan.core.vars.generatorz.api = { };
  #              ^^^^^^^^^^ option/unknown-setting: Did you mean "generators"?
  clan.core.vars.password-store.passComand = "pass";
  #                             ^^^^^^^^^^ option/unknown-setting: (machine emily)
}
`,
        },
      },
    ],
    good: [
      {
        title: 'Options of the clan and of a machine',
        files: {
          'clan.nix': `\
{
  inventory.machines.emily = { };
  vars.settings.secretStore = "age";
  secrets.age.plugins = [ "age-plugin-yubikey" ];
}
`,
          'flake.nix': FLAKE,
          'machines/emily/configuration.nix': `\
{
  clan.core.vars.age.secretLocation = "/persist/secret-vars";
  clan.core.sops.defaultGroups = [ "admins" ];
}
`,
        },
      },
      {
        title: 'An option of a clan-core that is newer',
        files: {
          'flake.lock': LOCK.replace(/"lastModified": \d+/, '"lastModified": 4000000000'),
          'modules/keys.nix': `\
{
  clan.core.vars.rotation.days = 90;
}
`,
        },
      },
    ],
  }),
  check: function* (context) {
    for (const { setting, problem } of settingProblems(context)) {
      const report = problem.kind === 'undeclared' ? reportOf(context, setting, problem) : null;
      if (report !== null) yield report;
    }
  },
};

/** Options that another rule reports as removed. */
const REMOVED = new Set(['clan.core.vars.settings.passBackend']);

function reportOf(
  { sources }: CheckContext,
  setting: SettingProblem['setting'],
  { path, at, known, conditional }: UndeclaredName,
): Report | null {
  if (REMOVED.has(path.join('.'))) return null;
  const name = path.at(-1) ?? '';
  const meant = suggest(name, known);
  const isSure = !mayKnowMore(sources) && !conditional;
  if (mayKnowMore(sources) && meant === null) return null;
  const edit = meant === null ? null : replaceName(sources, at, name, meant);
  const machines = setting.machine === null ? [] : [setting.machine];
  return {
    at,
    machines,
    ...(isSure ? {} : { severity: 'warning' as const }),
    message: `"${path.slice(0, -1).join('.')}" has no option "${name}": evaluation fails${inBrackets(machines)}.${didYouMean(meant)}`,
    fixes:
      edit === null
        ? []
        : [{ title: `Replace with "${meant}"`, edits: [edit], preferred: true, guess: true }],
  };
}
