/** generator/prompt-unused: an answer is requested and discarded. */
import { persistPrompt } from '../../../edits/edit-options.ts';
import { hasNoOutput, isExplained, isThrownAway } from '../../facts/generator/lost-results.ts';
import {
  type ExaminedGenerator,
  examined,
  machinesOf,
  oncePerPlace,
} from '../../facts/generator/script-io.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

export const promptUnused: Rule = {
  id: 'generator/prompt-unused',
  severity: 'warning',
  summary: 'A prompt whose answer is discarded',
  documentation: `\
The generator asks for a value, but its script never reads it and it is not persisted: whatever is typed is lost, and
the next run asks for it again. Often \`persist = true\` was meant, which stores the answer as a file of the same name;
it has been false by default since January 2025.

Not reported where the script runs a program that may read the prompt, where the name in it is computed, or where
another rule already reports the prompt, with a file that nothing writes or a generator without files.

Add \`persist = true\`, read the prompt in the script, or remove it. Source: clan-core d7c35d912,
modules/clan/export-modules/generic-generator.nix.`,
  examples: () => ({
    bad: [
      {
        title: 'Not persisted, and no script',
        files: {
          'modules/pad.nix': `\
{
  clan.core.vars.generators.pad = {
    files.salt = { };
    prompts.admin-password.type = "hidden";
    #       ^^^^^^^^^^^^^^ generator/prompt-unused: thrown away
    script = ''head -c 16 /dev/urandom | base64 > "$out/salt"'';
  };
}
`,
        },
      },
    ],
    good: [
      {
        title: 'Persisted',
        files: {
          'modules/pad.nix': `\
{
  clan.core.vars.generators.pad.prompts.admin-password = {
    type = "hidden";
    persist = true;
  };
}
`,
        },
      },
      {
        title: 'Read by the script',
        files: {
          'modules/pad.nix': `\
{
  clan.core.vars.generators.pad = {
    files.env = { };
    prompts.admin-password.type = "hidden";
    prompts.user = { };
    script = ''
      for name in user admin-password; do
        cat "$prompts/$name" >> "$out/env"
      done
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

function* reports(context: CheckContext): Iterable<Report> {
  for (const subject of examined(context.fleet)) {
    // A generator that never runs does not prompt; another rule reports it.
    if (hasNoOutput(subject)) continue;
    const { body, script, generator } = subject;
    for (const prompt of body.prompts) {
      if (!isThrownAway(subject, prompt) || isExplained(subject, prompt)) continue;
      const where = script === null ? 'there is no script' : 'the script never reads it';
      yield {
        at: prompt.at,
        message: `The answer to the prompt "${prompt.name}" of "${generator.name}" is thrown away: ${where}, and it is not persisted. Set persist = true, or read "$prompts/${prompt.name}".`,
        machines: machinesOf(subject),
        fixes: fixesOf(context, subject, prompt.name),
      };
    }
  }
}

function fixesOf({ sources }: CheckContext, { body }: ExaminedGenerator, prompt: string): Fix[] {
  const edit = persistPrompt(sources, body, prompt);
  return edit === null ? [] : [{ title: 'Persist the answer', edits: [edit], preferred: true, guess: true }];
}
