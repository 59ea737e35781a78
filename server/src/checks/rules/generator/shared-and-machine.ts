/** generator/shared-and-machine: a generator is shared on one machine and per machine on another. */

import type { Generator, GeneratorDefinition } from '../../../fleet/model/generators.ts';
import type { Place } from '../../../nix/places.ts';
import { machinesText } from '../../facts/wording.ts';
import type { Rule } from '../../rule.ts';

const KEY = `\
{ pkgs, ... }:
{
  clan.core.vars.generators.backup-key = {
    files.key = { };
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl rand -hex 32 > "$out/key"
    '';
  };
}
`;

const CLAN = '{ meta.name = "example"; inventory.machines.lea = { }; inventory.machines.emily = { }; }\n';

export const sharedAndMachine: Rule = {
  id: 'generator/shared-and-machine',
  severity: 'warning',
  summary: 'One name is a shared generator on one machine and per machine on another',
  documentation: `\
Two machines have a generator of the same name, one with \`share = true\` and one without. clan does not complain, but
storing a machine's own value deletes the shared one of that name: the next deployment of the machines that share it
lacks the secret or has a new one.

Give it the same \`share\` everywhere, or use two names.

Reported where it is certain which modules both machines have.

Source: clan-core d7c35d912, clan_lib/vars/_types.py (StoreBase.set).`,
  examples: () => ({
    bad: [
      {
        title: 'Shared by one machine alone',
        files: {
          'modules/key.nix': KEY,
          'machines/lea/configuration.nix': '{ imports = [ ../../modules/key.nix ]; }\n',
          'machines/emily/configuration.nix': `\
{
  imports = [ ../../modules/key.nix ];
  clan.core.vars.generators.backup-key.share = true;
  #                         ^^^^^^^^^^ generator/shared-and-machine: per machine on machine lea
}
`,
          'clan.nix': CLAN,
        },
      },
    ],
    good: [
      {
        title: 'Shared everywhere',
        files: {
          'modules/key.nix': KEY.replace('    files.key', '    share = true;\n    files.key'),
          'machines/lea/configuration.nix': '{ imports = [ ../../modules/key.nix ]; }\n',
          'machines/emily/configuration.nix': '{ imports = [ ../../modules/key.nix ]; }\n',
          'clan.nix': CLAN,
        },
      },
    ],
  }),
  check: function* ({ fleet }) {
    for (const generator of fleet.generators) {
      if (generator.definitions.length < 2 || generator.nameKind === 'pattern') continue;
      const variants = generator.variants();
      const shared = variants.filter(variant => variant.body.share === true);
      const perMachine = variants.filter(variant => variant.body.share === false);
      const [first] = shared;
      if (first === undefined || perMachine.length === 0) continue;
      const machines = (all: typeof variants) => all.flatMap(variant => variant.machines).sort();
      yield {
        at: placeOfShare(generator, true),
        machines: [...machines(shared), ...machines(perMachine)],
        message:
          `The generator "${generator.name}" is shared on ${machinesText(machines(shared))} and per machine on ${machinesText(machines(perMachine))}: ` +
          "storing a machine's own value deletes the shared one. Give it the same share everywhere, or two names.",
        related: [{ at: placeOfShare(generator, false), message: 'Per machine here.' }],
      };
    }
  },
};

/** Returns the place of the first definition that sets `share` to this value. */
function placeOfShare(generator: Generator, isShared: boolean): Place {
  const { definitions } = generator;
  const generatorDefinition =
    definitions.find(definition => definition.body().share === isShared) ?? definitions[0];
  return (generatorDefinition as GeneratorDefinition).at;
}
