/** use/undefined-file: a use of a file that its generator does not have. */

import { replaceName } from '../../../edits/edits.ts';
import { bindingAround } from '../../../edits/locate.ts';
import { didYouMean, suggest } from '../../../edits/suggest.ts';
import type { Use } from '../../../fleet/model/uses.ts';
import { childrenOf } from '../../../nix/expressions.ts';
import { type Expr, writtenName } from '../../../nix/syntax.ts';
import { assumingUses, calledUses, factsOf, plainUses } from '../../facts/fleet-facts.ts';
import { computedUses, lackingOfFitting } from '../../facts/use/computed-uses.ts';
import { type LackingFile, lackingFile } from '../../facts/use/lacking-files.ts';
import { misspeltFile } from '../../facts/use/misspelt-reads.ts';
import { machinesOfUse } from '../../facts/use/reading-machines.ts';
import { inBrackets, quoted } from '../../facts/wording.ts';
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

\`getPublicValue { generator; file; }\` of clan-core reads the stored file: there it is a warning, because a file that
was declared earlier may still be stored. With a default, it silently returns the default, so only a misspelling of an
existing file is reported. Stored files are considered too: a name that is neither declared nor stored but differs
from one that is by a letter or two is a typo.

Correct the name, or declare the file.`,
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
    const { fleet } = context;
    for (const use of plainUses(unit)) {
      const lacking = lackingFile(context, use, () => machinesOfUse(fleet, unit, use));
      if (lacking !== null && !isReportedElsewhere(context, use)) yield reportOf(context, use, lacking);
    }
    // A stored file of an earlier declaration is still found, and without a generator nothing is read.
    for (const use of [...calledUses(unit), ...assumingUses(unit)]) {
      const lacking = lackingFile(context, use, () => use.machine && [use.machine.value]);
      // With a default, only a misspelling is a mistake.
      if (use.by === 'function' && use.guarded && suggest(use.fileName ?? '', lacking?.files ?? []) === null)
        continue;
      const mistake = lacking ?? (use.by === 'function' ? misspeltFile(context, use) : null);
      if (mistake !== null && !isReportedElsewhere(context, use))
        yield { ...reportOf(context, use, mistake), severity: 'warning' };
    }
    for (const use of computedUses(unit)) {
      const lacking =
        lackingOfFitting(fleet, use) ?? (use.by === 'function' ? misspeltFile(context, use) : null);
      if (lacking !== null) yield { ...reportOf(context, use, lacking), severity: 'warning' };
    }
  }),
};

/**
 * Returns whether the file is declared under a condition that does not hold here. Its reader is then under the
 * same condition and is not evaluated either.
 */
function isReportedElsewhere({ fleet, sources }: CheckContext, { generator, fileName }: Use): boolean {
  const facts = factsOf(fleet);
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

/** Returns whether the expression is a condition: `mkIf x y`, however qualified, or `if`. */
function isCondition(expr: Expr): boolean {
  let head = expr;
  while (head.kind === 'apply') head = head.fn;
  return head.kind === 'if' || (expr.kind === 'apply' && CONDITIONS.test(writtenName(head)));
}

function reportOf({ sources }: CheckContext, use: Use, { files, machines, severity }: LackingFile): Report {
  const name = use.fileName as string;
  const at = use.fileAt ?? use.at;
  const meant = suggest(name, files);
  const replacement = meant === null ? null : replaceName(sources, at, name, meant);
  const has = files.length === 0 ? 'it has none' : `it has ${quoted(files)}`;
  return {
    at,
    ...(severity === undefined ? {} : { severity }),
    machines,
    message: `The generator "${use.generator}" has no file "${name}"${inBrackets(machines)}; ${has}.${didYouMean(meant)}`,
    fixes:
      replacement === null
        ? []
        : [{ title: `Replace with "${meant}"`, edits: [replacement], preferred: true, guess: true }],
  };
}
