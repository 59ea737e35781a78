/** sops/age-no-rule: an agenix file that no rule of `secrets.nix` names. */

import { didYouMean, suggest } from '../../../edits/suggest.ts';
import { flakeOf } from '../../../fleet/secrets/secrets-files.ts';
import { ageRulesOf, isRekeyed, pathFrom } from '../../facts/sops/agenix-rules.ts';
import { secretsOf } from '../../facts/sops/joined-secrets.ts';
import { declaredFiles } from '../../facts/sops/sops-files.ts';
import type { CheckContext, Rule } from '../../rule.ts';

const AGE = '-----BEGIN AGE ENCRYPTED FILE-----\n';
const FILES = { 'secrets/mail.age': AGE, 'secrets/vpn.age': AGE };
const RULES = `\
let
  lea = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPJDyIr/FSz1cJdcoW69R+NrWzwGK/+3gJpqD1t8L2zE";
in
{
  "mail.age".publicKeys = [ lea ];
}
`;

const MODULE = `\
{
  age.secrets.mail.file = ./secrets/mail.age;
  age.secrets.vpn.file = ./secrets/vpn.age;
}
`;

export const ageNoRule: Rule = {
  id: 'sops/age-no-rule',
  severity: 'warning',
  summary: 'A file of agenix that no rule of `secrets.nix` names',
  documentation: `\
A secret of agenix uses this file, and \`secrets.nix\` has no rule for it. Machines that it was encrypted to can still
read it, but \`agenix -e FILE\` fails (\`attribute '…' missing\`), and \`agenix -r\` skips it, so it is not updated when a
key is added or removed.

Add a rule with the keys of everyone who should be able to read it.

Reported only if all rules are known and the files that they name exist relative to the folder of \`secrets.nix\`; not
if agenix-rekey manages the secrets.

Source: agenix b027ee2, pkgs/agenix.sh.`,
  examples: () => ({
    bad: [
      {
        title: 'A file that was made elsewhere',
        files: {
          ...FILES,
          'secrets/secrets.nix': RULES,
          'configuration.nix': MODULE.replace(
            'vpn.age;\n',
            'vpn.age;\n  #           ^^^ sops/age-no-rule: secrets/secrets.nix\n',
          ),
        },
      },
    ],
    good: [
      {
        title: 'A rule for each',
        files: {
          ...FILES,
          'secrets/secrets.nix': RULES.replace('}\n', '  "vpn.age".publicKeys = [ lea ];\n}\n'),
          'configuration.nix': MODULE,
        },
      },
    ],
  }),
  check: function* (context: CheckContext) {
    const { sources } = context;
    const all = ageRulesOf(context);
    const flakes = new Map(all.map(rules => [flakeOf(sources, rules.at.file), rules]));
    if (all.length === 0 || isRekeyed(secretsOf(context))) return;
    const named = new Set(all.flatMap(({ rules }) => rules.map(({ path }) => path)));
    for (const [path, { at }] of declaredFiles(context, 'age')) {
      const flake = flakeOf(sources, path);
      const ageRules = flakes.get(flake);
      const isKnown = secretsOf(context).ageRules.every(
        rules => rules.complete || flakeOf(sources, rules.at.file) !== flake,
      );
      if (ageRules === undefined || !isKnown || named.has(path)) continue;
      const wanted = pathFrom(ageRules.at.file, path);
      const free = ageRules.rules.filter(rule => sources.kind(rule.path) !== 'file');
      const meant = suggest(
        wanted,
        free.map(rule => pathFrom(ageRules.at.file, rule.path)),
      );
      const advice = meant === null ? ` Add \`"${wanted}".publicKeys = [ … ];\` there.` : didYouMean(meant);
      yield {
        at,
        message: `${ageRules.at.file} has no rule for ${path}: \`agenix -e\` fails on it, and \`agenix -r\` skips it.${advice}`,
      };
    }
  },
};
