/** generator/absolute-program: a script starts a program by a path that does not exist when it runs. */

import { commandsOf, forEachScript, named } from '../../facts/generator/scripted-generators.ts';
import type { Report, Rule } from '../../rule.ts';

/**
 * Matches folders where distributions and NixOS keep programs, of which only `/bin/sh` exists in the sandbox.
 */
const ELSEWHERE =
  /^\/(usr|bin|sbin|opt|home|root|Users|run\/(current-system|wrappers)|nix\/var|etc\/profiles)\//;

export const absoluteProgram: Rule = {
  id: 'generator/absolute-program',
  severity: 'warning',
  summary: 'A script starts a program by a path that does not exist in the sandbox',
  documentation: `\
The script starts a program by an absolute path outside of the Nix store, such as \`/usr/bin/openssl\` or
\`/run/current-system/sw/bin/openssl\`. Generators run in a sandbox that contains only \`/nix/store\`, \`/bin/sh\` and a
folder of their own, so the run ends with \`No such file or directory\`. (On macOS, and with \`--no-sandbox\`, some of
these programs exist, in whatever version the machine has.)

Add the package to \`runtimeInputs\` and call the program by its name, or write its path as \`\${pkgs.openssl}/bin/openssl\`.

Source: clan-core d7c35d912, \`clan_lib/sandbox_exec\`.`,
  examples: ({ generatorFile }) => ({
    bad: [
      {
        title: 'A program of the running system',
        files: generatorFile(
          'token',
          `\
files.token = { };
script = ''
  /run/current-system/sw/bin/openssl rand -hex -out "$out/token" 32
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ generator/absolute-program: runtimeInputs
'';
`,
        ),
      },
    ],
    good: [
      {
        title: 'A program of a package, and the shell that is there',
        files: generatorFile(
          'token',
          `\
files.token = { };
script = ''
  /bin/sh -c 'umask 077'
  \${pkgs.openssl}/bin/openssl rand -hex -out "$out/token" 32
'';
`,
        ),
      },
    ],
  }),
  check: forEachScript(function* (scripted): Iterable<Report> {
    for (const command of commandsOf(scripted)) {
      if (command.lookup !== 'absolute' || !ELSEWHERE.test(command.word) || command.word === '/bin/sh')
        continue;
      const at = scripted.script.placeOf(command.nameAt);
      if (at === null) continue;
      yield {
        at,
        message:
          `\`${command.word}\` does not exist in the sandbox that the script of ${named(scripted)} runs in. Add the ` +
          `package to \`runtimeInputs\` and call \`${command.name}\`.`,
      };
    }
  }),
};
