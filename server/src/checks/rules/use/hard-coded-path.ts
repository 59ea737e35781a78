/** use/hard-coded-path: the path of a deployed file is hard-coded. */

import { attributeText } from '../../../edits/edits.ts';
import { expressionsAt } from '../../../edits/locate.ts';
import { editAt } from '../../../edits/text-edit.ts';
import { lockedClanCore, NEWER_LAYOUT_TIME } from '../../../fleet/catalogue/locked-clan-core.ts';
import type { Use } from '../../../fleet/model/uses.ts';
import type { Place } from '../../../nix/places.ts';
import type { SourceFile } from '../../../nix/source.ts';
import type { LambdaExpr, StringExpr } from '../../../nix/syntax.ts';
import { factsOf } from '../../facts/fleet-facts.ts';
import { fileText, type ResolvedUse, usedFile } from '../../facts/use/used-file.ts';
import { isInGenerator, type ValuePath, valuePathsFrom } from '../../facts/use/value-flow.ts';
import { perUnit } from '../../memory/per-unit.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

const moduleWith = (path: string, mark = '') => `\
{ config, ... }:
{
  clan.core.vars.generators.backup = {
    files.key = { };
    script = ''
      head -c 32 /dev/urandom > "$out/key"
    '';
  };
  services.backup.command = "backup --key ${path}";
${mark}}
`;

export const hardCodedPath: Rule = {
  id: 'use/hard-coded-path',
  severity: 'warning',
  summary: 'The path of a deployed file is written out',
  documentation: `\
A path below \`/run/secrets\` (or \`/run/secrets-for-users\`, \`/run/user-secrets\`, \`/run/partitioning-secrets\`) is
hard-coded, and it is the location of a generator's file.

The location of a file depends on the store, on when the file is needed, and on whether the generator is shared. Clan
has also changed the layout: since August 2026 it is \`/run/secrets/vars/shared/<generator>/<file>\` or
\`/run/secrets/vars/per-machine/<machine>/<generator>/<file>\`, before it was \`/run/secrets/vars/<generator>/<file>\`. An
outdated path goes unnoticed until the program does not find its file. A path of the older layout is a warning, unless
\`flake.lock\` has an older clan-core, or a release or commit that may be older: then, and for the newer layout, it is
reported as information.

Use the \`.path\` of the file, which is always right, and fails at once if the file is no longer declared. The settings of
an inventory are plain data and have no \`config\` of a machine: there, write the path
of the newer layout, which is not reported, or name the generator and the file and let the service's module read the
\`.path\`, if the module is yours.

Source: clan-core, nixosModules/clanCore/vars/secret.`,
  examples: () => ({
    bad: [
      {
        title: 'The layout of before',
        files: {
          'modules/backup.nix': moduleWith(
            '/run/secrets/vars/backup/key',
            '  #                                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ use/hard-coded-path: older layout\n',
          ),
        },
      },
      {
        title: 'The layout of now',
        files: {
          'modules/backup.nix': moduleWith(
            '/run/secrets/vars/per-machine/lea/backup/key',
            '  #                                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ use/hard-coded-path: may change\n',
          ),
        },
      },
    ],
    good: [
      {
        title: 'The path that the module system knows',
        files: {
          'modules/backup.nix': moduleWith('${config.clan.core.vars.generators.backup.files.key.path}'),
        },
      },
      {
        title: 'A secret that no generator makes, and an example in an option',
        files: {
          'modules/tool.nix': `\
{ lib, ... }:
{
  options.tool.keyFile = lib.mkOption {
    type = lib.types.str;
    example = "/run/secrets/vars/backup/key";
  };
  config.services.tool.tokenFile = "/run/secrets/tool-token";
}
`,
          'modules/backup.nix': moduleWith('${config.clan.core.vars.generators.backup.files.key.path}'),
        },
      },
    ],
  }),
  check: perUnit(function* (unit, context) {
    const facts = factsOf(context.fleet);
    for (const use of unit.uses) {
      if (use.by !== 'name' || use.attribute !== 'path' || use.at.file !== unit.file) continue;
      const source = context.sources.parse(unit.file);
      if (source === null || !isPath(source, use.at)) continue;
      const file = usedFile(facts, use);
      if (file !== null) yield* reportsOf(context, source, { unit, use, file });
    }
  }),
};

/** Returns whether the string is the whole path, and not the name of a sops-nix secret. */
function isPath({ text }: SourceFile, at: Place): boolean {
  return text.startsWith('/run/', at.start) && !/[\w.}-]/.test(text[at.start - 1] ?? '');
}

function* reportsOf({ sources }: CheckContext, source: SourceFile, knownUse: ResolvedUse): Iterable<Report> {
  const { use } = knownUse;
  const string = expressionsAt(source, use.at.start).find(
    (expression): expression is StringExpr =>
      expression.kind === 'string' && expression.start <= use.at.start && use.at.end <= expression.end,
  );
  if (string === undefined || isComment(source, use.at, string)) return;
  const ways = valuePathsFrom(source, string);
  // Rules about scripts check what a generator reads outside its own folders.
  if (ways.some(way => isInText(way) || isInGenerator(way)) || isScriptOfGenerator(source, string)) return;
  const isOlder = !/\/(per-machine|shared)\//.test(source.text.slice(use.at.start, use.at.end));
  const locked = lockedClanCore(sources);
  const isStillRight = isOlder && locked !== null && locked.until < NEWER_LAYOUT_TIME;
  // Releases do not receive breaking changes.
  const mayBeRight = isOlder && locked !== null && locked.from < NEWER_LAYOUT_TIME;
  const why = isStillRight
    ? `This is the location of ${fileText(use)} in the clan-core of flake.lock; clan moved it in August 2026, so an update breaks this.`
    : mayBeRight
      ? `This is the location of ${fileText(use)} in clan's older layout, which the clan-core of flake.lock may still use; main moved it in August 2026, so an update breaks this.`
      : isOlder
        ? `This is the location of ${fileText(use)} in clan's older layout; clan moved it in August 2026.`
        : `This is the location of ${fileText(use)}, which may change.`;
  const isSetting = ways.some(isInventorySetting);
  // There is no alternative there, and the path is currently correct.
  if (isSetting && !isOlder) return;
  const instead = isSetting ? inSettings(knownUse, mayBeRight) : 'Use its .path.';
  yield {
    at: use.at,
    severity: isOlder && !mayBeRight ? 'warning' : 'info',
    message: `${why} ${instead}`,
    fixes: isSetting ? [] : fixesOf(source, knownUse, string),
  };
}

/**
 * Returns the advice for paths in settings. Settings are data and the service module may be clan-core's, so
 * only the current path certainly helps.
 */
function inSettings({ use, file: { generators } }: ResolvedUse, isLater: boolean): string {
  const placement = generators.some(generator => generator.body().share === true)
    ? 'shared'
    : 'per-machine/MACHINE';
  const path = `/run/secrets/vars/${placement}/${use.generator}/${use.fileName}`;
  return `Settings of the inventory cannot read its .path: ${isLater ? 'with the update, ' : ''}write \`${path}\`, or let the service's module read .path if it is yours.`;
}

/**
 * Returns whether the path ends in `instances.x.roles.y.settings`: plain data for all machines, without the
 * configuration of one.
 */
function isInventorySetting({ option }: ValuePath): boolean {
  const roles = option.indexOf('roles');
  return roles >= 0 && option.indexOf('instances') < roles && option.includes('settings', roles);
}

/** Returns whether the string is a generator's script, including one created by a helper function. */
function isScriptOfGenerator({ text }: SourceFile, { start, end }: StringExpr): boolean {
  return /\$\{?out\b/.test(text.slice(start, end));
}

/** Returns whether the place is in a comment line of a script. */
function isComment({ text }: SourceFile, at: Place, string: StringExpr): boolean {
  const from = Math.max(text.lastIndexOf('\n', at.start - 1) + 1, string.start);
  return /^['"\s]*#/.test(text.slice(from, at.start));
}

/** Options for documentation, tests of a running machine, and messages. */
const TOLD = new Set(['example', 'description', 'defaultText', 'testScript', 'warnings', 'assertions']);
const TELLERS = /^(throw|abort|trace|warn|warnIf|assertMsg|literalExpression|literalMD|mdDoc)$/;

function isInText({ steps, option }: ValuePath): boolean {
  return (
    option.some(name => TOLD.has(name)) ||
    steps.some(
      step =>
        (step.kind === 'call' && TELLERS.test(step.name)) ||
        (step.kind === 'attribute' && step.names.some(name => TOLD.has(name))),
    )
  );
}

function fixesOf(source: SourceFile, { unit, use }: ResolvedUse, string: StringExpr): readonly Fix[] {
  const root = configIn(source, string);
  if (root === null) return [];
  const path = `${root}.clan.core.vars.generators.${attributeText(use.generator)}.files.${attributeText(use.fileName as string)}.path`;
  const isWhole =
    string.style === 'double' && string.start + 1 === use.at.start && string.end - 1 === use.at.end;
  const edit = isWhole
    ? { file: source.path, start: string.start, end: string.end, text: path }
    : editAt(use.at, `\${${path}}`);
  // Elsewhere, the machine may lack the generator or the configuration may be another machine's.
  const isHere = isDefinedBelow(unit.definitions, use, source, string);
  return [
    { title: 'Replace with .path', edits: [edit], preferred: true, ...(isHere ? {} : { guess: true }) },
  ];
}

const CONFIGS = ['config', 'osConfig'];

/** Returns the module function around the string, which receives the configuration, or null. */
function moduleAround(source: SourceFile, string: StringExpr): LambdaExpr | null {
  const around = expressionsAt(source, string.start).reverse();
  return (
    around.find(
      (expr): expr is LambdaExpr =>
        expr.kind === 'lambda' && (expr.formals ?? []).some(formal => CONFIGS.includes(formal.name.name)),
    ) ?? null
  );
}

function configIn(source: SourceFile, string: StringExpr): string | null {
  const names = new Set(moduleAround(source, string)?.formals?.map(formal => formal.name.name));
  return names.has('osConfig') ? 'osConfig' : names.has('config') ? 'config' : null;
}

/**
 * Returns whether this module itself defines the generator, so that it exists and `config` is the machine's.
 */
function isDefinedBelow(
  definitions: readonly { readonly name: string; readonly at: Place }[],
  use: Use,
  source: SourceFile,
  string: StringExpr,
): boolean {
  const around = moduleAround(source, string);
  return (
    around !== null &&
    definitions.some(
      ({ name, at }) =>
        name === use.generator && at.file === source.path && around.start <= at.start && at.end <= around.end,
    )
  );
}
