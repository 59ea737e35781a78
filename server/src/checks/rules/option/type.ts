/** option/type: an option has an invalid value. */

import { namedAt, replaceWritten } from '../../../edits/edit-bindings.ts';
import type { Generator, WrittenOption } from '../../../fleet/model/generators.ts';
import type { Place } from '../../../nix/places.ts';
import { firstTime } from '../../facts/fleet-facts.ts';
import { type Mistake, mistakeIn } from '../../facts/option/option-values.ts';
import { optionsWhere, optionText } from '../../facts/option/written-generator-options.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const optionType: Rule = {
  id: 'option/type',
  severity: 'error',
  summary: 'An option has a value of the wrong type',
  documentation: `\
An option of a generator, of one of its files or of a prompt has a value of the wrong type: a \`mode\` that is a number
or has three digits, a \`neededFor\` or a prompt \`type\` that does not exist, a string where a list of strings belongs, a
\`validation\` with lists or with sets that are too deep. Evaluating the machine ends with
\`A definition for option … is not of type …\`, and with it every command that needs its vars.

Modes are four octal digits in a string (\`"0440"\`), \`neededFor\` is \`partitioning\`, \`activation\`, \`users\` or
\`services\`, prompts are \`line\`, \`hidden\`, \`multiline\` or \`multiline-hidden\`.

Values that are not fully known and definitions that a stronger one overrides are ignored.

Source: clan-core d7c35d912, modules/clan/export-modules/generic-generator.nix.`,
  examples: () => ({
    bad: [
      {
        title: 'Modes, strings and lists',
        files: {
          'modules/tls.nix': `\
{ pkgs, ... }:
{
  clan.core.vars.generators.tls = {
    dependencies = "ca";
    #              ^^^^ option/type: takes a list of strings, not a string
    files.key = {
      mode = "440";
      #      ^^^^^ option/type: four octal digits
      neededFor = "user";
      #           ^^^^^^ option/type: Did you mean "users"?
      deploy = "false";
      #        ^^^^^^^ option/type: takes true or false
    };
    files.cert.mode = 0444;
    #                 ^^^^ option/type: four octal digits
    prompts.pin.type = "password";
    #                  ^^^^^^^^^^ option/type: takes one of
    prompts.pin.display.required = "yes";
    #                              ^^^^^ option/type: "prompts.pin.display.required" takes true or false
    prompts.pin.display.label = 4;
    #                           ^ option/type: takes a string or null
    runtimeInputs = [ "openssl" pkgs.jq ];
    #               ^^^^^^^^^^^^^^^^^^^^^ option/type: "openssl" is none
    validation.names = [ "a.example" "b.example" ];
  # ^^^^^^^^^^ option/type: a list is none
    files.csr = "tls.csr";
    #           ^^^^^^^^^ option/type: "files.csr" takes a set of options, not a string
    script = ''
      openssl req -new -passin file:"$prompts/pin" -keyout "$out/key" -out "$out/cert" < "$in/ca/ca.crt"
      cp "$out/cert" "$out/csr"
    '';
  };
  clan.core.vars.generators.ca = {
    files."ca.crt".secret = false;
    runtimeInputs = pkgs.openssl;
    #               ^^^^^^^^^^^^ option/type: takes a list of packages, not a package
    script = ''
      openssl req -x509 -nodes -newkey rsa:4096 -subj /CN=ca -keyout /dev/null -out "$out/ca.crt"
    '';
  };
}
`,
        },
      },
    ],
    good: [
      {
        title: 'What the options take',
        files: {
          'modules/tls.nix': `\
{ lib, pkgs, ... }:
{
  clan.core.vars.generators.tls = {
    files.key = {
      mode = "0440";
      neededFor = "users";
      deploy = false;
    };
    prompts.pin.type = "hidden";
    runtimeInputs = with pkgs; [ openssl jq ];
    validation = {
      names = builtins.toJSON [ "a.example" "b.example" ];
      policy.days = 365;
    };
    script = ''
      openssl genrsa -aes256 -passout file:"$prompts/pin" -out "$out/key"
    '';
  };
}
`,
        },
      },
      {
        title: 'A mistaken default that is overridden',
        files: {
          'modules/key.nix': `\
{ lib, pkgs, ... }:
{
  clan.core.vars.generators.key = {
    files.key.mode = lib.mkMerge [
      (lib.mkDefault "400")
      "0440"
    ];
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl rand -hex 32 > "$out/key"
    '';
  };
}
`,
        },
      },
    ],
  }),
  check: function* (context) {
    const isNew = firstTime();
    for (const { generator, judged } of mistaken(context.fleet)) {
      for (const option of judged) {
        const mistake = mistakeIn(option);
        if (mistake === null || option.priority > strongest(generator, option)) continue;
        if (isNew({ at: placeOf(option) })) yield reportOf(context, option, mistake);
      }
    }
  },
};

const mistaken = optionsWhere(option => mistakeIn(option) !== null);

/** Returns the effective priority of an option; weaker definitions are ignored. */
function strongest({ definitions }: Generator, { of, owner, name, member }: WrittenOption): number {
  let strongestPriority = Number.POSITIVE_INFINITY;
  for (const definition of definitions)
    for (const option of definition.body().options())
      if (option.name === name && option.owner === owner && option.of === of && option.member === member)
        // An unknown value may be anything, including mkForce.
        strongestPriority = Math.min(strongestPriority, option.kind === 'unknown' ? 0 : option.priority);
  return strongestPriority;
}

/**
 * Returns the place to report for an option. A set may be written in pieces, so the place of its name is used
 * instead.
 */
function placeOf({ kind, valueAt, at }: WrittenOption): Place {
  return kind === 'attrs' ? at : (valueAt ?? at);
}

/** Reports a package where a list of packages is expected; the fix puts a list around it. */
function onePackage(sources: CheckContext['sources'], option: WrittenOption): Report | null {
  const binding = option.package === undefined ? null : namedAt(sources, option.at);
  if (binding === null || binding.binding.value.kind !== 'select') return null;
  const { start, end } = binding.binding.value;
  const at = { file: binding.file.path, start, end };
  const text = `[ ${binding.file.text.slice(start, end)} ]`;
  return {
    at,
    message: `"${optionText(option)}" takes a list of packages, not a package.`,
    fixes: [{ title: `Replace with ${text}`, edits: [{ ...at, text }], preferred: true }],
  };
}

function reportOf({ sources }: CheckContext, option: WrittenOption, { problem, instead }: Mistake): Report {
  const report = onePackage(sources, option);
  if (report !== null) return report;
  const edit =
    instead === null
      ? null
      : replaceWritten(sources, option.valueAt, text => instead.isWritten(text), instead.text);
  const end = problem.endsWith('?') ? problem : `${problem}.`;
  return {
    at: placeOf(option),
    message: `"${optionText(option)}" ${end}`,
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
