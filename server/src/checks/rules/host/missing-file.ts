/** host/missing-file: an imported path does not exist. */

import { didYouMean, suggest } from '../../../edits/suggest.ts';
import type { AbsentFile, FileFaults } from '../../../fleet/model/faults.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import { folderOf } from '../../../nix/eval/paths.ts';
import { placeIdentity } from '../../../nix/places.ts';
import { consequence } from '../../facts/host/broken-file-words.ts';
import { isIgnored, isInSubmodule } from '../../facts/host/missing-on-purpose.ts';
import type { CheckFiles, Fix, Report, Rule } from '../../rule.ts';

export const missingImport: Rule = {
  id: 'host/missing-file',
  severity: 'error',
  summary: 'An imported path does not exist',
  documentation: `\
A file that Nix certainly reads imports a path, lists it among its modules or calls it as a package, but the file does
not exist, or is a folder without a \`default.nix\`: \`path '…' does not exist\`. Literal paths are checked at any depth;
for modules of machines, composed paths are checked too.

An error where a machine or the flake as a whole imports it as a module. A warning elsewhere: values are lazy, so what
only a disabled service imports is never read, and few people evaluate a package's tests. In a file that Nix perhaps
reads, or a module of vars that nothing is known to import, only a path that is misspelt by one or two letters is
reported, as a warning or as information.

Correct the path, add the file, or remove the import.

Not reported under a condition, in a file that tests for existence (\`builtins.pathExists\`), or for paths that
\`.gitignore\` excludes, that are in submodules or outside of the workspace. The top-level modules of a configuration
are covered by host/missing.`,
  examples: ({ FLAKE_OF_WEB }) => ({
    bad: [
      {
        title: 'A module and a library that do not exist',
        files: {
          'flake.nix': FLAKE_OF_WEB,
          'hosts/web.nix': `\
{ lib, ... }:
let
  ports = import ../lib/port.nix;
  #              ^^^^^^^^^^^^^^^ host/missing-file: Did you mean "ports.nix"?
in
{
  imports = [ ./hardware-configuration.nix ];
  #           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ host/missing-file: Machine "web" cannot be evaluated.
  networking.firewall.allowedTCPPorts = ports;
}
`,
          'lib/ports.nix': '[ 22 ]\n',
        },
      },
    ],
    good: [
      {
        title: 'Files that are there, or that are asked for first',
        files: {
          'flake.nix': FLAKE_OF_WEB,
          'hosts/web.nix': `\
{ lib, ... }:
{
  imports = [
    ./disks.nix
  ]
  ++ lib.optional (builtins.pathExists ./local.nix) ./local.nix;
}
`,
          'hosts/disks.nix': '{ }\n',
        },
      },
    ],
  }),
  check: function* ({ fleet, sources }) {
    const reportedElsewhere = reportedAsMissing(fleet);
    for (const faults of fleet.faults)
      for (const absent of faults.absent) {
        const { at, target } = absent;
        if (
          reportedElsewhere.has(placeIdentity(at)) ||
          isInSubmodule(sources, target) ||
          isIgnored(sources, target)
        )
          continue;
        yield reportOf(sources, faults, absent);
      }
  },
};

/** Returns the places reported by host/missing. */
function reportedAsMissing({ machineFacts }: Fleet): ReadonlySet<string> {
  return new Set(machineFacts.flatMap(fact => (fact.files?.() ?? []).map(({ at }) => placeIdentity(at))));
}

function reportOf(
  sources: CheckFiles,
  faults: FileFaults,
  { at, target, isFolder, isNeeded }: AbsentFile,
): Report {
  const folder = folderOf(target);
  const last = target.slice(folder === '' ? 0 : folder.length + 1);
  const beside = (sources.list(folder) ?? []).map(entry => entry.name).filter(name => name !== '.git');
  const meant = isFolder ? null : suggest(last, beside);
  const problem = isFolder
    ? `The folder ${target || '.'} has no default.nix.`
    : `There is no ${target}.${didYouMean(meant)}`;
  const written = sources.parse(at.file)?.text.slice(at.start, at.end) ?? '';
  const fixes: Fix[] = [];
  // A name with other characters cannot be written as a path literal.
  if (meant !== null && written.endsWith(last) && /^[\w.+-]+$/.test(meant))
    fixes.push({
      title: `Replace with "${meant}"`,
      edits: [{ file: at.file, start: at.end - last.length, end: at.end, text: meant }],
      preferred: true,
      guess: true,
    });
  return {
    at,
    machines: faults.machines,
    message: `${problem} ${isNeeded ? consequence(faults) : 'Whatever reads it cannot be evaluated.'}`,
    fixes,
    ...(isNeeded ? {} : { severity: faults.reach === 'unknown' ? 'info' : 'warning' }),
  };
}
