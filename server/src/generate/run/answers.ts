/**
 * Collects the answers to all prompts before a run: given in advance, kept from the previous run, or requested.
 * Knows nothing of terminals.
 *
 * Source: clan-core d7c35d912, clan_lib/vars/prompt.py. Answers are kept by generator and placement; clan keeps
 * them by name, so the last machine's answer applies to all.
 */

import type { DeclaredPrompt, Generator } from '../plan/generators.ts';
import type { PlanStep } from '../plan/plan.ts';
import { RunFailure } from '../run-failure.ts';

/** An answer from the command line, for all generators of a name or for that of one machine. */
export interface GivenAnswer {
  readonly machine: string | null;
  readonly generator: string;
  readonly prompt: string;
  readonly value: Uint8Array;
}

export interface Question {
  readonly generator: Generator;
  readonly prompt: DeclaredPrompt;
  /** The previously stored value, or null. */
  readonly previous: Buffer | null;
}

export interface AnswerSources {
  readonly givenAnswers: readonly GivenAnswer[];
  /** Returns the stored value of a persisted prompt, or null. */
  previous(generator: Generator, prompt: DeclaredPrompt): Promise<Buffer | null>;
  /** Whether to prompt again for stored answers. */
  readonly asksAgain: boolean;
  /** Prompts the user; null if there is no one to ask. */
  readonly ask: ((question: Question) => Promise<Uint8Array>) | null;
}

/** By generator key, then by prompt. */
export type Answers = ReadonlyMap<string, ReadonlyMap<string, Buffer>>;

/**
 * Collects the answers for the steps of a run.
 *
 * @throws RunFailure naming every prompt without an answer, and every answer without a prompt
 */
export async function answersFor(steps: readonly PlanStep[], sources: AnswerSources): Promise<Answers> {
  mustBeAsked(
    sources.givenAnswers,
    steps.map(step => step.generator),
  );
  const questions: Question[] = [];
  const answers = new Map<string, Map<string, Buffer>>();
  for (const { generator } of steps)
    for (const prompt of generator.prompts) {
      const givenValue = givenFor(sources.givenAnswers, generator, prompt);
      if (givenValue !== null) {
        put(answers, generator, prompt, givenValue);
        continue;
      }
      const previous = prompt.persist ? await sources.previous(generator, prompt) : null;
      if (previous !== null && (!sources.asksAgain || sources.ask === null))
        put(answers, generator, prompt, previous);
      else questions.push({ generator, prompt, previous });
    }
  if (questions.length > 0 && sources.ask === null) throw new RunFailure(unanswered(questions));
  for (const question of questions) {
    const value = (await sources.ask?.(question)) ?? Buffer.alloc(0);
    put(answers, question.generator, question.prompt, value);
  }
  return answers;
}

/**
 * Returns the given answer for a prompt, or null. An answer for its machine takes precedence over one for all;
 * the last of equals counts.
 */
export function givenFor(
  givenAnswers: readonly GivenAnswer[],
  generator: Generator,
  prompt: DeclaredPrompt,
): Uint8Array | null {
  const fitting = givenAnswers.filter(answer => isFor(answer, generator, prompt));
  const givenAnswer = fitting.findLast(answer => answer.machine !== null) ?? fitting.at(-1);
  return givenAnswer === undefined ? null : withoutLineEnd(prompt, givenAnswer.value);
}

/**
 * Checks that each given answer has a prompt.
 *
 * @throws RunFailure naming every answer without a prompt
 */
export function mustBeAsked(givenAnswers: readonly GivenAnswer[], generators: readonly Generator[]): void {
  const strangers = givenAnswers.filter(
    answer =>
      !generators.some(generator => generator.prompts.some(prompt => isFor(answer, generator, prompt))),
  );
  if (strangers.length > 0) throw new RunFailure(strangers.map(strangerText).join('\n'));
}

/** Removes the line end that an editor adds to a file; a single-line prompt has none. */
function withoutLineEnd({ type }: DeclaredPrompt, value: Uint8Array): Uint8Array {
  const isLine = type === 'line' || type === 'hidden';
  return isLine && value.at(-1) === 0x0a ? value.subarray(0, value.at(-2) === 0x0d ? -2 : -1) : value;
}

function isFor(answer: GivenAnswer, generator: Generator, prompt: DeclaredPrompt): boolean {
  if (answer.generator !== generator.name || answer.prompt !== prompt.name) return false;
  return answer.machine === null || generator.machines.includes(answer.machine);
}

function put(
  answers: Map<string, Map<string, Buffer>>,
  { key, name }: Generator,
  prompt: DeclaredPrompt,
  value: Uint8Array,
): void {
  if (prompt.required && value.length === 0)
    throw new RunFailure(`The prompt ${name}/${prompt.name} must not be empty.`);
  const generatorAnswers = answers.get(key) ?? new Map<string, Buffer>();
  answers.set(key, generatorAnswers.set(prompt.name, Buffer.from(value)));
}

function strangerText({ machine, generator, prompt }: GivenAnswer): string {
  const where = machine === null ? '' : ` of machine ${machine}`;
  return `There is an answer for ${generator}/${prompt}${where}, but no generator of this run asks for it.`;
}

function unanswered(questions: readonly Question[]): string {
  const lines = questions.map(
    ({ generator, prompt }) =>
      `  ${generator.name}/${prompt.name} for ${generator.machine === null ? 'machines' : 'machine'} ${generator.machines.join(', ')}${prompt.required ? '' : ' (may be empty)'}`,
  );
  return [
    'There is no terminal to ask on, and no answer to:',
    ...lines,
    'Pass each answer with --prompt GENERATOR/PROMPT=@FILE (MACHINE:GENERATOR/PROMPT=… for one machine alone).',
  ].join('\n');
}
