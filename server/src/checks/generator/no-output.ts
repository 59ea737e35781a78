/** generator/no-output: a generator that certainly has no files. */
import type { CheckContext, Report, Rule } from '../rule.ts';
import { type Examined, examined, machinesOf, once } from './io.ts';

export const noOutput: Rule = {
  id: 'generator/no-output',
  severity: 'warning',
  summary: 'A generator without files',
  documentation: `\
A generator that declares no files, and persists no prompt, produces nothing: it counts as generated already, so its
script never runs and its prompts are never asked. Told to run all the same (\`--generator\`, or because something depends
on it), \`clan vars generate\` ends with an error of its own. Whatever the script writes to \`$out\` is not stored.

Reported only if the files are known whole, and something else of the generator is declared: a script or prompts.

Declare the files. Source: clan-core d7c35d912, clan_lib/vars/generator.py.`,
  bad: [
    {
      title: 'The files are forgotten',
      files: {
        'modules/token.nix': `\
{
  clan.core.vars.generators.token = {
    #                       ^^^^^ generator/no-output: has no files
    script = ''
      head -c 24 /dev/urandom | base64 > "$out/token"
    '';
  };
}
`,
      },
    },
  ],
  good: [
    {
      title: 'A persisted prompt is a file',
      files: {
        'modules/token.nix': `\
{
  clan.core.vars.generators.token.prompts.token = {
    type = "hidden";
    persist = true;
  };
}
`,
      },
    },
  ],
  check: context => once(reports(context)),
};

function* reports({ fleet }: CheckContext): Iterable<Report> {
  for (const one of examined(fleet)) {
    if (!hasNone(one)) continue;
    const { generator } = one;
    const at = generator.definitions.find(({ kind }) => kind === 'full')?.at ?? generator.definitions[0]?.at;
    if (at === undefined) continue;
    yield {
      at,
      message: `"${generator.name}" has no files and persists no prompt, so it is never run and stores nothing. Declare what it generates in files.`,
      machines: machinesOf(one),
    };
  }
}

function hasNone({ body, whole }: Examined): boolean {
  if (!whole || !body.complete.files || !body.complete.prompts || body.files.length > 0) return false;
  return body.script !== null || body.prompts.length > 0;
}
