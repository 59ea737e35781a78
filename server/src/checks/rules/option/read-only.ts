/** option/read-only: an option that clan sets itself is set again. */

import { removeOption } from '../../../edits/edit-bindings.ts';
import { READ_ONLY } from '../../../fleet/generators/generator-options.ts';
import type { WrittenOption } from '../../../fleet/model/generators.ts';
import { firstTime } from '../../facts/fleet-facts.ts';
import { isOtherClanCore } from '../../facts/inventory/clan-core-version.ts';
import { optionsWhere, optionText } from '../../facts/option/written-generator-options.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const readOnly: Rule = {
  id: 'option/read-only',
  severity: 'error',
  summary: 'An option that clan sets itself is set again',
  documentation: `\
Clan itself sets the name of a generator, the name of a file and a file's \`share\`; they are read-only. Another
definition, even of the same value, ends evaluation with \`The option … is read-only, but it's set multiple times\`.

The generator's \`share\` decides whether its files are shared. Names come from the attributes.

Source: clan-core d7c35d912, nixosModules/clanCore/vars/interface.nix and modules/clan/export-modules/generic-generator.nix.`,
  examples: () => ({
    bad: [
      {
        title: 'A file that should be shared',
        files: {
          'modules/api.nix': `\
{ pkgs, ... }:
{
  clan.core.vars.generators.api = {
    files.token.share = true;
    #           ^^^^^ option/read-only: Set "share" of the generator
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl rand -hex 32 > "$out/token"
    '';
  };
}
`,
        },
      },
    ],
    good: [
      {
        title: 'A generator that is shared',
        files: {
          'modules/api.nix': `\
{ pkgs, ... }:
{
  clan.core.vars.generators.api = {
    share = true;
    files.token = { };
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl rand -hex 32 > "$out/token"
    '';
  };
}
`,
        },
      },
    ],
  }),
  check: function* (context) {
    if (!context.fleet.isClan && context.fleet.machines.length > 0) return;
    const isNew = firstTime();
    for (const { judged } of written(context.fleet))
      for (const option of judged) if (isNew(option)) yield* reportsOf(context, option);
  },
};

const written = optionsWhere(({ of, name, conditional }) => !conditional && READ_ONLY[of].has(name));

function* reportsOf({ sources }: CheckContext, option: WrittenOption): Iterable<Report> {
  if (isOtherClanCore(sources)) return;
  const edit = removeOption(sources, option.at);
  const instead = option.name === 'share' ? ' Set "share" of the generator instead.' : ' Delete it.';
  yield {
    at: option.at,
    message: `"${optionText(option)}" is read-only: clan sets it itself, and evaluation fails where it is set once more.${instead}`,
    fixes:
      edit === null
        ? []
        : [{ title: `Delete "${option.name}"`, edits: [edit], preferred: true, guess: true }],
  };
}
