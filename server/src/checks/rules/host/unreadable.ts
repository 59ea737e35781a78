/** host/unreadable: a program cannot parse a file. */

import { mergeMark } from '../../../nix/merge-marks.ts';
import { howToMerge } from '../../../store/merge-advice.ts';
import { brokenData } from '../../facts/host/broken-data.ts';
import { clause, consequence, severityOf } from '../../facts/host/broken-file-words.ts';
import type { Rule } from '../../rule.ts';

export const unreadable: Rule = {
  id: 'host/unreadable',
  severity: 'error',
  summary: 'A file that cannot be parsed',
  documentation: `\
The file has a syntax error: a missing semicolon or bracket, an unterminated string, the marks of an unfinished merge. Nix
parses a file as a whole or not at all: whatever imports it ends with \`syntax error, unexpected …\`. Reported once per
file, where the text stops being valid. The rest of the file is still analysed, so its other findings remain.

An error where the file is certainly read: it is the flake itself, a module of a machine, or something that those
import by a path that is written out. A warning where that depends on a condition. Information where nothing is known
to import the file and it declares or uses vars.

Other files that a fleet is read from are reported too: a \`flake.lock\` or \`inventory.json\` that is not JSON, a
\`.sops.yaml\` that sops rejects (a tab, an alias without an anchor, a key that is there twice), a file of sops or age with the
marks of a merge, or one that is cut off. sops decrypts a file as a whole or not at all, since a code in it (\`mac\`)
authenticates all of its values: of a merge, one side has to be taken whole.

Source: getsops/sops 15e36f97a, stores/yaml and config/config.go, which read with yaml.v3.`,
  examples: ({ encryptedYaml, FLAKE_OF_WEB, moduleWith, VALUE }) => ({
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
      {
        title: 'An alias that stands for nothing',
        files: {
          'configuration.nix': moduleWith('  sops.secrets.mail = { };\n'),
          'secrets/lea.yaml': encryptedYaml(`mail: ${VALUE}\n`),
          '.sops.yaml': `\
keys:
  - &admin age1admin
creation_rules:
  - path_regex: secrets/[^/]+\\.yaml$
    age: *admn
#        ^^^^^ host/unreadable: "&admin" is similar
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
  check: function* (context) {
    const { fleet, sources } = context;
    for (const faults of fleet.faults) {
      const { file, syntax, machines } = faults;
      if (syntax === null) continue;
      const mark = mergeMark(sources.text(file) ?? '');
      if (mark !== null) {
        yield {
          at: { file, ...mark },
          severity: severityOf(faults),
          machines,
          message: `Nix cannot read this file: a merge in it is not finished. ${consequence(faults)} Edit it into one text. ${howToMerge(file)}`,
        };
        continue;
      }
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
    yield* brokenData(context);
  },
};
