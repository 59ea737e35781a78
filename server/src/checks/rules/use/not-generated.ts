/** use/not-generated: reads the value of a public file that has not been generated. */

import { expressionsAt } from '../../../edits/locate.ts';
import type { Generator } from '../../../fleet/model/generators.ts';
import type { Place } from '../../../nix/places.ts';
import type { SourceFile } from '../../../nix/source.ts';
import type { LambdaExpr } from '../../../nix/syntax.ts';
import { sortedUnique } from '../../../std.ts';
import type { StoreContents } from '../../../store/vars/read.ts';
import { factsOf } from '../../facts/fleet-facts.ts';
import { readersOf } from '../../facts/use/reading-machines.ts';
import { fileText, type ResolvedUse, usedFile } from '../../facts/use/used-file.ts';
import { isIfThere, isInGenerator, valuePathsFrom } from '../../facts/use/value-flow.ts';
import { machinesText } from '../../facts/wording.ts';
import { perUnit } from '../../memory/per-unit.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

const FLAKE = `\
{
  outputs =
    { self, clan-core, ... }:
    let
      clan = clan-core.lib.clan {
        inherit self;
        inventory.machines.lea = { };
      };
    in
    {
      inherit (clan.config) nixosConfigurations;
    };
}
`;

const moduleWith = (value: string, mark = '', missing = '') => `\
{ config, lib, ... }:
let
  id = config.clan.core.vars.generators.host-id.files.id;
in
{
  clan.core.vars.generators.host-id = {
${missing}    files.id.secret = false;
    script = ''
      head -c 4 /dev/urandom | od -An -tx1 | tr -d ' \\\\n' > "$out/id"
    '';
  };
  networking.hostId = ${value};
${mark}}
`;

const OTHER = { 'vars/per-machine/lea/openssh/ssh.id_ed25519.pub/value': 'ssh-ed25519 AAAA\n' };

export const notGenerated: Rule = {
  id: 'use/not-generated',
  severity: 'warning',
  summary: 'The value of a public file that has not been generated',
  documentation: `\
A module reads the \`.value\` of a public file, and the file is not in the repository for a machine that certainly has
both the generator and the module.

Until it is generated, evaluating the machine ends with
\`File '…' does not exist. Try running 'clan vars generate' first.\`: nothing can be built or deployed. This is a
warning if the machine already has other files, so this one was forgotten or is new; it is information if nothing has
been generated for the machine. Nothing is reported if the repository has no generated files at all.

Run \`varsmith generate --machine MACHINE -g NAME\` (in VS Code, *Generate*) and commit the result (files that git does
not know do not exist for a flake), or handle its absence: with \`.exists\`, or with \`lib.mkDefault\` for the file's
\`value\`.

Not reported for a use with a fallback, under a condition that tests for files, or where it is uncertain which
machines have the module.`,
  examples: () => ({
    bad: [
      {
        title: 'The machine has other files, but not this one',
        files: {
          'flake.nix': FLAKE,
          'machines/lea/configuration.nix': '{\n  imports = [ ../../modules/host-id.nix ];\n}\n',
          'modules/host-id.nix': moduleWith(
            'id.value',
            '  #                   ^^^^^^^^ use/not-generated: machine lea\n',
            '  #                         ^^^^^^^ store/missing\n',
          ),
          ...OTHER,
        },
      },
    ],
    good: [
      {
        title: 'It has been generated',
        files: {
          'flake.nix': FLAKE,
          'machines/lea/configuration.nix': '{\n  imports = [ ../../modules/host-id.nix ];\n}\n',
          'modules/host-id.nix': moduleWith('id.value'),
          'vars/per-machine/lea/host-id/id/value': '8425e349',
        },
      },
    ],
  }),
  check: perUnit(function* (unit, context) {
    const facts = factsOf(context.fleet);
    for (const use of unit.uses) {
      if (use.by !== 'option' || use.attribute !== 'value' || use.guarded || use.at.file !== unit.file)
        continue;
      const file = usedFile(facts, use);
      if (file?.secret !== false) continue;
      const source = context.sources.parse(unit.file);
      if (source !== null) yield* reportsOf(context, source, { unit, use, file });
    }
  }),
};

function* reportsOf(
  { fleet, stored }: CheckContext,
  source: SourceFile,
  knownUse: ResolvedUse,
): Iterable<Report> {
  const { use, file } = knownUse;
  const [generator, ...others] = file.generators;
  if (generator === undefined || others.length > 0 || isSetByHand(generator, use.fileName)) return;
  // `self.nixosConfigurations.lea.config` is another machine's configuration.
  if (/\bnixosConfigurations\b|\bdarwinConfigurations\b|\bnodes\b/.test(source.text)) return;
  const ways = valuePathsFrom(source, use.at);
  if (ways.some(way => isIfThere(source, way) || isInGenerator(way) || way.option.length === 0)) return;
  const isBeside = definesBeside(source, generator, use.at);
  const readers = new Set(readersOf(fleet, source.path)?.certain);
  const machines = (generator.machines ?? []).filter(machine => isBeside || readers.has(machine));
  if (machines.length === 0) return;
  const contents = stored();
  // A fleet without any generated files is new, or stores them elsewhere.
  if (contents.vars.length === 0) return;
  const missing = machines.filter(machine => !isStored(contents, generator, use.fileName as string, machine));
  if (missing.length === 0) return;
  const isNew = missing.every(machine => !contents.vars.some(({ owner }) => owner === machine));
  yield {
    at: use.at,
    severity: isNew ? 'info' : 'warning',
    message:
      `T${fileText(use).slice(1)} has not been generated for ${machinesText(missing)}, and its value is read here: ` +
      'evaluation fails until it is.',
    machines: missing,
    cure: {
      command: 'generate',
      generator: generator.name,
      machines: sortedUnique(missing),
      shared: generator.body().share === true,
    },
  };
}

/** Returns whether Nix sets the value while the file does not exist. */
function isSetByHand(generator: Generator, file: string | null): boolean {
  return generator
    .body()
    .options()
    .some(option => option.of === 'file' && option.owner === file && /^(value|flakePath)$/.test(option.name));
}

/** Returns whether the module around the use also defines the generator, so that both exist together. */
function definesBeside(source: SourceFile, { definitions }: Generator, at: Place): boolean {
  const around = expressionsAt(source, at.start)
    .reverse()
    .find(
      (expression): expression is LambdaExpr =>
        expression.kind === 'lambda' &&
        (expression.formals ?? []).some(formal => formal.name.name === 'config'),
    );
  return (
    around !== undefined &&
    definitions.length === 1 &&
    definitions.every(
      definition =>
        !definition.conditional &&
        definition.at.file === source.path &&
        around.start <= definition.at.start &&
        definition.at.end <= around.end,
    )
  );
}

/**
 * Returns whether the file is stored. If it is not known whether the generator is shared, either placement
 * counts.
 */
function isStored(contents: StoreContents, generator: Generator, file: string, machine: string): boolean {
  const { share } = generator.body();
  return contents
    .find(generator.name, file)
    .some(
      ({ kind, placement, owner }) =>
        kind === 'public' && (placement === 'shared' ? share !== false : share !== true && owner === machine),
    );
}
