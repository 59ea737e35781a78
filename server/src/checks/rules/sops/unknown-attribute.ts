/** sops/unknown-attribute: an attribute is read that a secret or template does not have. */

import { replaceName } from '../../../edits/edits.ts';
import { didYouMean, suggest } from '../../../edits/suggest.ts';
import type { SecretUse } from '../../../fleet/model/secrets.ts';
import { SECRET_OPTIONS } from '../../../fleet/secrets/secrets-schema.ts';
import { firstTime } from '../../facts/fleet-facts.ts';
import { declaredBy } from '../../facts/sops/own-secret-options.ts';
import { isOfConfig, severityOf } from '../../facts/sops/secret-surroundings.ts';
import { keeperName, mayKnowMore } from '../../facts/sops/sops-versions.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const sopsUnknownAttribute: Rule = {
  id: 'sops/unknown-attribute',
  severity: 'error',
  summary: 'Code reads an attribute that a secret of sops-nix or agenix does not have',
  documentation: `\
A module reads an attribute of a secret or a template that does not exist: a typo (\`.pth\`), or \`.value\`, which belongs
to public files of generators. The content of a secret is not known before the machine runs: use \`.path\` or, in
\`sops.templates.<name>.content\`, the placeholder \`config.sops.placeholder.<name>\`.

Evaluating the machine ends with \`attribute '…' missing\`.

Not reported where there is a fallback (\`or\`, \`?\`), and for options that the workspace declares itself. Where
\`flake.lock\` names a fork or a newer version, only likely typos are reported, as warnings.

Source: sops-nix 56b2406, modules/sops; agenix b027ee2, modules/age.nix.`,
  examples: ({ encryptedYaml, moduleWith, VALUE }) => {
    const FILE = { 'secrets/lea.yaml': encryptedYaml(`mail: ${VALUE}\n`) };
    return {
      bad: [
        {
          title: 'A typo, and a value',
          files: {
            ...FILE,
            'configuration.nix': moduleWith(`\
  sops.secrets.mail = { };
  services.mail.passwordFile = config.sops.secrets.mail.pth;
  #                                                     ^^^ sops/unknown-attribute: Did you mean "path"?
  services.mail.password = config.sops.secrets.mail.value;
  #                                                 ^^^^^ sops/unknown-attribute: not known before the machine runs
`),
          },
        },
      ],
      good: [
        {
          title: 'The path',
          files: {
            ...FILE,
            'configuration.nix': moduleWith(`\
  sops.secrets.mail = { };
  services.mail.passwordFile = config.sops.secrets.mail.path;
`),
          },
        },
      ],
    };
  },
  check: function* (context) {
    const isNew = firstTime();
    const isDeclared = declaredBy(context);
    for (const { uses } of context.fleet.secrets)
      for (const use of uses) {
        const { attribute, attributeAt: at } = use;
        if (attribute === null || at === null || use.guarded || !isOfConfig(use.above)) continue;
        if (attributesOf(use).has(attribute) || attribute.includes('${')) continue;
        if (attribute.startsWith('_') || isDeclared(attribute) || !isNew({ at })) continue;
        const report = reportOf(context, use, attribute, at);
        if (report !== null) yield report;
      }
  },
};

function attributesOf({ keeper, of }: SecretUse) {
  return SECRET_OPTIONS[keeper][of === 'template' ? 'template' : 'secret'];
}

function reportOf(
  { fleet, sources }: CheckContext,
  use: SecretUse,
  attribute: string,
  at: NonNullable<SecretUse['attributeAt']>,
): Report | null {
  const isSure = !mayKnowMore(sources, use.keeper);
  const isValue = /^(value|content|contents|text|data|secret)$/.test(attribute);
  const meant = isValue ? null : suggest(attribute, ['path', ...attributesOf(use).keys()]);
  if (!isSure && meant === null && !isValue) return null;
  const edit = meant === null ? null : replaceName(sources, at, attribute, meant);
  const advice = isValue
    ? ' What is in it is not known before the machine runs: hand over .path, and let the program read the file.'
    : didYouMean(meant);
  return {
    at,
    severity: isSure ? severityOf(fleet, at.file, false) : 'warning',
    message: `${use.of === 'template' ? 'Templates' : 'Secrets'} of ${keeperName(use.keeper)} have no "${attribute}": evaluating it fails.${advice}`,
    fixes:
      edit === null
        ? []
        : [{ title: `Replace with "${meant}"`, edits: [edit], preferred: true, guess: true }],
  };
}
