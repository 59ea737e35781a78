/** Reports a run to a person in sentences, and asks on the terminal if there is one. */
import { counted } from '../../checks/facts/wording.ts';
import { accessSentences, accessSummary } from '../../generate/backends/access-words.ts';
import { isHidden } from '../../generate/plan/generators.ts';
import type { Question } from '../../generate/run/answers.ts';
import type { Reporter } from '../../generate/run/reporter.ts';
import type { StepResult } from '../../generate/run/step-results.ts';
import { RunFailure } from '../../generate/run-failure.ts';
import type { AccessChange } from '../../store/readers.ts';
import { type Io, painter, printable, say, UsageError } from '../io.ts';
import { writeResult } from '../output/generate-text.ts';
import { planText } from '../output/plan-text.ts';
import { terminalOf } from './ask.ts';
import { askFor, confirm, type Terminal } from './terminal.ts';

export function textReporter(io: Io): Reporter {
  const paint = painter(io.stderr, io.env);
  return {
    ...terminalAsking(io),
    planned(plan) {
      if (plan.problems.length > 0) io.stderr.write(planText({ ...plan, steps: [] }, paint));
      else if (plan.steps.length > 0) io.stderr.write(planText(plan, paint));
    },
    access(changes) {
      for (const line of accessSummary(changes))
        io.stderr.write(`${paint('yellow', 'access:')} ${printable(line)}\n`);
    },
    note: sentence => say(io, sentence),
    started() {},
    result: result => writeResult(result, io),
    ended({ outcome, results, fixed }) {
      if (outcome !== 'problems' && outcome !== 'refused') finish(results, fixed, io);
    },
  };
}

/** Returns the parts of a reporter that ask on the terminal, if there is one. */
export function terminalAsking(io: Io): Pick<Reporter, 'signal' | 'confirmRun' | 'ask' | 'close'> {
  const terminal = terminalOf(io);
  return {
    signal: terminal?.signal ?? io.interruption?.() ?? new AbortController().signal,
    async confirmRun({ overwritten, asked }) {
      const what = counted(overwritten, 'stored value');
      if (terminal === null && asked.length > 0) throw notAsked(asked);
      if (terminal === null)
        throw new UsageError(
          `This would overwrite ${what}. Use --yes to continue, or check "varsmith plan" first.`,
        );
      const sure =
        (overwritten === 0 || (await confirm(terminal, `Overwrite ${what}?`))) &&
        (asked.length === 0 || (await confirmAccess(asked, terminal)));
      if (!sure) say(io, 'Nothing was changed.');
      return sure;
    },
    ask: terminal === null ? null : question => ask(terminal, question),
    close() {},
  };
}

/** Asks whether keys are given access. */
async function confirmAccess(asked: readonly AccessChange[], terminal: Terminal): Promise<boolean> {
  for (const line of accessSentences(asked)) terminal.output.write(`  ${printable(line)}\n`);
  return confirm(terminal, 'Give this access? It has none now.');
}

/** Returns the failure, with advice, for keys that are not given access because there is nobody to ask. */
export function notAsked(asked: readonly AccessChange[]): RunFailure {
  return new RunFailure(
    [
      'This would give access to keys that have none now:',
      ...accessSentences(asked).map(line => `  ${line}`),
      'If that is intended, use --yes. If it is not, take the key or the link out of the repository. Nothing was changed.',
    ].join('\n'),
  );
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
  const stored = results.filter(result => result.outcome === 'stored').length;
  for (const key of fixed) io.stdout.write(`Access to ${printable(key)} brought up to date\n`);
  if (results.length === 0) io.stdout.write('Nothing to generate.\n');
  else if (stored < results.length)
    say(
      io,
      `${stored} of ${counted(results.length, 'generator')} stored. Stored files are kept; run it again for the rest.`,
    );
}
