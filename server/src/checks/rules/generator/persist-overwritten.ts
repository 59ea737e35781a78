/** generator/persist-overwritten: a persisted prompt is overwritten by something derived from its answer. */

import { isTransformed, writesOver } from '../../facts/generator/prompt-copies.ts';
import { examined, machinesOf, oncePerPlace } from '../../facts/generator/script-io.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

const module = (script: string): string => `\
{
  clan.core.vars.generators.smtp = {
    prompts.smtp-env.persist = true;
    files.smtp-env.owner = "mail";
    script = ''
${script}
    '';
  };
}
`;

export const persistOverwritten: Rule = {
  id: 'generator/persist-overwritten',
  severity: 'warning',
  summary: 'A persisted prompt is overwritten by something made of its answer',
  documentation: `\
\`persist = true\` stores the answer of a prompt as the file of the same name, and uses that *file* as the answer when
the generator runs next. If the script writes something else into it, such as \`PASSWORD="…"\` around the answer or a
hash of it, the next run uses that as the answer and wraps or hashes it again: the stored value changes with every run
and is wrong after the second.

Reported where the script certainly writes the answer with text around it, or hashed or encoded. Removing line breaks
changes nothing the second time and is fine.

Give the prompt a different name from the file, so that the answer is stored as typed and the file is made from it
each time. Source: clan-core d7c35d912, clan_lib/vars/generate.py, which looks for earlier answers.`,
  examples: () => ({
    bad: [
      {
        title: 'Text around the answer',
        files: {
          'modules/mail.nix': module(`\
      echo "SMTP_PASSWORD=$(cat "$prompts/smtp-env")" > "$out/smtp-env"
      #                                                 ^^^^^^^^^^^^^^^ generator/persist-overwritten: wrapped again`),
        },
      },
    ],
    good: [
      {
        title: 'The prompt has a name of its own',
        files: {
          'modules/mail.nix': `\
{
  clan.core.vars.generators.smtp = {
    prompts.smtp-password.persist = true;
    files.smtp-password.deploy = false;
    files.smtp-env = { };
    script = ''
      echo "SMTP_PASSWORD=$(cat "$prompts/smtp-password")" > "$out/smtp-env"
    '';
  };
}
`,
        },
      },
      {
        title: 'Line breaks are taken away',
        files: { 'modules/mail.nix': module(`      tr -d '\\n' < "$prompts/smtp-env" > "$out/smtp-env"`) },
      },
    ],
  }),
  check: context => oncePerPlace(reports(context)),
};

function* reports({ fleet }: CheckContext): Iterable<Report> {
  for (const subject of examined(fleet)) {
    const { body, script, generator } = subject;
    if (script === null) continue;
    for (const { name, persist } of body.prompts) {
      if (persist !== true) continue;
      const write = writesOver(script.flow, name).find(fact => isTransformed(script.flow, fact, name));
      const at = write === undefined ? null : script.placeOf(write);
      if (at === null) continue;
      yield {
        at,
        message: `The prompt "${name}" of "${generator.name}" is persisted as this very file, so the next run takes what is written here for the answer, and it is wrapped again. Give the prompt another name than the file.`,
        machines: machinesOf(subject),
      };
    }
  }
}
