/** generator/no-output: a generator certainly has no files. */
import { persistPrompt } from '../../../edits/edit-options.ts';
import { hasNoOutput, isThrownAway } from '../../facts/generator/lost-results.ts';
import { examined, machinesOf, oncePerPlace } from '../../facts/generator/script-io.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const noOutput: Rule = {
  id: 'generator/no-output',
  severity: 'warning',
  summary: 'A generator without files',
  documentation: `\
A generator that declares no files and persists no prompt produces nothing: clan considers it generated, so its script
never runs and its prompts are never shown. If it is run anyway (\`--generator\`, or because something depends on it),
\`clan vars generate\` ends with an error. Whatever the script writes to \`$out\` is not stored.

Reported only if all files are known and the generator declares a script or prompts.

Declare the files, or set \`persist = true\` for the prompts. Source: clan-core d7c35d912, clan_lib/vars/generator.py.`,
  examples: () => ({
    bad: [
      {
        title: 'Missing files',
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
      {
        title: 'A prompt that nobody persists',
        files: {
          'modules/token.nix': `\
{
  clan.core.vars.generators.token.prompts.token.type = "hidden";
  #                         ^^^^^ generator/no-output: persist what it asks for
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
  }),
  check: context => oncePerPlace(reports(context)),
};

function* reports({ fleet, sources }: CheckContext): Iterable<Report> {
  for (const subject of examined(fleet)) {
    if (!hasNoOutput(subject)) continue;
    const { generator, body } = subject;
    const at = generator.definitions.find(({ kind }) => kind === 'full')?.at ?? generator.definitions[0]?.at;
    if (at === undefined) continue;
    const lost = body.prompts.filter(prompt => isThrownAway(subject, prompt));
    const edits = lost.flatMap(({ name }) => persistPrompt(sources, body, name) ?? []);
    yield {
      at,
      message: `"${generator.name}" has no files and persists no prompt, so it is never run and stores nothing. Declare what it generates in files${lost.length === 0 ? '' : ', or persist what it asks for'}.`,
      machines: machinesOf(subject),
      related: lost.map(({ name, at }) => ({ at, message: `The prompt "${name}" is never asked.` })),
      fixes:
        lost.length === 0 || edits.length < lost.length
          ? []
          : [{ title: 'Persist the answers', edits, preferred: true, guess: true }],
    };
  }
}
