/** use/unknown-machine: `getPublicValue` is asked for a file of a machine that does not exist. */

import { replaceName } from '../../../edits/edits.ts';
import { didYouMean, suggest } from '../../../edits/suggest.ts';
import type { Use } from '../../../fleet/model/uses.ts';
import { storedIndex } from '../../facts/store/stored-index.ts';
import { perUnit } from '../../memory/per-unit.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

const MESH = `\
{
  clan.core.vars.generators.mesh = {
    files.ip.secret = false;
    script = ''
      echo fd00::1 > "$out/ip"
    '';
  };
}
`;

const peerOf = (machine: string, mark = '') => `\
{ clanLib, ... }:
{
  services.mesh.peer = clanLib.getPublicValue {
    flake = ./.;
    machine = "${machine}";
${mark}    generator = "mesh";
    file = "ip";
  };
}
`;

export const unknownMachine: Rule = {
  id: 'use/unknown-machine',
  severity: 'warning',
  summary: 'A read of a file of a machine that does not exist',
  documentation: `\
\`getPublicValue { machine = "…"; … }\` of clan-core reads \`vars/per-machine/<machine>/<generator>/<file>/value\` of the
flake. There is no machine of that name, and nothing is stored for it: evaluation ends with
\`Public value … not found!\`, or silently uses the default.

With a default, only a name similar to that of a machine is reported. Not reported where the workspace may have
further machines, or for another flake.

Correct the name.

Source: clan-core d7c35d912, \`lib/get-public-value.nix\`.`,
  examples: ({ FLAKE }) => ({
    bad: [
      {
        title: 'A misspelt machine',
        files: {
          'flake.nix': FLAKE,
          'clan.nix': '{ inventory.machines = { emily = { }; lea = { }; }; }\n',
          'modules/mesh.nix': MESH,
          'machines/lea/configuration.nix': peerOf(
            'emliy',
            '    #         ^^^^^^^ use/unknown-machine: There is no machine "emliy"\n',
          ),
        },
      },
    ],
    good: [
      {
        title: 'A machine of the fleet',
        files: {
          'flake.nix': FLAKE,
          'clan.nix': '{ inventory.machines = { emily = { }; lea = { }; }; }\n',
          'modules/mesh.nix': MESH,
          'machines/lea/configuration.nix': peerOf('emily'),
        },
      },
      {
        title: 'A machine that is gone, with its stored file',
        files: {
          'flake.nix': FLAKE,
          'clan.nix': '{ inventory.machines = { emily = { }; lea = { }; }; }\n',
          'modules/mesh.nix': MESH,
          'machines/lea/configuration.nix': peerOf('nora'),
          'vars/per-machine/nora/mesh/ip/value': 'fd00::2',
        },
      },
    ],
  }),
  check: perUnit(function* (unit, context) {
    const { fleet } = context;
    if (!fleet.isClan || !fleet.machinesComplete) return;
    for (const use of unit.uses) {
      const { machine } = use;
      if (machine === null || fleet.machines.some(({ name }) => name === machine.value)) continue;
      if (storedIndex(context.stored()).owners.has(machine.value)) continue;
      const report = reportOf(context, use, machine.value);
      if (report !== null) yield report;
    }
  }),
};

function reportOf(
  { fleet, sources }: CheckContext,
  { guarded, machine, at }: Use,
  name: string,
): Report | null {
  const meant = suggest(
    name,
    fleet.machines.map(({ name: machineName }) => machineName),
  );
  if (guarded && meant === null) return null;
  const place = machine?.at ?? at;
  const edit = meant === null ? null : replaceName(sources, place, name, meant);
  return {
    at: place,
    message: `There is no machine "${name}", and nothing is stored for it to be read.${didYouMean(meant)}`,
    fixes:
      edit === null
        ? []
        : [{ title: `Replace with "${meant}"`, edits: [edit], preferred: true, guess: true }],
  };
}
