/** generator/invalid-name: a name that clan does not support. */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Generator, GeneratorFile } from '../../../fleet/model/generators.ts';
import type { NameKind } from '../../../modules/read.ts';
import type { Place } from '../../../nix/places.ts';
import { firstTime } from '../../facts/fleet-facts.ts';
import { inBodies } from '../../memory/per-body.ts';
import type { Rule } from '../../rule.ts';

export const invalidName: Rule = {
  id: 'generator/invalid-name',
  severity: 'error',
  summary: 'A name of a generator, file or prompt that clan cannot use',
  documentation: `\
The script of a generator becomes a file of the Nix store, \`generator-<name>\`: the name may contain only letters,
digits and \`+ . _ ? = -\`, and at most 201 characters. With a slash or a space in it, evaluation fails when the
generator first runs.

A prompt's name is a file name in \`$prompts\`, which has no folders: if it contains a slash, the answer cannot be
written. The name of a file may contain folders (\`keys/db.pem\`), but no \`..\` and no slash at the start. If another
generator depends on this one, it may not contain folders either: clan creates none below \`$in\` and ends with
\`FileNotFoundError\`. Varsmith's own \`generate\` does create them.

Source: clan-core d7c35d912, modules/clan/export-modules/generic-generator.nix (\`writeScript\`),
clan_lib/vars/generator.py (\`materialize_virtual_fs\`).`,
  examples: ({ clanWith }) => ({
    bad: [
      {
        title: 'Spaces and slashes',
        files: {
          'modules/mail.nix': `\
{ pkgs, ... }:
{
  clan.core.vars.generators."mail server" = {
  #                         ^^^^^^^^^^^^^ generator/invalid-name: a space
    prompts."smtp/password".persist = true;
    #       ^^^^^^^^^^^^^^^ generator/invalid-name: no folders
    files."../password" = { };
    #     ^^^^^^^^^^^^^ generator/invalid-name: leads out of
    script = ''
      date > "$out/../password"
    '';
  };
}
`,
        },
      },
      {
        title: 'A folder in what another generator is given',
        files: clanWith(`\
{ pkgs, ... }:
{
  clan.core.vars.generators.ca = {
    files."keys/ca.pem" = { };
    #     ^^^^^^^^^^^^^ generator/invalid-name: "leaf" depends on the generator
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      mkdir -p "$out/keys"
      openssl genrsa -out "$out/keys/ca.pem" 2048
    '';
  };
  clan.core.vars.generators.leaf = {
    dependencies = [ "ca" ];
    files.pem = { };
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl rsa -in "$in/ca/keys/ca.pem" -out "$out/pem"
    '';
  };
}
`),
      },
    ],
    good: [
      {
        title: 'Dots, dashes and folders of files',
        files: {
          'modules/mail.nix': `\
{ pkgs, ... }:
{
  clan.core.vars.generators."mail.example_org-1" = {
    files."keys/dkim.private" = { };
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      mkdir -p "$out/keys"
      openssl genrsa -out "$out/keys/dkim.private" 2048
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
    for (const { found } of mistakes(context))
      for (const { at, message } of found) if (isNew({ at })) yield { at, message };
    for (const { generator, found } of inFolders(context)) {
      const [dependent] = dependentsOf(context.fleet, generator);
      if (dependent === undefined) continue;
      for (const { at, name } of found)
        if (isNew({ at }))
          yield {
            at,
            message: `The name of the file "${name}" has a folder, and "${dependent}" depends on the generator: clan cannot hand the file over, and generating "${dependent}" fails. Give it a name without a slash.`,
          };
    }
  },
};

/** Yields the files whose name contains folders and is otherwise valid. */
const inFolders = inBodies(function* (_, { files }): Iterable<GeneratorFile> {
  for (const file of files)
    if (isWhole(file) && !file.conditional && file.name.includes('/') && !leavesFolder(file.name)) yield file;
});

/** Returns the generators that certainly depend on this one, on a machine that certainly has both. */
function dependentsOf({ generators }: Fleet, { name, machines }: Generator): string[] {
  return generators
    .filter(
      generator =>
        generator.machines?.some(machine => machines?.includes(machine)) === true &&
        generator.body().dependencies.some(({ value }) => value === name),
    )
    .map(generator => generator.name);
}

interface Mistake {
  readonly at: Place;
  readonly message: string;
}

const mistakes = inBodies(mistakesIn);

/** The maximum length of a store name, minus `generator-`. */
const LONGEST = 211 - 'generator-'.length;

function* mistakesIn(generator: Generator): Iterable<Mistake> {
  const [first] = generator.definitions;
  const problem = isWhole(generator) ? generatorProblem(generator.name) : null;
  if (problem !== null && first !== undefined)
    yield {
      at: first.at,
      message: `The name of the generator "${generator.name}" ${problem}: its script cannot be put into the Nix store, and generating it fails.`,
    };
  const { files, prompts } = generator.body();
  for (const prompt of prompts)
    if (prompt.name.includes('/') && !prompt.name.includes('${'))
      yield {
        at: prompt.at,
        message: `The name of the prompt "${prompt.name}" has a slash, but $prompts has no folders: asking for it fails.`,
      };
  for (const file of files)
    if (isWhole(file) && file.from === 'files' && leavesFolder(file.name))
      yield {
        at: file.at,
        message: `The file "${file.name}" is no name of a file below $out: it leads out of it, or to a folder. Generating it fails.`,
      };
}

function isWhole({ name, nameKind }: { readonly name: string; readonly nameKind: NameKind }): boolean {
  return nameKind !== 'pattern' && !name.includes('${');
}

function generatorProblem(name: string): string | null {
  if (name === '') return 'is empty';
  if (name.length > LONGEST) return `is longer than ${LONGEST} characters`;
  const stranger = /[^A-Za-z0-9+._?=-]/u.exec(name)?.[0];
  if (stranger === undefined) return null;
  const called: Readonly<Record<string, string>> = { ' ': 'a space', '/': 'a slash' };
  return `has ${called[stranger] ?? `the character "${stranger}"`}`;
}

function leavesFolder(name: string): boolean {
  return name.split('/').some(part => part === '' || part === '.' || part === '..');
}
