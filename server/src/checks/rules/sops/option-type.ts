/** sops/option-type: an option of a secret has an invalid value. */

import { replaceWritten } from '../../../edits/edit-bindings.ts';
import type { SecretOption } from '../../../fleet/model/secrets.ts';
import { firstTime } from '../../facts/fleet-facts.ts';
import { type Mistake, mistakeIn } from '../../facts/sops/secret-option-values.ts';
import { severityOf } from '../../facts/sops/secret-surroundings.ts';
import {
  optionText,
  type WrittenSecretOption,
  writtenOptions,
} from '../../facts/sops/written-secret-options.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const sopsOptionType: Rule = {
  id: 'sops/option-type',
  severity: 'error',
  summary: 'An option of a secret of sops-nix or agenix has a value of the wrong type',
  documentation: `\
An option of a secret, of a template, or of \`sops\` or \`age\` itself has a value of the wrong type: a number as \`owner\`,
a single unit where a list of units is expected, a \`format\` that does not exist, or a file given as a string without a
leading slash. Evaluating the machine ends with \`A definition for option … is not of type …\`.

sops-nix takes \`mode\` as a string of octal digits: \`"0440"\`, or \`"440"\`, which is the same. Anything else ends the
build of the system with \`invalid number in mode\`. agenix passes it to \`chmod\`, which accepts letters too.

Values that are not fully known and definitions that a stronger one overrides are ignored. A warning under a
condition, or in a file that is part of no machine.

Source: sops-nix 56b2406, modules/sops and pkgs/sops-install-secrets/main.go (\`validateMode\`); agenix b027ee2,
modules/age.nix; the types of nixpkgs' lib.`,
  examples: ({ encryptedYaml, moduleWith, VALUE }) => {
    const FILE = { 'secrets/lea.yaml': encryptedYaml(`mail: ${VALUE}\n`) };
    return {
      bad: [
        {
          title: 'Numbers, strings and lists',
          files: {
            ...FILE,
            'configuration.nix': moduleWith(`\
  sops.secrets.mail = {
    owner = 5;
    #       ^ sops/option-type: takes the name of a user or group in a string
    mode = 0440;
    #      ^^^^ sops/option-type: takes octal digits in a string
    restartUnits = "mail.service";
    #              ^^^^^^^^^^^^^^ sops/option-type: takes a list of strings
    sopsFile = "secrets/lea.yaml";
    #          ^^^^^^^^^^^^^^^^^^ sops/option-type: takes a path
    format = "yml";
    #        ^^^^^ sops/option-type: Did you mean "yaml"?
    neededForUsers = "false";
    #                ^^^^^^^ sops/option-type: takes true or false
  };
`),
          },
        },
      ],
      good: [
        {
          title: 'What the options take',
          files: {
            ...FILE,
            'configuration.nix': moduleWith(`\
  sops.secrets.mail = {
    owner = "mail";
    mode = "440";
    restartUnits = [ "mail.service" ];
    sopsFile = ./secrets/lea.yaml;
    format = "yaml";
  };
`),
          },
        },
      ],
    };
  },
  check: function* (context) {
    const isNew = firstTime();
    const all = [...writtenOptions(context)];
    for (const written of all) {
      const mistake = mistakeIn(written);
      if (mistake === null || isOverridden(all, written) || !isNew({ at: placeOf(written.option) })) continue;
      yield reportOf(context, written, mistake);
    }
  },
};

/** Returns whether a stronger definition overrides it. An unknown one may be anything, including `mkForce`. */
function isOverridden(all: readonly WrittenSecretOption[], written: WrittenSecretOption): boolean {
  return all.some(
    ({ keeper, of, owner, name, option }) =>
      keeper === written.keeper &&
      of === written.of &&
      owner === written.owner &&
      name === written.name &&
      (option.kind === 'unknown' || option.priority < written.option.priority),
  );
}

/**
 * Returns the place to report for an option. A set may be written in pieces, so the place of its name is used
 * instead.
 */
function placeOf({ kind, at, valueAt }: SecretOption) {
  return kind === 'attrs' ? at : (valueAt ?? at);
}

function reportOf(
  { fleet, sources }: CheckContext,
  written: WrittenSecretOption,
  { problem, instead }: Mistake,
): Report {
  const { option, conditional } = written;
  const edit =
    instead === null
      ? null
      : replaceWritten(sources, option.valueAt, text => instead.isWritten(text), instead.text);
  return {
    at: placeOf(option),
    severity: severityOf(fleet, option.at.file, conditional),
    message: `"${optionText(written)}" ${problem}${problem.endsWith('?') ? '' : '.'}`,
    fixes:
      edit === null || instead === null
        ? []
        : [
            {
              title: `Replace with ${instead.text}`,
              edits: [edit],
              preferred: true,
              ...(instead.isGuess ? { guess: true } : {}),
            },
          ],
  };
}
