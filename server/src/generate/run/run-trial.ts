/**
 * Runs a trial of one generator from the request to the result: missing answers, script environment, packages
 * and the run itself. The entry point of `trial.ts` for the command line. Stores nothing.
 */
import type { Declared } from '../plan/declarations.ts';
import type { DeclaredPrompt, Generator, Generators } from '../plan/generators.ts';
import { EVERYTHING } from '../plan/plan.ts';
import { Cancelled } from '../run-failure.ts';
import { type GivenAnswer, givenFor } from './answers.ts';
import { findPackages, type PackageSource } from './packages.ts';
import type { RunFleet } from './run-fleet.ts';
import { notingDisk } from './run-session.ts';
import { packagesOf } from './script-commands.ts';
import { findScriptEnvironment, type ScriptEnvironmentOptions } from './script-environment.ts';
import { type Trial, tryGenerator } from './trial.ts';

/** The generators of a fleet that a trial can run. */
export interface TrialFleet {
  readonly fleet: RunFleet;
  readonly declared: Declared;
  readonly generators: Generators;
}

export interface TrialRequest {
  readonly machine: string;
  readonly generator: Generator;
  readonly scripts: ScriptEnvironmentOptions;
  readonly packages: PackageSource;
  readonly answers: readonly GivenAnswer[];
}

export interface TrialReporter {
  /** Aborted to stop the trial. */
  readonly signal: AbortSignal;
  /** Reports a sentence. */
  note(sentence: string): void;
  /**
   * Asks for the answer to a prompt; a result of null means a generated answer. If `ask` is null, all answers
   * are generated.
   */
  readonly ask: ((generator: Generator, prompt: DeclaredPrompt) => Promise<string | null>) | null;
  /** Reports that everything is prepared and the scripts start. */
  started(): void;
}

/** Reads the generators of a fleet without querying its store, since a trial does not use stored values. */
export async function trialFleet(fleet: RunFleet): Promise<TrialFleet> {
  const { declared, plan } = await fleet.situation({ asksStore: false });
  return { fleet, declared, generators: plan(EVERYTHING).generators };
}

/**
 * Runs the requested generator and its dependencies.
 *
 * @throws RunFailure, HostFailure like `tryGenerator`; Cancelled
 */
export async function runTrial(
  { fleet, declared, generators }: TrialFleet,
  request: TrialRequest,
  reporter: TrialReporter,
): Promise<Trial> {
  const { environment } = fleet;
  const { machine, generator } = request;
  const { signal } = reporter;
  const givenAnswers = [...request.answers, ...(await missingAnswers(request, reporter))];
  const scriptEnvironment = await findScriptEnvironment(environment, request.scripts);
  reporter.started();
  return notingDisk(fleet, reporter.note, () =>
    tryGenerator(machine, generator.name, {
      ...{ generators, givenAnswers, scriptEnvironment, signal },
      recipe: (on, of) => declared.recipe(on, of),
      async packages(recipe) {
        const { paths, note } = await findPackages(environment, packagesOf(recipe), request.packages, signal);
        if (signal.aborted) throw new Cancelled();
        if (note !== null) reporter.note(note);
        return paths;
      },
    }),
  );
}

/** Asks for the answers that the request does not contain. */
async function missingAnswers(
  { generator, answers }: TrialRequest,
  { ask }: TrialReporter,
): Promise<GivenAnswer[]> {
  const asked: GivenAnswer[] = [];
  if (ask === null) return asked;
  for (const prompt of generator.prompts) {
    if (givenFor(answers, generator, prompt) !== null) continue;
    const answer = await ask(generator, prompt);
    if (answer === null) continue;
    const value = Buffer.from(answer, 'utf8');
    asked.push({ machine: null, generator: generator.name, prompt: prompt.name, value });
  }
  return asked;
}
