/** generator/no-script: files cannot be generated because there is no script. */

import type { GeneratorBody } from '../../../fleet/model/generators.ts';
import { isPersisted } from '../../facts/generator/lost-results.ts';
import {
  type ExaminedGenerator,
  examined,
  machinesOf,
  oncePerPlace,
} from '../../facts/generator/script-io.ts';
import { quoted } from '../../facts/wording.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const noScript: Rule = {
  id: 'generator/no-script',
  severity: 'error',
  summary: 'A generator with files, but without a script that creates them',
  documentation: `\
The answers of persisted prompts are stored without a script; every other file needs one. Without it generation ends with
*did not generate a file for …*. Where a generator has both persisted prompts and further files, that is an error: the
answers are asked for, and then nothing is stored.

A generator that has files and lists programs or dependencies for a script has lost that script: a warning.

For a generator that has files and nothing else this is only a hint. It may be a placeholder for values that are set
by hand (\`clan vars set\`); \`script = "echo 'set this by hand' >&2; exit 1";\` tells whoever runs the generator. If
prompts are declared and none is persisted, generator/output-never-written reports it in more detail.

Reported only where it is certain that no module provides a script. Source: clan-core d7c35d912,
clan_lib/vars/generate.py.`,
  examples: () => ({
    bad: [
      {
        title: 'A file beside a persisted prompt',
        files: {
          'modules/smtp.nix': `\
{
  clan.core.vars.generators.smtp = {
    prompts.password.persist = true;
    files.env = { };
    #     ^^^ generator/no-script: no script makes "env"
  };
}
`,
        },
      },
      {
        title: 'Files and nothing else',
        files: {
          'modules/hardware.nix': `\
{
  clan.core.vars.generators.tpm-key = {
    #                       ^^^^^^^ generator/no-script: set by hand
    files.public.secret = false;
    files.handle.secret = false;
  };
}
`,
        },
      },
      {
        title: 'Programs for a script that is not there',
        files: {
          'modules/api.nix': `\
{ pkgs, ... }:
{
  clan.core.vars.generators.api = {
    #                       ^^^ generator/no-script: lists programs
    files.token = { };
    runtimeInputs = [ pkgs.openssl ];
  };
}
`,
        },
      },
    ],
    good: [
      {
        title: 'A script makes it',
        files: {
          'modules/smtp.nix': `\
{
  clan.core.vars.generators.smtp = {
    prompts.password.persist = true;
    files.env = { };
    script = ''
      echo "SMTP_PASSWORD=$(cat "$prompts/password")" > "$out/env"
    '';
  };
}
`,
        },
      },
    ],
  }),
  check: context => oncePerPlace(reports(context)),
};

function* reports({ fleet }: CheckContext): Iterable<Report> {
  for (const subject of examined(fleet)) {
    const { body, generator, whole } = subject;
    if (!whole || !isWithout(subject)) continue;
    const files = body.files.filter(file => file.from === 'files' && !isPersisted(body, file.name));
    const [first] = files;
    if (first === undefined) continue;
    const isPartly = body.prompts.some(({ persist }) => persist === true);
    if (isPartly) {
      yield {
        at: first.at,
        message: `"${generator.name}" has no script, and no script makes ${quoted(files.map(({ name }) => name))}: generating it fails. Add a script, or persist a prompt of that name.`,
        machines: machinesOf(subject),
      };
      continue;
    }
    // Prompts that are not persisted are reported by another rule, because there a script is missing.
    if (!body.complete.prompts || body.prompts.length > 0) continue;
    const at = generator.definitions.find(({ kind }) => kind === 'full')?.at;
    if (at === undefined) continue;
    const lists = listedForScript(body);
    const made = quoted(files.map(({ name }) => name));
    yield {
      at,
      severity: lists === null ? 'hint' : 'warning',
      message:
        lists === null
          ? `"${generator.name}" has no script: ${made} can only be set by hand, and generating fails until then.`
          : `"${generator.name}" lists ${lists} for a script that it does not have: nothing makes ${made}, and generating fails.`,
      machines: machinesOf(subject),
    };
  }
}

/** Describes what a generator has that only a script can use, or returns null if there is nothing. */
function listedForScript({ packages, dependencies }: GeneratorBody): string | null {
  if (packages.length > 0) return 'programs';
  return dependencies.length > 0 ? 'dependencies' : null;
}

/** Returns whether there is no script, or one that obviously does nothing. */
function isWithout({ scriptless, script, body }: ExaminedGenerator): boolean {
  if (scriptless) return true;
  // A script that Bash cannot parse may do anything.
  if (script === null || script.flow.fails || script.tree.errors.length > 0) return false;
  return script.flow.empty && body.prompts.length === 0;
}
