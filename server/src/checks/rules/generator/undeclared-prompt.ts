/** generator/undeclared-prompt: a script reads a prompt that the generator does not have. */

import { addMember } from '../../../edits/edit-options.ts';
import { replaced } from '../../../edits/edit-script.ts';
import { didYouMean } from '../../../edits/suggest.ts';
import type { Place } from '../../../nix/places.ts';
import { promptMeant } from '../../facts/generator/lost-results.ts';
import {
  type ExaminedGenerator,
  examined,
  failsWithout,
  isAskedAbout,
  machinesOf,
  mayBeSame,
  memberRead,
  oncePerPlace,
  opens,
} from '../../facts/generator/script-io.ts';
import { quoted } from '../../facts/wording.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

const module = (path: string, mark = ''): string => `\
{
  clan.core.vars.generators.smtp = {
    prompts.user.type = "line";
    prompts.password.type = "hidden";
    files.env = { };
    script = ''
      {
        echo "SMTP_USER=$(cat "$prompts/user")"
        echo "SMTP_PASSWORD=$(cat "$prompts/${path}")"
${mark}      } > "$out/env"
    '';
  };
}
`;

export const undeclaredPrompt: Rule = {
  id: 'generator/undeclared-prompt',
  severity: 'warning',
  summary: 'A script reads a prompt that its generator does not have',
  documentation: `\
\`$prompts\` holds one file for each entry of the generator's \`prompts\`. A script that reads another file ends with *No
such file or directory*; inside \`$(…)\` the failure may go unnoticed, and an empty value is stored.

An error where the script certainly ends there. Not reported where not all prompts are known, and where the script
first tests whether the file exists.

Correct the name, or declare the prompt. Source: clan-core d7c35d912, clan_lib/vars/generate.py, which writes the
answers.`,
  examples: () => ({
    bad: [
      {
        title: 'The name is misspelt',
        files: {
          'modules/mail.nix': module(
            'pasword',
            `\
        #                         ^^^^^^^^^^^^^^^^^^ generator/undeclared-prompt: Did you mean "password"?
`,
          ),
        },
      },
    ],
    good: [{ title: 'Both prompts are declared', files: { 'modules/mail.nix': module('password') } }],
  }),
  check: context => oncePerPlace(reports(context)),
};

function* reports(context: CheckContext): Iterable<Report> {
  for (const subject of examined(context.fleet)) {
    const { body, script, generator, whole } = subject;
    // Without any prompts the variable itself is unset, which another rule reports.
    if (script === null || !whole || !body.complete.prompts || body.prompts.length === 0) continue;
    const names = body.prompts.map(({ name }) => name);
    for (const read of script.flow.reads) {
      const name = opens(read) ? memberRead(read, 'prompts')?.name : undefined;
      if (name === undefined || names.some(candidate => mayBeSame(candidate, name))) continue;
      if (isAskedAbout(script.flow, 'prompts', name)) continue;
      const at = script.placeOf(read);
      if (at === null) continue;
      const meant = promptMeant(script, body, name);
      const fails = failsWithout(script.flow, read);
      const end = fails ? ' The script ends with an error here.' : '';
      yield {
        at,
        message: `"${generator.name}" has no prompt "${name}"; it asks for ${quoted(names)}.${end}${didYouMean(meant)}`,
        ...(fails ? { severity: 'error' as const } : {}),
        machines: machinesOf(subject),
        fixes: fixesOf(context, subject, at, name, meant),
      };
    }
  }
}

function fixesOf(
  { sources }: CheckContext,
  { body }: ExaminedGenerator,
  at: Place,
  name: string,
  meant: string | null,
): Fix[] {
  const fixes: Fix[] = [];
  const text = sources.parse(at.file)?.text.slice(at.start, at.end) ?? '';
  if (meant !== null && text.split(`/${name}`).length === 2) {
    const edit = replaced(
      sources,
      at,
      text,
      text.replace(`/${name}`, () => `/${meant}`),
    );
    if (edit !== null)
      fixes.push({ title: `Replace with "${meant}"`, edits: [edit], preferred: true, guess: true });
  }
  // If a similar name was meant, declaring another prompt would leave that one unused.
  const declared = meant !== null || name.includes('${') ? null : addMember(sources, body, 'prompts', name);
  if (declared !== null)
    fixes.push({
      title: `Declare the prompt "${name}"`,
      edits: [declared],
      preferred: fixes.length === 0,
      guess: true,
    });
  return fixes;
}
