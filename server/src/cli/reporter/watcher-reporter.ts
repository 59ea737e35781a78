/** Reports a run to a program that watches it and answers, such as an editor. */
import type {
  AccessEvent,
  ConfirmEvent,
  QuestionEvent,
  ResultEvent,
} from '../../../../client/src/run-protocol.ts';
import { accessData } from '../../generate/backends/access-change.ts';
import { accessSentences, accessSummary } from '../../generate/backends/access-words.ts';
import { isHidden } from '../../generate/plan/generators.ts';
import type { Question } from '../../generate/run/answers.ts';
import type { Consequences, Reporter } from '../../generate/run/reporter.ts';
import type { StepResult } from '../../generate/run/step-results.ts';
import type { AccessChange } from '../../store/readers.ts';
import type { Io } from '../io.ts';
import { planData } from '../output/plan-text.ts';
import type { WhereOf } from '../output/script-places.ts';
import { openConversation } from './conversation.ts';

/**
 * Returns the reporter.
 * @throws UsageError if there is nothing to read answers from
 */
export function watcherReporter(io: Io, whereOf: WhereOf): Reporter {
  const talk = openConversation(io);
  return {
    signal: talk.signal,
    planned(plan) {
      const { steps, problems, notes } = planData(plan);
      const shown = steps.map(({ key, generator, machines, reason, missing, overwrites }) => ({
        ...{ key, generator, machines, reason, missing, overwrites },
      }));
      talk.tell({ event: 'planned', steps: shown, problems, notes });
    },
    access(changes) {
      if (changes.length > 0) talk.tell(accessEvent(changes));
    },
    confirmRun: async consequences => (await talk.ask(confirmEvent(consequences))) === true,
    async ask(question) {
      const answer = await talk.ask(questionEvent(question));
      return typeof answer === 'string'
        ? Buffer.from(answer, 'utf8')
        : (question.previous ?? Buffer.alloc(0));
    },
    note: message => talk.tell({ event: 'note', message }),
    started: ({ key }) => talk.tell({ event: 'started', key }),
    result: result => talk.tell(resultEvent(result, whereOf)),
    ended: ({ outcome, fixed }) => talk.tell({ event: 'end', outcome, fixed }),
    close: talk.close,
  };
}

export function accessEvent(changes: readonly AccessChange[]): AccessEvent {
  return { event: 'access', sentences: accessSummary(changes), changes: accessData(changes) };
}

export function confirmEvent({ overwritten, asked }: Consequences): Omit<ConfirmEvent, 'id'> {
  return { event: 'confirm', overwrites: overwritten, access: accessSentences(asked) };
}

function questionEvent({ generator, prompt, previous }: Question): Omit<QuestionEvent, 'id'> {
  return {
    ...promptEvent(generator, prompt),
    optional: previous !== null,
    previous: visible(prompt, previous),
  };
}

/** Returns the event that asks for the answer to a prompt. */
export function promptEvent(
  { name, machines }: Question['generator'],
  prompt: Question['prompt'],
): Omit<QuestionEvent, 'id' | 'optional' | 'previous'> {
  return {
    event: 'question',
    generator: name,
    prompt: prompt.name,
    description: prompt.description,
    machines,
    hidden: isHidden(prompt),
    multiline: prompt.type.startsWith('multiline'),
    required: prompt.required,
  };
}

function visible(prompt: Question['prompt'], previous: Buffer | null): string | null {
  return isHidden(prompt) ? null : (previous?.toString('utf8') ?? null);
}

function resultEvent(
  { step, outcome, message, output, line, files, undeclared }: StepResult,
  whereOf: WhereOf,
): ResultEvent {
  const { key, name, machines } = step.generator;
  return {
    event: 'result',
    ...{ key, generator: name, machines, outcome, message, output },
    ...{ undeclared: undeclared.names, undeclaredMore: undeclared.more },
    files: files.map(({ name: file, secret, path }) => ({ name: file, secret, path })),
    where: whereOf(machines[0] ?? '', name, line),
  };
}
