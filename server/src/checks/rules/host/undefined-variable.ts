/** host/undefined-variable: a name is not defined in the file. */

import { consequence } from '../../facts/host/broken-file-words.ts';
import type { Rule } from '../../rule.ts';

/** Arguments that modules receive on request. */
const ARGUMENTS = new Set(['config', 'lib', 'pkgs', 'options', 'modulesPath', 'inputs', 'self']);

export const undefinedVariable: Rule = {
  id: 'host/undefined-variable',
  severity: 'error',
  summary: 'A name that nothing in the file defines',
  documentation: `\
A variable is neither an argument, nor bound by a surrounding \`let\` or \`rec\`, nor built into Nix. Nix rejects the
whole file before evaluating any of it: \`undefined variable '…'\`. The usual cause is a missing argument: a module that
uses \`pkgs\` needs it in its \`{ pkgs, ... }:\`.

Not reported inside \`with\`, which may bring any name into scope, or where the fleet uses \`scopedImport\`.`,
  examples: ({ FLAKE_OF_WEB }) => ({
    bad: [
      {
        title: 'A missing argument',
        files: {
          'flake.nix': FLAKE_OF_WEB,
          'hosts/web.nix': `\
{ config, ... }:
{
  environment.systemPackages = [ pkgs.git ];
  #                              ^^^^ host/undefined-variable: Add it to the arguments
}
`,
        },
      },
    ],
    good: [
      {
        title: 'An argument, and a name that `with` may give',
        files: {
          'flake.nix': FLAKE_OF_WEB,
          'hosts/web.nix': `\
{ pkgs, ... }:
{
  environment.systemPackages = with pkgs; [ git ];
}
`,
        },
      },
    ],
  }),
  check: function* ({ fleet }) {
    for (const faults of fleet.faults)
      for (const { kind, name, start, end } of faults.refused) {
        if (kind !== 'variable') continue;
        const advice = ARGUMENTS.has(name)
          ? 'Add it to the arguments of the function around it.'
          : 'Bind it, ask for it as an argument, or correct the name.';
        yield {
          at: { file: faults.file, start, end },
          machines: faults.machines,
          message: `Nothing in this file gives \`${name}\`: Nix rejects the file. ${consequence(faults)} ${advice}`,
        };
      }
  },
};
