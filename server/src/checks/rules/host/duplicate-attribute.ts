/** host/duplicate-attribute: a name is set twice in one set, or is a duplicate argument of a function. */
import { positionAt } from '../../../nix/source.ts';
import { consequence, severityOf } from '../../facts/host/broken-file-words.ts';
import type { Rule } from '../../rule.ts';

export const duplicateAttribute: Rule = {
  id: 'host/duplicate-attribute',
  severity: 'error',
  summary: 'An attribute or argument that is defined twice',
  documentation: `\
A set gives a name two values, or a function takes the same argument twice. Nix rejects the whole file before
evaluating any of it: \`attribute '…' already defined\`, \`duplicate formal function argument\`. The same applies to
\`inherit\`.

Sets are merged: \`a.b = 1; a = { c = 2; };\` is one set with two attributes. Computed names (\`\${name} = …\`) are compared
later, when the set is evaluated, and are not checked here.

Remove one of the two, or merge the values. This is an error if the flake or a machine certainly imports the file, a
warning if it may, and information if nothing is known to import it.`,
  examples: ({ FLAKE_OF_WEB }) => ({
    bad: [
      {
        title: 'A new value below the old one',
        files: {
          'flake.nix': FLAKE_OF_WEB,
          'hosts/web.nix': `\
{ pkgs, ... }:
{
  networking.hostName = "web";
  services.openssh.enable = true;
  networking = {
    hostName = "web2";
#   ^^^^^^^^ host/duplicate-attribute: \`hostName\` is already set in line 3
    useDHCP = false;
  };
}
`,
        },
      },
    ],
    good: [
      {
        title: 'Sets that are merged',
        files: {
          'flake.nix': FLAKE_OF_WEB,
          'hosts/web.nix': `\
{ pkgs, ... }:
{
  networking.hostName = "web";
  networking = {
    useDHCP = false;
  };
}
`,
        },
      },
    ],
  }),
  check: function* ({ fleet, sources }) {
    for (const faults of fleet.faults)
      for (const { kind, name, first, start, end } of faults.refused) {
        if (first === null) continue;
        const { file, machines } = faults;
        const line = positionAt(sources.parse(file)?.lineStarts ?? [0], first.start).line + 1;
        const what =
          kind === 'argument'
            ? `The function takes \`${name}\` twice`
            : `\`${name}\` is already set in line ${line}`;
        yield {
          at: { file, start, end },
          severity: severityOf(faults),
          machines,
          message: `${what}: Nix rejects the file. ${consequence(faults)} Remove one of the two.`,
          related: [{ at: { file, ...rangeOf(first) }, message: 'The first one is here.' }],
        };
      }
  },
};

function rangeOf({ start, end }: { readonly start: number; readonly end: number }) {
  return { start, end };
}
