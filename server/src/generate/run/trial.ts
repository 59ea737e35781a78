/**
 * Runs one generator as a trial: in the sandbox, with generated answers where none are given, after its
 * dependencies, which run the same way. Reads nothing from the store and stores nothing.
 */

import { openSharedSandbox, type SharedSandbox } from '../../host/sandbox/shared-sandbox.ts';
import { type Generator, type Generators, isHidden } from '../plan/generators.ts';
import { partsText, whereOf } from '../plan/plan-words.ts';
import { NO_RECIPE, type Recipe } from '../plan/recipe.ts';
import { MIN_LENGTH } from '../redaction/redact.ts';
import { RunFailure } from '../run-failure.ts';
import { type GivenAnswer, givenFor, mustBeAsked } from './answers.ts';
import { type Execution, execute } from './execute.ts';
import { prepareScript } from './script-commands.ts';
import type { ScriptEnvironment } from './script-environment.ts';

export interface TryOptions {
  readonly generators: Generators;
  recipe(machine: string, name: string): Recipe | null;
  readonly givenAnswers: readonly GivenAnswer[];
  readonly scriptEnvironment: ScriptEnvironment;
  /** Returns the paths of packages that are in the Nix store. */
  packages(recipe: Recipe): Promise<ReadonlyMap<string, string>>;
  readonly signal: AbortSignal;
}

export interface Trial {
  readonly generator: Generator;
  readonly execution: Execution;
  /** Prompts with generated answers. */
  readonly madeUp: readonly string[];
  /** Names of the generators that ran before it. */
  readonly dependencies: readonly string[];
}

/** Returns a generated answer for a prompt, long enough for most passwords. */
function madeUpAnswer(prompt: string): string {
  return `made-up-${prompt}`;
}

/**
 * Runs a generator and its dependencies.
 *
 * @param machine one that declares it @throws RunFailure if the generator or a dependency fails or cannot be
 * run without Nix, and for answers without a prompt; HostFailure
 */
export async function tryGenerator(machine: string, name: string, options: TryOptions): Promise<Trial> {
  mustBeAsked(options.givenAnswers, withDependencies(machine, name, options.generators));
  const done = new Map<string, Trial>();
  const shared = await openSharedSandbox(options.scriptEnvironment);
  try {
    const trial = await attempt(machine, name, { ...options, shared }, done, []);
    return {
      ...trial,
      dependencies: [...done.values()]
        .map(trialRun => trialRun.generator.name)
        .filter(other => other !== name),
    };
  } finally {
    await shared.close();
  }
}

function withDependencies(machine: string, name: string, generators: Generators): Generator[] {
  const visited = new Set<Generator>();
  const look = (generatorName: string) => {
    const generator = generators.on(machine, generatorName);
    if (generator === undefined || visited.has(generator)) return;
    visited.add(generator);
    for (const dependency of generator.dependencies) look(dependency.name);
  };
  look(name);
  return [...visited];
}

async function attempt(
  machine: string,
  name: string,
  options: TryOptions & { readonly shared: SharedSandbox },
  done: Map<string, Trial>,
  path: readonly string[],
): Promise<Trial> {
  const { generators, givenAnswers, scriptEnvironment, signal, shared } = options;
  const generator = generators.on(machine, name);
  if (generator === undefined) throw new RunFailure(`There is no generator "${name}" on machine ${machine}.`);
  const cached = done.get(generator.key);
  if (cached !== undefined) return cached;
  if (path.includes(name))
    throw new RunFailure(`Generators depend on each other in a cycle: ${[...path, name].join(' → ')}.`);
  const [part] = partsText(generator.unknown);
  if (part !== undefined)
    throw new RunFailure(`Generator "${name}" (${whereOf(generator)}) needs Nix: ${part}.`);

  const dependencies = new Map<string, ReadonlyMap<string, Buffer>>();
  const secrets: Uint8Array[] = [];
  for (const dependency of generator.dependencies) {
    const before = await attempt(machine, dependency.name, options, done, [...path, name]);
    if (before.execution.outcome !== 'made')
      throw new RunFailure(
        `Generator "${name}" could not be tried: "${dependency.name}", which it depends on, ${endText(before.execution)}.`,
      );
    dependencies.set(dependency.name, before.execution.outputs);
    secrets.push(...before.execution.outputs.values());
  }
  const answers = new Map<string, Buffer>();
  const madeUp: string[] = [];
  for (const prompt of generator.prompts) {
    const answer = givenFor(givenAnswers, generator, prompt);
    if (answer === null) madeUp.push(prompt.name);
    const value = Buffer.from(answer ?? madeUpAnswer(prompt.name));
    answers.set(prompt.name, value);
    if (answer !== null && (isHidden(prompt) || value.length >= MIN_LENGTH)) secrets.push(value);
  }
  const recipe = options.recipe(machine, name) ?? NO_RECIPE;
  const script = await prepareScript(name, recipe, scriptEnvironment, await options.packages(recipe));
  const execution = await execute(
    generator,
    script,
    { dependencies, secrets, answers },
    { scriptEnvironment, shared, signal },
  );
  const trial = { generator, execution, madeUp, dependencies: [] };
  done.set(generator.key, trial);
  return trial;
}

function endText(execution: Exclude<Execution, { outcome: 'made' }>): string {
  return execution.outcome === 'cancelled' ? 'was cancelled' : execution.message.replace(/\.$/, '');
}
