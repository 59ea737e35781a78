/** host/missing: a configuration names a file or a folder that does not exist. */

import { didYouMean, suggest } from '../../../edits/suggest.ts';
import type { MachineFact, NamedFile } from '../../../fleet/model/machines.ts';
import { folderOf, joinPath } from '../../../nix/eval/paths.ts';
import { placeIdentity } from '../../../nix/places.ts';
import { isInSubmodule } from '../../facts/host/missing-on-purpose.ts';
import { isDeployed } from '../../facts/inventory/named-in-roles.ts';
import type { CheckFiles, Report, Rule } from '../../rule.ts';

const FLAKE = `\
{
  outputs =
    { nixpkgs, ... }:
    let
      host = name: nixpkgs.lib.nixosSystem { modules = [ (./hosts + "/\${name}") ]; };
    in
    {
      nixosConfigurations.emily = host "emily";
      nixosConfigurations.lea = nixpkgs.lib.nixosSystem {
        modules = [ ./hosts/lea ];
      };
    };
}
`;

export const missingHost: Rule = {
  id: 'host/missing',
  severity: 'error',
  summary: 'A configuration names a file that does not exist',
  documentation: `\
The modules of a configuration, or the module that \`clan.machines\` gives a machine, refer to a file or folder that is
not in the workspace, or to a folder without a \`default.nix\`. Evaluating the machine ends with
\`path '…' does not exist\`.

Usually a host was renamed, its folder was moved, and the configuration still names the old one; or the configuration
was copied without its folder.

Correct the path, add the file, or remove the configuration. Not reported for paths outside of the workspace or in git
submodules, or for imports under a condition.`,
  examples: () => ({
    bad: [
      {
        title: 'A folder that was renamed, and one that is named by a function',
        files: {
          'flake.nix': FLAKE.replace(
            'nixosConfigurations.emily = host "emily";',
            `\
nixosConfigurations.emely = host "emely";
      #                   ^^^^^ host/missing: hosts/emely, which does not exist`,
          ).replace(
            'modules = [ ./hosts/lea ];',
            `\
modules = [ ./hosts/leah ];
        #           ^^^^^^^^^^^^ host/missing: Did you mean "lea"?`,
          ),
          'hosts/emily/default.nix': '{ networking.hostName = "emily"; }\n',
          'hosts/lea/default.nix': '{ networking.hostName = "lea"; }\n',
        },
      },
    ],
    good: [
      {
        title: 'Folders that are there',
        files: {
          'flake.nix': FLAKE,
          'hosts/emily/default.nix': '{ networking.hostName = "emily"; }\n',
          'hosts/lea/default.nix': '{ networking.hostName = "lea"; }\n',
        },
      },
    ],
  }),
  check: function* ({ fleet, sources }) {
    const seen = new Set<string>();
    for (const fact of fleet.machineFacts)
      for (const named of fact.files?.() ?? []) {
        const problem = problemOf(sources, named.path);
        const at = named.isWritten ? named.at : fact.at;
        if (problem === null || at === null || !isDeployed(at) || seen.has(placeIdentity(at))) continue;
        if (isInSubmodule(sources, named.path)) continue;
        seen.add(placeIdentity(at));
        yield reportOf(sources, fact, named, problem, at);
      }
  },
};

type Problem = 'absent' | 'no-default';

function problemOf(sources: CheckFiles, path: string): Problem | null {
  const kind = sources.kind(path);
  if (kind === null) return 'absent';
  const isWithout = kind === 'directory' && sources.kind(joinPath(path, 'default.nix') as string) === null;
  return isWithout ? 'no-default' : null;
}

function reportOf(
  sources: CheckFiles,
  { name }: MachineFact,
  { path, isWritten }: NamedFile,
  problem: Problem,
  at: NamedFile['at'],
): Report {
  const folder = folderOf(path);
  const last = path.slice(folder === '' ? 0 : folder.length + 1);
  const beside = (sources.list(folder) ?? []).map(entry => entry.name);
  const meant = problem === 'absent' ? suggest(last, beside) : null;
  const written = sources.parse(at.file)?.text.slice(at.start, at.end) ?? '';
  const what =
    problem === 'absent' ? `${path}, which does not exist` : `the folder ${path}, which has no default.nix`;
  return {
    at,
    machines: [name],
    message: `The configuration of "${name}" imports ${what}.${didYouMean(meant)}`,
    fixes:
      meant !== null && isWritten && written.endsWith(last)
        ? [
            {
              title: `Replace with "${meant}"`,
              edits: [{ file: at.file, start: at.end - last.length, end: at.end, text: meant }],
              preferred: true,
              guess: true,
            },
          ]
        : [],
  };
}
