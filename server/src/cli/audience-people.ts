/** A run for a person: in sentences, asked on the terminal where there is one. */
import { counted } from '../checks/wording.ts';
import type { Question } from '../generate/answers.ts';
import { isHidden } from '../generate/generators.ts';
import type { StepResult } from '../generate/results.ts';
import type { Audience } from './audience.ts';
import { writeResult } from './generate-text.ts';
import { say } from './generation.ts';
import { type Io, painter, printable, UsageError } from './io.ts';
import { planText } from './plan.ts';
import { askFor, confirm, type Terminal } from './terminal.ts';

export function peopleAudience(io: Io): Audience {
  const paint = painter(io.stderr, io.env);
  return {
    ...terminalAsking(io),
    planned(plan) {
      if (plan.problems.length > 0) io.stderr.write(planText({ ...plan, steps: [] }, paint));
      else if (plan.steps.length > 0) io.stderr.write(planText(plan, paint));
    },
    note: sentence => say(io, sentence),
    started() {},
    result: result => writeResult(result, io),
    ended({ outcome, results, fixed }) {
      if (outcome !== 'problems' && outcome !== 'refused') finish(results, fixed, io);
    },
  };
}

/** What everybody shares who has no program to answer. */
export function terminalAsking(io: Io): Pick<Audience, 'signal' | 'mayOverwrite' | 'ask' | 'close'> {
  const { stdin, stderr } = io;
  const signal = io.interruption?.() ?? new AbortController().signal;
  const terminal: Terminal | null =
    stdin?.isTTY && stderr.isTTY ? { input: stdin, output: stderr, signal } : null;
  return {
    signal,
    async mayOverwrite(count) {
      const what = counted(count, 'stored value');
      if (terminal === null)
        throw new UsageError(`This would overwrite ${what}. Say --yes, or look at "varsmith plan" first.`);
      const sure = await confirm(terminal, `Overwrite ${what}?`);
      if (!sure) say(io, 'Nothing was changed.');
      return sure;
    },
    ask: terminal === null ? null : question => ask(terminal, question),
    close() {},
  };
}

async function ask(terminal: Terminal, { generator, prompt, previous }: Question): Promise<Uint8Array> {
  const title = `${generator.name}/${prompt.name} for ${generator.machines.join(', ')}`;
  const label = prompt.description === prompt.name ? title : `${prompt.description} [${title}]`;
  const hidden = isHidden(prompt);
  const multiline = prompt.type.startsWith('multiline');
  for (;;) {
    const value = await askFor(terminal, {
      label,
      hidden,
      multiline,
      previous: previous?.toString('utf8') ?? null,
    });
    if (value !== '' || !prompt.required) return Buffer.from(value, 'utf8');
    terminal.output.write('An answer is needed.\n');
  }
}

function finish(results: readonly StepResult[], fixed: readonly string[], io: Io): void {
  const stored = results.filter(one => one.outcome === 'stored').length;
  for (const key of fixed) io.stdout.write(`Access to ${printable(key)} brought up to date\n`);
  if (results.length === 0) io.stdout.write('Nothing to generate.\n');
  else if (stored < results.length)
    say(
      io,
      `${stored} of ${counted(results.length, 'generator')} stored. What is stored stays; run it again for the rest.`,
    );
}
