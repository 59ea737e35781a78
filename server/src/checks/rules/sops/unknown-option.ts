/** sops/unknown-option: an option that secrets, templates, sops-nix or agenix do not have. */

import { replaceName } from '../../../edits/edits.ts';
import { didYouMean, suggest } from '../../../edits/suggest.ts';
import type { Sources } from '../../../edits/text-edit.ts';
import { type KnownOption, SECRET_OPTIONS, type SecretOwner } from '../../../fleet/secrets/secrets-schema.ts';
import { firstTime } from '../../facts/fleet-facts.ts';
import { declaredBy } from '../../facts/sops/own-secret-options.ts';
import { mistakeIn } from '../../facts/sops/secret-option-values.ts';
import { severityOf } from '../../facts/sops/secret-surroundings.ts';
import { keeperName, mayKnowMore } from '../../facts/sops/sops-versions.ts';
import { type WrittenSecretOption, writtenOptions } from '../../facts/sops/written-secret-options.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

export const sopsUnknownOption: Rule = {
  id: 'sops/unknown-option',
  severity: 'error',
  summary: 'An option that secrets of sops-nix or agenix do not have',
  documentation: `\
A secret or a template of sops-nix, a secret of agenix, or \`sops\` or \`age\` itself sets an option that does not exist:
a typo (\`restartUnit\`), or an option of something else (\`neededFor\` is clan's, \`neededForUsers\` is sops-nix's).
Evaluating the machine ends with \`The option … does not exist\`.

The modules for home-manager have fewer options than those for machines: what a user's module declares belongs to that
user, so there is no \`owner\`, no \`group\`, no \`neededForUsers\`, and there are no \`restartUnits\`.

Options that the workspace declares itself with \`mkOption\` are known, and those of agenix-rekey. Where \`flake.lock\`
names a fork, or a newer version that may have further options, only likely typos are reported, as warnings. Anything
under a condition, or in a file that is part of no machine, is a warning as well.

Source: sops-nix 56b2406, modules/sops and modules/home-manager; agenix b027ee2, modules/age.nix and age-home.nix.`,
  examples: ({ encryptedYaml, moduleWith, VALUE }) => {
    const FILE = { 'secrets/lea.yaml': encryptedYaml(`mail: ${VALUE}\n`) };
    return {
      bad: [
        {
          title: 'Typos',
          files: {
            ...FILE,
            'configuration.nix': moduleWith(`\
  sops.age.keyfile = "/var/lib/sops-nix/key.txt";
  #        ^^^^^^^ sops/unknown-option: Did you mean "keyFile"?
  sops.secrets.mail = {
    restartUnit = [ "mail.service" ];
  # ^^^^^^^^^^^ sops/unknown-option: Did you mean "restartUnits"?
    neededFor = "users";
  # ^^^^^^^^^ sops/unknown-option: Did you mean "neededForUsers"?
  };
`),
          },
        },
        {
          title: 'An option of machines in the module of a user',
          files: {
            ...FILE,
            'configuration.nix': moduleWith(`\
  home-manager.users.ada.sops.secrets.mail.owner = "ada";
  #                                        ^^^^^ sops/unknown-option: home-manager
`),
          },
        },
      ],
      good: [
        {
          title: 'Options that there are',
          files: {
            ...FILE,
            'configuration.nix': moduleWith(`\
  sops.age.keyFile = "/var/lib/sops-nix/key.txt";
  sops.secrets.mail = {
    owner = "mail";
    restartUnits = [ "mail.service" ];
  };
`),
          },
        },
      ],
    };
  },
  check: function* (context) {
    const isNew = firstTime();
    const isDeclared = declaredBy(context);
    for (const written of writtenOptions(context)) {
      if (isKnown(written) || isDeclared(written.option.name) || !isNew(written.option)) continue;
      const report = reportOf(context, written);
      if (report !== null) yield report;
    }
  },
};

/** Returns whether the option exists on the side where it is used. */
function isKnown({ known, side }: WrittenSecretOption): boolean {
  return known !== null && (side === 'both' || known.side === 'both' || known.side === side);
}

const THINGS: Readonly<Record<SecretOwner, (keeper: string) => string>> = {
  secret: keeper => `Secrets of ${keeper} have`,
  template: keeper => `Templates of ${keeper} have`,
  keeper: keeper => `${keeper} has`,
};

function reportOf({ fleet, sources }: CheckContext, written: WrittenSecretOption): Report | null {
  const { keeper, of, name, option, side, known, conditional } = written;
  const isSure = !mayKnowMore(sources, keeper);
  const meant = known === null ? likelyOption(written) : null;
  if (!isSure && meant === null) return null;
  const where = side === 'home' ? ' in the module for home-manager' : '';
  const why = isSure
    ? ': evaluating it fails'
    : ' in the version known here, which differs from the one in flake.lock';
  return {
    at: option.at,
    severity: isSure ? severityOf(fleet, option.at.file, conditional) : 'warning',
    message: `${THINGS[of](keeperName(keeper))} no option "${name}"${where}${why}.${
      known === null ? didYouMean(meant) : ' Only the module for machines has this option.'
    }`,
    fixes: fixesOf(sources, written, meant),
  };
}

/** Returns the fixes. If the value does not suit the intended option, renaming alone would not help. */
function fixesOf(sources: Sources, written: WrittenSecretOption, meant: string | null): readonly Fix[] {
  if (meant === null) return [];
  const { keeper, of, name, option } = written;
  const group = name.slice(0, name.length - option.name.length);
  const knownOption = SECRET_OPTIONS[keeper][of].get(group + meant) ?? null;
  const edit =
    mistakeIn({ ...written, known: knownOption }) === null
      ? replaceName(sources, option.at, option.name, meant)
      : null;
  return edit === null
    ? []
    : [{ title: `Replace with "${meant}"`, edits: [edit], preferred: true, guess: true }];
}

/** Returns the last name of the intended option, or null; the groups that contain it are correct. */
function likelyOption({ keeper, of, name, option, side }: WrittenSecretOption): string | null {
  const group = name.slice(0, name.length - option.name.length);
  const isUsual = ([optionName, { side: on }]: readonly [string, KnownOption]) =>
    optionName.startsWith(group) &&
    !optionName.slice(group.length).includes('.') &&
    (side !== 'home' || on !== 'system');
  const all = [...SECRET_OPTIONS[keeper][of]]
    .filter(isUsual)
    .map(([optionName]) => optionName.slice(group.length));
  const other = OTHER_WORDS.get(option.name);
  return other !== undefined && all.includes(other) ? other : suggest(option.name, all);
}

/** Names that users know from clan, from the neighbouring tool or from elsewhere. */
const OTHER_WORDS: ReadonlyMap<string, string> = new Map([
  ['user', 'owner'],
  ['permissions', 'mode'],
  ['neededFor', 'neededForUsers'],
  ['sopsfile', 'sopsFile'],
  ['text', 'content'],
  ['contents', 'content'],
  ['restartTriggers', 'restartUnits'],
]);
