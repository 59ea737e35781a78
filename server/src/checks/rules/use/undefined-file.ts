/** use/undefined-file: a use of a file that its generator does not have. */

import { replaceName } from '../../../edits/edits.ts';
import { bindingAround } from '../../../edits/locate.ts';
import { didYouMean, suggest } from '../../../edits/suggest.ts';
import { isCatalogueGenerator } from '../../../fleet/catalogue/catalogue.ts';
import { literalsOf, mayInclude } from '../../../fleet/elsewhere/name-patterns.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Generator } from '../../../fleet/model/generators.ts';
import type { Unit, Use } from '../../../fleet/model/uses.ts';
import { childrenOf } from '../../../nix/expressions.ts';
import { type Expr, writtenName } from '../../../nix/syntax.ts';
import { sortedUnique } from '../../../std.ts';
import {
  assumingUses,
  calledUses,
  type Facts,
  factsOf,
  mayHaveFileDefinedElsewhere,
  plainUses,
} from '../../facts/fleet-facts.ts';
import { mayBeSame } from '../../facts/generator/script-io.ts';
import { filesBesideSlip } from '../../facts/use/brought-files.ts';
import { machinesOfUse } from '../../facts/use/reading-machines.ts';
import { quoted } from '../../facts/wording.ts';
import { keeping } from '../../memory/kept.ts';
import { perUnit } from '../../memory/per-unit.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

const MATRIX = '{\n  lea = [\n    "anthropic"\n    "gmail"\n  ];\n}\n';

export const undefinedFile: Rule = {
  id: 'use/undefined-file',
  severity: 'error',
  summary: 'A use of a file that its generator does not have',
  documentation: `\
A module reads a file that is not among the files of the generator. Evaluating it ends with
\`attribute '…' missing\`.

Reported only if all files of the generator in the workspace are known. The files of a generator are
those in \`files\` and one for each prompt with \`persist = true\`.

\`getPublicValue { generator; file; }\` of clan-core reads the stored file: there it is a warning, since one that was declared
once may still be stored. Where it is given a default, that is what it comes to, silently; then, and for files of generators
that services of clan-core bring, only what is one or two letters from a file is reported, as a warning.

Mend the name, or declare the file.`,
  examples: ({ hostOf, PIPELINE }) => ({
    bad: [
      {
        title: 'The file has another name',
        files: {
          ...PIPELINE,
          'lib/machine-env-matrix.nix': MATRIX,
          'machines/lea/configuration.nix': hostOf(
            'lea',
            `\
  services.mail.passwordFile = config.clan.core.vars.generators.gmail-app-password.files.passwd.path;
  #                                                                                      ^^^^^^ use/undefined-file
`,
          ),
        },
      },
    ],
    good: [
      {
        title: 'A file of the generator',
        files: {
          ...PIPELINE,
          'lib/machine-env-matrix.nix': MATRIX,
          'machines/lea/configuration.nix': hostOf(
            'lea',
            `\
  services.mail.passwordFile = config.clan.core.vars.generators.gmail-app-password.files.password.path;
`,
          ),
        },
      },
      {
        title: 'A file that is there under the same condition as its use',
        files: {
          'services/panel.nix': `\
{ lib, ... }:
{
  _class = "clan.service";
  manifest.name = "panel";
  roles.server = {
    interface.options.oidc.enable = lib.mkEnableOption "signing in elsewhere";
    perInstance =
      { settings, ... }:
      {
        nixosModule =
          { config, pkgs, ... }:
          {
            clan.core.vars.generators.panel = {
              files.cookie = { };
              files.oidc = lib.mkIf settings.oidc.enable { };
              runtimeInputs = [ pkgs.openssl ];
              script = ''
                openssl rand -hex 32 > "$out/cookie"
                \${lib.optionalString settings.oidc.enable ''
                  openssl rand -hex 32 > "$out/oidc"
                ''}
              '';
            };
            environment.etc."panel/cookie".source = config.clan.core.vars.generators.panel.files.cookie.path;
            environment.etc."panel/oidc" = lib.mkIf settings.oidc.enable {
              source = config.clan.core.vars.generators.panel.files.oidc.path;
            };
          };
      };
  };
}
`,
          'flake.nix': `\
{
  outputs =
    { self, clan-core }:
    let
      clan = clan-core.lib.clan {
        inherit self;
        meta.name = "example";
        modules.panel = ./services/panel.nix;
        inventory.machines.lea = { };
        inventory.instances.panel = {
          module.input = "self";
          module.name = "panel";
          roles.server.machines.lea.settings.oidc.enable = false;
        };
      };
    in
    {
      inherit (clan.config) nixosConfigurations;
    };
}
`,
        },
      },
    ],
  }),
  check: perUnit(function* (unit, context) {
    const facts = factsOf(context.fleet);
    for (const use of plainUses(unit)) {
      const files = filesWithoutUsed(facts, use, machinesOfUse(context.fleet, unit, use));
      if (files !== null && !isHeldBack(context, facts, use)) yield reportOf(context, use, files);
      if (files === null) yield* slipOf(context, facts, use);
    }
    // What is stored of an earlier declaration is still found; and where there is no generator, nothing is read of it.
    for (const use of [...calledUses(unit), ...assumingUses(unit)]) {
      const files = filesWithoutUsed(facts, use, null);
      // With a default, only a slip is a mistake.
      const isMeant = !use.guarded || suggest(use.fileName ?? '', files ?? []) !== null;
      if (files !== null && isMeant && !isHeldBack(context, facts, use))
        yield { ...reportOf(context, use, files), severity: 'warning' };
      if (files === null) yield* slipOf(context, facts, use);
    }
    for (const use of computedUses(unit)) {
      const files = filesOfFitting(context.fleet, facts, use);
      if (files !== null) yield { ...reportOf(context, use, files), severity: 'warning' };
    }
  }),
};

/** Returns all files of the used generator if the used one is certainly not among them; else null. */
function filesWithoutUsed(facts: Facts, use: Use, machines: readonly string[] | null): string[] | null {
  const name = use.fileName;
  if (name === null || use.fileKind === 'pattern') return null;
  const generators = facts.generators.get(use.generator);
  if (generators === undefined || mayHaveFileDefinedElsewhere(facts, use.generator, name, machines))
    return null;
  const files: string[] = [];
  for (const generator of generators) {
    if (mayHave(generator, name)) return null;
    files.push(...generator.body().files.map(file => file.name));
  }
  return sortedUnique(files);
}

/** Of what services bring, another clan-core may have other files. */
function* slipOf(context: CheckContext, facts: Facts, use: Use): Iterable<Report> {
  const files = filesBesideSlip(facts, use);
  if (files !== null) yield { ...reportOf(context, use, files), severity: 'warning' };
}

/** Returns the uses of a unit that select the option of a generator whose name is computed, or ask a function for it. */
function computedUses(unit: Unit): readonly Use[] {
  return unit.uses.filter(
    use => use.by !== 'name' && use.generatorKind === 'pattern' && !use.guarded && use.key === null,
  );
}

/**
 * Returns the files of all generators that a name with holes may be, if there are any, none of them has the used one,
 * and that is nearly the name of one of theirs; else null.
 */
function filesOfFitting(fleet: Fleet, facts: Facts, { generator, fileName, fileKind }: Use): string[] | null {
  if (fileName === null || fileKind === 'pattern' || mayBeAnyName(generator)) return null;
  const fitting = fleet.generators.filter(
    ({ name, machines }) =>
      machines?.length !== 0 && mayBeSame(generator, name) && haveSameEnds(generator, name),
  );
  const isKnown = fitting.every(
    ({ name, nameKind }) =>
      nameKind === 'pattern' || !mayHaveFileDefinedElsewhere(facts, name, fileName, null),
  );
  if (!isKnown || fitting.some(candidate => mayHave(candidate, fileName))) return null;
  const files = sortedUnique(fitting.flatMap(candidate => candidate.body().files.map(({ name }) => name)));
  return suggest(fileName, files) === null ? null : files;
}

/** Tells whether what is written before the first hole and behind the last goes together in two names. */
function haveSameEnds(one: string, other: string): boolean {
  const [first, second] = [literalsOf(one), literalsOf(other)];
  const starts = (left = '', right = '') => left.startsWith(right) || right.startsWith(left);
  const ends = (left = '', right = '') => left.endsWith(right) || right.endsWith(left);
  return starts(first[0], second[0]) && ends(first.at(-1), second.at(-1));
}

/** Tells whether hardly anything is known of a name, or one of clan-core's services may have made it. */
function mayBeAnyName(name: string): boolean {
  const parts = literalsOf(name);
  return parts.join('').length < MIN_WRITTEN || isCatalogueGenerator(parts.join('x'));
}

const MIN_WRITTEN = 4;

const answersOf = keeping((_: Generator) => new Map<string, boolean>());

/** Returns whether the generator may have a file of this name. Asked by each machine that uses it. */
function mayHave(generator: Generator, name: string): boolean {
  const known = answersOf(generator);
  let answer = known.get(name);
  if (answer === undefined) {
    const { complete, files } = generator.body();
    answer = !complete.files || mayInclude(files, name);
    known.set(name, answer);
  }
  return answer;
}

/**
 * Returns whether the file is declared under a condition that does not hold here. What reads it stands under the same
 * condition then, and is not evaluated either.
 */
function isHeldBack({ sources }: CheckContext, facts: Facts, { generator, fileName }: Use): boolean {
  const name = fileName as string;
  for (const { definitions } of facts.generators.get(generator) ?? [])
    for (const { at } of definitions) {
      const source = sources.parse(at.file);
      const binding = source === null ? null : bindingAround(source, at)?.binding;
      if (binding?.kind === 'bind' && isBoundUnderCondition(binding.value, name, false)) return true;
    }
  return false;
}

function isBoundUnderCondition(expr: Expr, name: string, isUnder: boolean): boolean {
  const under = isUnder || isCondition(expr);
  if (expr.kind === 'attrs')
    for (const binding of expr.bindings) {
      if (binding.kind !== 'bind') continue;
      const isNamed = binding.path.some(part => part.kind === 'name' && part.name === name);
      if (isNamed && (under || isCondition(binding.value))) return true;
    }
  return childrenOf(expr).some(child => isBoundUnderCondition(child, name, under));
}

const CONDITIONS = /^(mkIf|optionalAttrs|optionals?|filterAttrs)$/;

/** `mkIf x y` and the like, whatever is around its name, or `if`. */
function isCondition(expr: Expr): boolean {
  let head = expr;
  while (head.kind === 'apply') head = head.fn;
  return head.kind === 'if' || (expr.kind === 'apply' && CONDITIONS.test(writtenName(head)));
}

function reportOf({ sources }: CheckContext, use: Use, files: readonly string[]): Report {
  const name = use.fileName as string;
  const at = use.fileAt ?? use.at;
  const meant = suggest(name, files);
  const replacement = meant === null ? null : replaceName(sources, at, name, meant);
  const has = files.length === 0 ? 'it has none' : `it has ${quoted(files)}`;
  return {
    at,
    message: `The generator "${use.generator}" has no file "${name}"; ${has}.${didYouMean(meant)}`,
    fixes:
      replacement === null
        ? []
        : [{ title: `Replace with "${meant}"`, edits: [replacement], preferred: true, guess: true }],
  };
}
