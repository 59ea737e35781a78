/** use/unknown-attribute: an attribute is read that a generator, file or prompt does not have. */

import { attributeText, replaceName } from '../../../edits/edits.ts';
import { didYouMean, suggest } from '../../../edits/suggest.ts';
import { OPTIONS } from '../../../fleet/generators/generator-options.ts';
import type { OtherRead, UnitOutline } from '../../../fleet/model/uses.ts';
import type { Place } from '../../../nix/places.ts';
import { sortedUnique } from '../../../std.ts';
import { type Facts, factsOf } from '../../facts/fleet-facts.ts';
import { mayKnowMore } from '../../facts/inventory/clan-core-version.ts';
import { declaredNames } from '../../facts/option/own-declarations.ts';
import { quoted } from '../../facts/wording.ts';
import { perUnit } from '../../memory/per-unit.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

const KEY = `\
  clan.core.vars.generators.backup = {
    files.key = { };
    prompts.passphrase.persist = true;
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl enc -pass file:"$prompts/passphrase" -out "$out/key" < /dev/null
    '';
  };
`;

const moduleWith = (uses: string) => `{ config, pkgs, ... }:\n{\n${KEY}${uses}}\n`;

export const unknownAttribute: Rule = {
  id: 'use/unknown-attribute',
  severity: 'error',
  summary: 'Something is read of a generator, a file or a prompt that it does not have',
  documentation: `\
A module reads an attribute that clan-core's options do not have: a typo (\`.paht\`), \`files\` forgotten between the
generator and its file, or the answer to a prompt. Evaluating it ends with \`attribute '…' missing\`.

A configuration can read the \`.path\` of a file, and its \`.value\` if it is public. Only the script knows the answers to
prompts; an answer that is stored (\`persist = true\`) is a file with the prompt's name.

Not reported where there is a fallback (\`or\`, \`?\`), and for options that the workspace declares itself. Where
\`flake.lock\` names a fork or a newer version of clan-core, only likely typos are reported, as warnings.

Source: clan-core d7c35d912, modules/clan/export-modules/generic-generator.nix.`,
  examples: () => ({
    bad: [
      {
        title: 'A slip, a forgotten word, and an answer',
        files: {
          'modules/backup.nix': moduleWith(`\
  services.backup.key = config.clan.core.vars.generators.backup.files.key.paht;
  #                                                                       ^^^^ use/unknown-attribute: Did you mean "path"?
  services.backup.keyFile = config.clan.core.vars.generators.backup.key.path;
  #                                                                 ^^^ use/unknown-attribute: Did you mean "files.key"?
  services.backup.phrase = config.clan.core.vars.generators.backup.prompts.passphrase.value;
  #                                                                                   ^^^^^ use/unknown-attribute: files."passphrase".path
`),
        },
      },
    ],
    good: [
      {
        title: 'What files have, and a fallback',
        files: {
          'modules/backup.nix': moduleWith(`\
  services.backup.key = config.clan.core.vars.generators.backup.files.key.path;
  services.backup.owner = config.clan.core.vars.generators.backup.files.key.owner;
  services.backup.label = config.clan.core.vars.generators.backup.label or "backup";
`),
        },
      },
      {
        title: 'An option that the workspace declares',
        files: {
          'modules/label.nix': `\
{ lib, ... }:
{
  options.clan.core.vars.generators = lib.mkOption {
    type = lib.types.attrsOf (lib.types.submodule { options.label = lib.mkOption { default = ""; }; });
  };
}
`,
          'modules/backup.nix': moduleWith(`\
  services.backup.label = config.clan.core.vars.generators.backup.label;
`),
        },
      },
    ],
  }),
  check: function* (context) {
    const strangers = [...readsIn(context)];
    if (strangers.length === 0) return;
    const { isClan, names } = declaredNames(context);
    if (!isClan) return;
    const facts = factsOf(context.fleet);
    for (const read of strangers) {
      if (names.has(read.attribute)) continue;
      const report = reportOf(context, facts, read, names.has('generators'));
      if (report !== null) yield report;
    }
  },
};

/** An attribute that its owner does not have. */
interface Stranger {
  readonly at: Place;
  readonly of: 'generator' | 'file' | 'prompt';
  readonly generator: string;
  readonly prompt: string | null;
  readonly attribute: string;
}

const readsIn = perUnit(function* (unit: UnitOutline): Iterable<Stranger> {
  for (const read of unit.otherReads) if (isStranger(read)) yield read;
  for (const { by, at, attribute, attributeAt, generator, guarded, assumesGenerator } of unit.uses) {
    if (by !== 'option' || at.file !== unit.file || attribute === null || attributeAt === null) continue;
    const isProvided = guarded && !assumesGenerator;
    if (isProvided || attribute.includes('${') || OPTIONS.file.has(attribute) || attribute === '_module')
      continue;
    yield { at: attributeAt, of: 'file', generator, prompt: null, attribute };
  }
});

function isStranger({ of, attribute, guarded }: OtherRead): boolean {
  return !guarded && !OPTIONS[of].has(attribute) && attribute !== '_module';
}

const THINGS = { generator: 'Generators have', file: "A generator's files have", prompt: 'Prompts have' };

/** Attributes that people read when they mean an existing one. */
const OTHER_READS: { readonly [of in Stranger['of']]?: ReadonlyMap<string, string> } = {
  file: new Map(
    Object.entries({
      file: 'path',
      filename: 'path',
      filePath: 'path',
      content: 'value',
      contents: 'value',
      text: 'value',
    }),
  ),
};

function reportOf(
  { sources }: CheckContext,
  facts: Facts,
  read: Stranger,
  isExtended: boolean,
): Report | null {
  const { at, of, attribute } = read;
  const files = sortedUnique(
    (facts.generators.get(read.generator) ?? []).flatMap(generator =>
      generator.body().files.map(({ name }) => name),
    ),
  );
  const isFile = of === 'generator' && files.includes(attribute);
  const meant = isFile
    ? `files.${attributeText(attribute)}`
    : (OTHER_READS[of]?.get(attribute) ?? suggest(attribute, OPTIONS[of].keys()));
  const advice = meant === null ? adviceFor(read, files) : didYouMean(meant);
  const isSure = !mayKnowMore(sources) && !isExtended;
  if (!isSure && advice === '') return null;
  const edit = meant === null ? null : isFile ? insertFiles(at) : replaceName(sources, at, attribute, meant);
  const fixes: Fix[] = [];
  if (edit !== null && meant !== null)
    fixes.push({
      title: isFile ? `Insert "files."` : `Replace with "${meant}"`,
      edits: [edit],
      preferred: true,
      guess: true,
    });
  return {
    at,
    ...(isSure ? {} : { severity: 'warning' as const }),
    message: `${THINGS[of]} no "${attribute}"${isSure ? ': evaluating it fails.' : ' in the clan-core known here.'}${advice}`,
    fixes,
  };
}

function insertFiles(at: Place) {
  return { file: at.file, start: at.start, end: at.start, text: 'files.' };
}

/** Returns advice on what to read instead if the name is not a misspelling. */
function adviceFor({ of, prompt, attribute }: Stranger, files: readonly string[]): string {
  if (of === 'prompt') {
    const isKept = prompt !== null && files.includes(prompt);
    return isKept
      ? ` Its answer is kept as a file: read files."${prompt}".path.`
      : ' What is answered is known to the script alone; with persist = true it is a file.';
  }
  if (of === 'generator' && /^(path|value|exists)$/.test(attribute) && files.length > 0)
    return ` It is one of files: read files.<name>.${attribute} (${quoted(files)}).`;
  return '';
}
