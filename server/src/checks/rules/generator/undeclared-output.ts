/** generator/undeclared-output: a script writes an undeclared file into `$out`. */

import { addMember } from '../../../edits/edit-options.ts';
import type { Flow, WriteFact } from '../../../shell/flow/flow-facts.ts';
import type { FollowedScript } from '../../facts/followed-scripts.ts';
import { isExplained, undeclaredWrites } from '../../facts/generator/lost-results.ts';
import {
  type ExaminedGenerator,
  examined,
  machinesOf,
  mayBeSame,
  oncePerPlace,
} from '../../facts/generator/script-io.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

const module = (files: string, mark = ''): string => `\
{ pkgs, ... }:
{
  clan.core.vars.generators.backup = {
    files.id_ed25519 = { };
${files}    runtimeInputs = [ pkgs.openssh ];
    script = ''
      ssh-keygen -t ed25519 -N "" -f "$out/id_ed25519"
${mark}    '';
  };
}
`;

export const undeclaredOutput: Rule = {
  id: 'generator/undeclared-output',
  severity: 'info',
  summary: 'A script writes a file into $out that is not declared',
  documentation: `\
Only the files in \`files\` are stored. Anything else in \`$out\` after a run is discarded without a message. For example,
the public key that \`ssh-keygen\` creates beside the private one is lost and cannot be read as \`files."x.pub".value\`.

A warning where a script redirects into the file and never reads it again: that value was meant to be kept. For files
that a program creates in addition, or that the script itself uses, it is harmless and reported as information. Files
that the script removes again are fine.

Declare the file, or write it to \`$(mktemp -d)\`. Source: clan-core d7c35d912, clan_lib/vars/generate.py.`,
  examples: () => ({
    bad: [
      {
        title: 'The public half of a key',
        files: {
          'modules/backup.nix': module(
            '',
            `\
      #                              ^^^^^^^^^^^^^^^^^ generator/undeclared-output: "id_ed25519.pub"
`,
          ),
        },
      },
      {
        title: 'A value that is lost',
        files: {
          'modules/user.nix': `\
{
  clan.core.vars.generators.db = {
    files.password = { };
    script = ''
      head -c 24 /dev/urandom | base64 > "$out/password"
      echo app > "$out/user"
      #          ^^^^^^^^^^^ generator/undeclared-output: thrown away
    '';
  };
}
`,
        },
      },
    ],
    good: [
      {
        title: 'Both halves are declared',
        files: { 'modules/backup.nix': module('    files."id_ed25519.pub".secret = false;\n') },
      },
      {
        title: 'The script removes it again',
        files: {
          'modules/backup.nix': module('').replace(
            "\n    '';",
            '\n      rm "$out"/id_ed25519.pub\n    \'\';',
          ),
        },
      },
    ],
  }),
  check: context => oncePerPlace(reports(context)),
};

function* reports(context: CheckContext): Iterable<Report> {
  for (const subject of examined(context.fleet)) {
    const { script, generator } = subject;
    if (script === null) continue;
    for (const write of undeclaredWrites(subject)) {
      const file = write.path.rest;
      const at = script.placeOf(write);
      if (file === null || at === null || isExplained(subject, write)) continue;
      const lost = isLost(script.flow, write, file);
      yield {
        at,
        message: `"${file}" is not among the files of "${generator.name}": what is written there is thrown away after the run. ${lost ? 'Declare it' : 'Declare it if it is needed'}.`,
        ...(lost ? { severity: 'warning' as const } : {}),
        machines: machinesOf(subject),
        fixes: fixesOf(context, subject, script, file),
      };
    }
  }
}

/** Returns whether the file is a result in its own right, which nothing in the script reads. */
function isLost(flow: Flow, write: WriteFact, file: string): boolean {
  if (write.how !== 'redirect' && write.how !== 'append') return false;
  if (flow.opaque.length > 0) return false;
  return !flow.reads.some(({ path }) => {
    if (path.root === 'unknown') return path.from.includes('out');
    if (path.root !== 'variable' || path.variable !== 'out') return false;
    return path.rest === null || path.rest === '' || mayBeSame(path.rest, file);
  });
}

function fixesOf(
  { sources }: CheckContext,
  { body }: ExaminedGenerator,
  script: FollowedScript,
  file: string,
): Fix[] {
  if (file.includes('/') || file.includes('${') || script === null) return [];
  const value = file.endsWith('.pub') ? '{ secret = false; }' : '{ }';
  const edit = addMember(sources, body, 'files', file, value);
  return edit === null
    ? []
    : [{ title: `Declare the file "${file}"`, edits: [edit], preferred: true, guess: true }];
}
