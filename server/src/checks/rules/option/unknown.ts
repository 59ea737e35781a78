/** option/unknown: an option that generators, files or prompts do not have. */

import { removeOption } from '../../../edits/edit-bindings.ts';
import { replaceName } from '../../../edits/edits.ts';
import { didYouMean } from '../../../edits/suggest.ts';
import {
  FORMER,
  likelyOption,
  MODULE_KEYS,
  MODULE_WORDS,
  OPTIONS,
  type OptionOwner,
  ownerOf,
} from '../../../fleet/generators/generator-options.ts';
import type { WrittenOption } from '../../../fleet/model/generators.ts';
import { firstTime } from '../../facts/fleet-facts.ts';
import { isOtherClanCore, mayKnowMore } from '../../facts/inventory/clan-core-version.ts';
import { type DeclaredNames, declaredNames } from '../../facts/option/own-declarations.ts';
import { optionsWhere } from '../../facts/option/written-generator-options.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

export const unknownOption: Rule = {
  id: 'option/unknown',
  severity: 'error',
  summary: 'An option that generators, files or prompts do not have',
  documentation: `\
A generator, or one of its files or prompts, sets an option that clan-core does not have: a typo (\`runtimeInput\`), an
option that belongs elsewhere (\`secret\` of the generator instead of its file), or one that was removed. Evaluating the
machine ends with \`The option … does not exist\`, for every command that needs its vars.

Options that clan-core had once are warnings, because the repository's clan-core may still accept them: \`migrateFact\`
(gone with facts in December 2025; delete it), \`createFile\` (now \`persist\`), \`invalidationData\` (now \`validation\`).

Options that the workspace declares itself with \`mkOption\` are known. Where \`flake.lock\` names a fork of clan-core, or
a newer one, which may have options of its own, only likely typos are reported, as warnings.

Source: clan-core d7c35d912, modules/clan/export-modules/generic-generator.nix.`,
  examples: () => ({
    bad: [
      {
        title: 'A typo, and an option of files',
        files: {
          'modules/api.nix': `\
{ pkgs, ... }:
{
  clan.core.vars.generators.api = {
    files.token.neededfor = "users";
    #           ^^^^^^^^^ option/unknown: Did you mean "neededFor"?
    secret = true;
  # ^^^^^^ option/unknown: files.<name>.secret
    validaton = 2;
  # ^^^^^^^^^ option/unknown: Did you mean "validation"?
    prompts.account.persist = true;
    prompts.account.display.lable = "Account";
    #                       ^^^^^ option/unknown: The display of a prompt has no option "lable"
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl rand -hex 32 > "$out/token"
    '';
  };
}
`,
        },
      },
      {
        title: 'Options that are gone',
        files: {
          'modules/wiki.nix': `\
{
  clan.core.vars.generators.wiki = {
    migrateFact = "wiki";
  # ^^^^^^^^^^^ option/unknown: facts went
    prompts.password = {
      type = "hidden";
      createFile = true;
    # ^^^^^^^^^^ option/unknown: is now "persist"
    };
    files.sum = { };
    script = ''
      sha256sum < "$prompts/password" > "$out/sum"
    '';
  };
}
`,
        },
      },
    ],
    good: [
      {
        title: 'Options of the right things',
        files: {
          'modules/api.nix': `\
{ pkgs, ... }:
{
  clan.core.vars.generators.api = {
    files.token = {
      neededFor = "users";
      restartUnits = [ "api.service" ];
    };
    prompts.account = {
      persist = true;
      display = {
        group = "api";
        label = "Account";
        required = false;
        helperText = null;
      };
    };
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl rand -hex 32 > "$out/token"
    '';
  };
}
`,
        },
      },
      {
        title: 'An option that the workspace declares',
        files: {
          'modules/tags.nix': `\
{ lib, ... }:
{
  options.clan.core.vars.generators = lib.mkOption {
    type = lib.types.attrsOf (
      lib.types.submodule { options.tags = lib.mkOption { type = lib.types.listOf lib.types.str; }; }
    );
  };
  config.clan.core.vars.generators.api = {
    tags = [ "web" ];
    prompts.token.persist = true;
  };
}
`,
        },
      },
    ],
  }),
  check: function* (context) {
    const isNew = firstTime();
    let names: DeclaredNames | null = null;
    const declared = () => {
      names ??= declaredNames(context);
      return names;
    };
    for (const { definition, judged } of strangers(context.fleet)) {
      for (const option of judged) {
        if (
          !isNew(option) ||
          isModule(definition.body().options(), option) ||
          mayBeDeclared(declared(), option)
        )
          continue;
        const isFormer = FORMER[option.of].has(option.name);
        const report = isFormer ? formerReport(context, option, declared()) : reportOf(context, option);
        if (report !== null) yield report;
      }
    }
  },
};

const strangers = optionsWhere(({ of, name }) => !OPTIONS[of].has(name) && !MODULE_WORDS.has(name));

/** Returns whether the owner is written as a module, which may declare options of its own. */
function isModule(options: readonly WrittenOption[], { of, owner }: WrittenOption): boolean {
  return options.some(option => option.of === of && option.owner === owner && MODULE_KEYS.has(option.name));
}

/** Returns whether the workspace declares an option of this name, or generators without clan. */
function mayBeDeclared({ isClan, names }: DeclaredNames, { of, name }: WrittenOption): boolean {
  if (!isClan || names.has(name)) return true;
  return names.has('generators') && likelyOption(of, name) === null && !FORMER[of].has(name);
}

function formerReport(
  { sources }: CheckContext,
  { of, name, at }: WrittenOption,
  { names }: DeclaredNames,
): Report | null {
  // A workspace that declares generators itself, like clan-core, defines which options exist.
  if (isOtherClanCore(sources) && !names.has('generators')) return null;
  const { now, since } = FORMER[of].get(name) as { now: string | null; since: string };
  if (now === null) {
    const edit = removeOption(sources, at);
    return {
      at,
      severity: 'warning',
      message: `The option "${name}" is gone from clan-core (${since}): the next update ends evaluation with "does not exist". Delete it.`,
      fixes: edit === null ? [] : [{ title: `Delete "${name}"`, edits: [edit], preferred: true }],
    };
  }
  const edit = replaceName(sources, at, name, now);
  return {
    at,
    severity: 'warning',
    message: `The option "${name}" is now "${now}" (${since}): the clan-core of today does not know the old name.`,
    fixes: edit === null ? [] : [{ title: `Replace with "${now}"`, edits: [edit], preferred: true }],
  };
}

const THINGS: Readonly<Record<OptionOwner, string>> = {
  generator: 'Generators have',
  file: "A generator's files have",
  prompt: 'Prompts have',
  display: 'The display of a prompt has',
};

const PLACES: Readonly<Record<OptionOwner, string>> = {
  generator: 'the generator itself',
  file: 'files.<name>',
  prompt: 'prompts.<name>',
  display: 'prompts.<name>.display',
};

function reportOf({ sources }: CheckContext, option: WrittenOption): Report | null {
  const { of, name, at } = option;
  const elsewhere = ownerOf(name, of);
  const meant = elsewhere === null ? likelyOption(of, name) : null;
  const isSure = !mayKnowMore(sources);
  if (!isSure && elsewhere === null && meant === null) return null;
  const edit = meant === null || isOnePrompt(option, meant) ? null : replaceName(sources, at, name, meant);
  const fixes: Fix[] =
    edit === null ? [] : [{ title: `Replace with "${meant}"`, edits: [edit], preferred: true, guess: true }];
  const instead = elsewhere === null ? didYouMean(meant) : ` It is one of ${whose(elsewhere, name)}.`;
  return {
    at,
    ...(isSure ? {} : { severity: 'warning' as const }),
    message: `${THINGS[of]} no option "${name}"${
      isSure
        ? ': evaluating it fails.'
        : ' in the clan-core known here, which differs from the one in flake.lock.'
    }${instead}`,
    fixes,
  };
}

/** Returns the end of "It is one of …": the owner of the option, and how the option is written. */
function whose(owner: OptionOwner, name: string): string {
  if (owner === 'generator') return PLACES.generator;
  return `${owner === 'display' ? "a prompt's display" : `${owner}s`}: write ${PLACES[owner]}.${name}`;
}

/**
 * Returns whether the mistake is like `prompt = { type = …; }`, which lacks the prompt's name and is not fixed
 * by renaming.
 */
function isOnePrompt({ value }: WrittenOption, meant: string): boolean {
  if (meant !== 'prompts' || value.kind !== 'set') return meant === 'prompts' && value.kind !== 'unknown';
  return [...value.entries.keys()].some(name => OPTIONS.prompt.has(name));
}
