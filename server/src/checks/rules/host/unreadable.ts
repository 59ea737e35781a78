/** host/unreadable: Nix cannot parse a file. */

import { clause, consequence, severityOf } from '../../facts/host/broken-file-words.ts';
import type { Rule } from '../../rule.ts';

export const unreadable: Rule = {
  id: 'host/unreadable',
  severity: 'error',
  summary: 'A file that Nix cannot parse',
  documentation: `\
The file has a syntax error: a missing semicolon or bracket, or an unterminated string. Nix parses a file as a whole
or not at all: whatever imports it ends with \`syntax error, unexpected …\`. Reported once per file, where the text
stops being valid. The rest of the file is still analysed, so its other findings remain.

An error where the file is certainly read: it is the flake itself, a module of a machine, or something that those
import by a path that is written out. A warning where that depends on a condition. Information where nothing is known
to import the file and it declares or uses vars.`,
  examples: ({ FLAKE_OF_WEB }) => ({
    bad: [
      {
        title: 'A semicolon in place of a bracket',
        files: {
          'flake.nix': FLAKE_OF_WEB,
          'hosts/web.nix': `\
{ pkgs, ... }:
{
  services.openssh = {
    enable = true;
  ;
# ^ host/unreadable: unexpected \`;\` here. Machine "web" cannot be evaluated.
}
`,
        },
      },
    ],
    good: [
      {
        title: 'A valid file, and a template that is not Nix yet',
        files: {
          'flake.nix': FLAKE_OF_WEB,
          'hosts/web.nix': '{ services.openssh.enable = true; }\n',
          'templates/host.nix': '{ networking.hostName = @name@; }\n',
        },
      },
    ],
  }),
  check: function* ({ fleet }) {
    for (const faults of fleet.faults) {
      const { file, syntax, machines } = faults;
      if (syntax === null) continue;
      yield {
        at: { file, start: syntax.start, end: syntax.end },
        severity: severityOf(faults),
        machines,
        related:
          syntax.unclosed === null
            ? []
            : [
                {
                  at: { file, start: syntax.unclosed.start, end: syntax.unclosed.end },
                  message: syntax.unclosed.message,
                },
              ],
        message: `Nix cannot read this file: ${clause(syntax.message)}. ${consequence(faults)}`,
      };
    }
  },
};
