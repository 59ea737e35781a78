/** generator/visible-prompt: a secret answer is shown while it is typed. */
import type { GeneratorBody, GeneratorPrompt } from '../../../fleet/model/generators.ts';
import { firstTime } from '../../facts/fleet-facts.ts';
import { inBodies } from '../../memory/per-body.ts';
import type { Report, Rule } from '../../rule.ts';

export const visiblePrompt: Rule = {
  id: 'generator/visible-prompt',
  severity: 'hint',
  summary: 'A password or key that is visible while it is typed',
  documentation: `\
A prompt has the type \`line\` by default: what is typed is visible on the terminal, to bystanders and in the
scrollback. The answer to this prompt is stored as a secret, and its name is that of a password, token or key.

Set \`type = "hidden"\` (or \`"multiline-hidden"\`): then the input is not shown.

Reported only for prompts with \`persist = true\` whose file is secret. Names of public values (\`public-key\`, \`key-id\`)
are not reported.

Source: clan-core, clan_lib/vars/prompt.py.`,
  examples: () => ({
    bad: [
      {
        title: 'A token with the default prompt type',
        files: {
          'modules/mail.nix': `\
{
  clan.core.vars.generators.mail.prompts.smtp-password = {
    #                                    ^^^^^^^^^^^^^ generator/visible-prompt: type = "hidden"
    description = "The password of the mail server";
    persist = true;
  };
}
`,
        },
      },
    ],
    good: [
      {
        title: 'What is hidden, and what may be seen',
        files: {
          'modules/mail.nix': `\
{
  clan.core.vars.generators.mail = {
    prompts.smtp-password = {
      type = "hidden";
      persist = true;
    };
    prompts.user.persist = true;
    prompts.key-id.persist = true;
  };
}
`,
        },
      },
    ],
  }),
  check: function* (context): Iterable<Report> {
    const isNew = firstTime();
    for (const { generator, found } of visiblePrompts(context))
      for (const { name, type, at } of found) {
        if (!isNew({ at })) continue;
        yield {
          at,
          machines: generator.machines ?? [],
          message: `What is typed for the prompt "${name}" of generator "${generator.name}" is shown on the screen, and stored in secret. Set type = "${type === 'multiline' ? 'multiline-hidden' : 'hidden'}".`,
        };
      }
  },
};

/** Words of names for what nobody is to see, and of names for what goes with that and is public. */
const SECRET = /(^|[-_.])(password|passwd|passphrase|token|secret|secret-?key|api-?key|private-?key)$/i;
const PUBLIC = /(^|[-_.])(public|pub)([-_.]|$)/i;

const visiblePrompts = inBodies((_, body) => body.prompts.filter(prompt => isShown(body, prompt)));

function isShown({ files }: GeneratorBody, { name, type, persist }: GeneratorPrompt): boolean {
  if ((type !== 'line' && type !== 'multiline') || persist !== true) return false;
  if (!SECRET.test(name) || PUBLIC.test(name)) return false;
  return files.some(file => file.name === name && file.secret === true && !file.conditional);
}
