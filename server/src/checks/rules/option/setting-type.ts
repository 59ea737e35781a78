/** option/setting-type: an option for storing vars has an invalid value. */

import { replaceWritten } from '../../../edits/edit-bindings.ts';
import { stringText } from '../../../edits/edits.ts';
import { didYouMean, suggest } from '../../../edits/suggest.ts';
import { REMOVED_STORES } from '../../../fleet/options/clan-options.ts';
import { lockedTime, mayKnowMore } from '../../facts/inventory/clan-core-version.ts';
import { type SettingProblem, settingProblems } from '../../facts/option/clan-setting-mistakes.ts';
import type { TypeMismatch } from '../../facts/option/option-fit.ts';
import { inBrackets } from '../../facts/wording.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const settingType: Rule = {
  id: 'option/setting-type',
  severity: 'error',
  summary: 'An option for storing vars has a value of the wrong type',
  documentation: `\
An option for how a clan stores its vars has a value that clan-core does not accept: a secret store that does not
exist or no longer exists (\`vm\` and \`fs\` were removed in April 2026), a public store other than \`in_repo\`, a
\`passCommand\` that is neither \`passage\` nor \`pass\`, or \`defaultGroups\` that is not a list. Evaluation ends with
\`A definition for option … is not of type …\`.

Not reported for stores that the clan-core in \`flake.lock\` still has.

Source: clan-core d7c35d912, modules/clan/vars/settings-opts.nix and nixosModules/clanCore.`,
  examples: ({ FLAKE }) => ({
    bad: [
      {
        title: 'Stores that do not exist',
        files: {
          'clan.nix': `\
{
  inventory.machines.emily = { };
  vars.settings.secretStore = "vm";
  #                           ^^^^ option/setting-type: clan has no store "vm" any more
  vars.settings.publicStore = "in-repo";
  #                           ^^^^^^^^^ option/setting-type: Did you mean "in_repo"?
  secrets.age.plugins = [ "yubikey" ];
  #                       ^^^^^^^^^ option/setting-type: takes a string that matches
}
`,
          'flake.nix': FLAKE,
          'machines/emily/configuration.nix': `\
{
  clan.core.vars.password-store.passCommand = "gopass";
  #                                           ^^^^^^^^ option/setting-type: takes one of "pass", "passage", not "gopass" (machine emily)
  clan.core.sops.defaultGroups = "admins";
  #                              ^^^^^^^^ option/setting-type: takes a list of strings, not "admins"
}
`,
        },
      },
    ],
    good: [
      {
        title: 'Stores that there are',
        files: {
          'clan.nix': `\
{
  inventory.machines.emily = { };
  vars.settings.secretStore = "password-store";
  vars.settings.publicStore = "in_repo";
}
`,
          'flake.nix': FLAKE,
          'machines/emily/configuration.nix': `\
{ lib, ... }:
{
  clan.core.vars.password-store.passCommand = lib.mkDefault "pass";
}
`,
        },
      },
    ],
  }),
  check: function* (context) {
    for (const { setting, problem } of settingProblems(context)) {
      const report = problem.kind === 'mismatch' ? reportOf(context, setting, problem) : null;
      if (report !== null) yield report;
    }
  },
};

/** The dates on which clan-core removed its stores, in seconds since 1970: a31e29ccb and c97163bd7. */
const STORES_WENT = Date.parse('2026-04-03') / 1000;
const PUBLIC_STORES_WENT = Date.parse('2025-12-11') / 1000;

/** Returns whether the locked clan-core may be older than that. */
function isOlder({ sources }: CheckContext, { path, scalar }: TypeMismatch): boolean {
  const time = lockedTime(sources);
  if (time === null || typeof scalar !== 'string') return false;
  if (path.at(-1) === 'secretStore') return REMOVED_STORES.has(scalar) && time < STORES_WENT;
  return path.at(-1) === 'publicStore' && time < PUBLIC_STORES_WENT;
}

function reportOf(
  context: CheckContext,
  setting: SettingProblem['setting'],
  problem: TypeMismatch,
): Report | null {
  const { path, at, expected, actual, choices, scalar, conditional, priority } = problem;
  // A stronger definition is not known here.
  if (priority > 100 || isOlder(context, problem)) return null;
  const { sources } = context;
  const isNewer = mayKnowMore(sources);
  const isGone = typeof scalar === 'string' && choices.length > 0 && REMOVED_STORES.has(scalar);
  const meant = typeof scalar === 'string' && !isGone ? suggest(scalar, choices) : null;
  if (isNewer && choices.length > 0 && meant === null && !isGone) return null;
  const edit =
    meant === null || typeof scalar !== 'string'
      ? null
      : replaceWritten(sources, at, text => text === stringText(scalar), stringText(meant));
  const machines = setting.machine === null ? [] : [setting.machine];
  const why = isGone
    ? `clan has no store "${scalar}" any more: "${path.join('.')}" takes ${expected}`
    : `"${path.join('.')}" takes ${expected}, not ${actual}`;
  return {
    at,
    machines,
    ...(conditional || isNewer ? { severity: 'warning' as const } : {}),
    message: `${why}${inBrackets(machines)}.${didYouMean(meant)}`,
    fixes:
      edit === null
        ? []
        : [{ title: `Replace with "${meant}"`, edits: [edit], preferred: true, guess: true }],
  };
}
