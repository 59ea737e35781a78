/** sops/undeclared-secret: a use of a secret that nothing declares. */
import type { CheckContext, Rule } from '../rule.ts';
import { didYouMean, suggest } from '../suggest.ts';
import { encryptedYaml, moduleWith, VALUE } from './examples.ts';
import { secretsOf } from './joined.ts';
import { isOutOfUse } from './surroundings.ts';

export const undeclaredSecret: Rule = {
  id: 'sops/undeclared-secret',
  severity: 'warning',
  summary: 'A use of a secret of sops-nix that nothing declares',
  documentation: `\
A module reads \`config.sops.secrets.<name>\` or \`config.sops.placeholder.<name>\`, and nothing in this repository declares
a secret of that name: no \`sops.secrets.<name>\`, no generator, and no secret below \`sops/secrets\` that clan gives to a
machine. A machine with this module does not evaluate: \`attribute '…' missing\`.

Declare it (\`sops.secrets.<name> = { };\`), or mend the name.

It is a warning and no error, since a module of another flake may declare it, and since the file may be one that no
machine imports. Silent if anything declares secrets of which the names are not known, for uses with something to fall
back on (\`or\`, \`?\`), and in a file that is among the modules of no machine and that no other file names.

Source: sops-nix 56b2406, modules/sops/default.nix.`,
  bad: [
    {
      title: 'A secret of another name',
      files: {
        'configuration.nix': moduleWith(
          '  sops.secrets.mail-password = { };\n  services.mail.passwordFile = config.sops.secrets.mail-pasword.path;\n  #                                                ^^^^^^^^^^^^ sops/undeclared-secret\n',
        ),
        'secrets/lea.yaml': encryptedYaml(`mail-password: ${VALUE}\n`),
      },
    },
  ],
  good: [
    {
      title: 'A secret that is declared',
      files: {
        'configuration.nix': moduleWith(
          '  sops.secrets.mail-password = { };\n  services.mail.passwordFile = config.sops.secrets.mail-password.path;\n',
        ),
        'secrets/lea.yaml': encryptedYaml(`mail-password: ${VALUE}\n`),
      },
    },
  ],
  check: function* (context: CheckContext) {
    const secrets = secretsOf(context);
    const names = secrets.secrets.flatMap(({ keeper, name, nameKind }) =>
      keeper === 'sops' && nameKind !== 'pattern' ? [name] : [],
    );
    for (const use of secrets.uses) {
      if (use.keeper !== 'sops' || use.of === 'template') continue;
      if (secrets.targetOf(use) !== 'undeclared' || isOutOfUse(context.fleet, use.at.file)) continue;
      yield {
        at: use.nameAt,
        message: `Nothing declares the secret "${use.name}" of sops-nix; reading it fails.${didYouMean(suggest(use.name, names))}`,
      };
    }
  },
};
