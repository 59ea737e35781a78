/**
 * From the fleet's model to what the plan is made from: what every machine declares, with the expressions that only
 * Nix can tell, and the recipe that a generator is run by. Pure; reads nothing but the model and the texts it points to.
 *
 * A generator that is not wholly known is handed on with its unknown parts, never with guesses in their place.
 */
import { isCatalogueGenerator } from '../../fleet/catalogue/catalogue.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { GeneratorBody, GeneratorScript, WrittenOption } from '../../fleet/model/generators.ts';
import type { Setting } from '../../modules/settings.ts';
import type { Place } from '../../nix/places.ts';
import { validationHash, validationOf } from '../../store/vars/validation.ts';
import { type Violation, violationsIn } from './constraints.ts';
import type { Declaration, DeclaredFile, DeclaredPrompt, UnknownPart } from './generators.ts';
import type { RefusedFile, Uncertain } from './plan.ts';
import { type Recipe, recipeOf } from './recipe.ts';

export interface Declared {
  /** In the order of the fleet. */
  readonly machines: readonly string[];
  /** False if there may be machines that are not listed. */
  readonly machinesComplete: boolean;
  readonly declarations: readonly Declaration[];
  readonly uncertain: readonly Uncertain[];
  /** Machines that may have generators which are nowhere to be seen. */
  readonly incomplete: readonly string[];
  /** Files that Nix refuses; what they declare is read as far as it can be. */
  readonly refused: readonly RefusedFile[];
  readonly violations: readonly Violation[];
  /** How a generator is run that a machine declares and of which nothing is unknown. */
  recipe(machine: string, name: string): Recipe | null;
  /** Its script as it is written; null where there is none. */
  script(machine: string, name: string): GeneratorScript | null;
}

type Parts = Omit<Declaration, 'machine' | 'name' | 'machinesComplete'>;

/** @param textOf the source of a file of the workspace */
export function declarationsOf(fleet: Fleet, textOf: (file: string) => string | null): Declared {
  const machines = fleet.machines.map(machine => machine.name);
  const byMachine = new Map<string, Map<string, GeneratorBody>>(machines.map(name => [name, new Map()]));
  const uncertain: Uncertain[] = [];
  const expressionAt = expressionsIn(textOf);
  const recipes = new Map<GeneratorBody, Recipe>();
  const recipeIn = (body: GeneratorBody): Recipe => {
    const known = recipes.get(body) ?? recipeOf(body);
    recipes.set(body, known);
    return known;
  };
  const read = new Map<GeneratorBody, Parts>();
  const partsOf = (body: GeneratorBody): Parts => {
    const known = read.get(body) ?? partsIn(body, recipeIn(body), expressionAt);
    read.set(body, known);
    return known;
  };
  /** Where a module that is not known decides which definitions a machine has, that is the reason, and nothing that they say. */
  const withCause = (machine: string, name: string, parts: Parts): Parts => {
    const generator = generators.get(name);
    const gap = fleet.modules.get(machine)?.gaps[0];
    if (parts.unknown.length === 0 || generator === undefined || gap === undefined) return parts;
    const { definitions } = generator;
    if (definitions.length < 2 || generator.settledOn(machine) !== null) return parts;
    const inside = new Set(definitions.flatMap(one => partsOf(one.body()).unknown.map(({ part }) => part)));
    const cause = `which of its ${definitions.length} definitions machine ${machine} has depends on ${expressionAt(gap.at)}`;
    return {
      ...parts,
      unknown: parts.unknown.map(one => (inside.has(one.part) ? one : { ...one, expression: cause })),
    };
  };

  // A name that clan-core's services use may be brought to further machines by them.
  const complete = new Set(
    fleet.generators
      .filter(one => fleet.machinesComplete && one.machinesComplete && !isCatalogueGenerator(one.name))
      .map(one => one.name),
  );
  const generators = new Map(fleet.generators.map(generator => [generator.name, generator]));
  for (const generator of fleet.generators) {
    const { name, nameKind } = generator;
    if (nameKind === 'pattern') {
      uncertain.push({ name: null, machines: generator.machines, expression: name, isBrought: false });
      continue;
    }
    if (generator.machines === null)
      uncertain.push({ name, machines: null, expression: name, isBrought: false });
    for (const machine of generator.machines ?? [])
      byMachine.get(machine)?.set(name, generator.bodyOn(machine));
  }
  // What they are differs from one version of clan-core to the next: which one it is, only Nix can tell.
  for (const { name, isPattern, certain, machines: those, service } of fleet.brought)
    if (certain && !isPattern && !generators.has(name))
      uncertain.push({ name, machines: those, expression: service ?? 'clan-core', isBrought: true });

  const incomplete = machines.filter(machine => !fleet.hasAllGenerators(machine));
  const mayHave = mayHaveMore(uncertain, new Set(incomplete));
  return {
    machines,
    machinesComplete: fleet.machinesComplete,
    uncertain,
    incomplete,
    refused: fleet.faults
      .filter(({ reach, syntax, refused }) => reach === 'certain' && (syntax !== null || refused.length > 0))
      .map(({ file, machines: those }) => ({ file, machines: those })),
    violations: violationsIn(fleet),
    declarations: [...byMachine].flatMap(([machine, own]) =>
      // Clan has them in the order of their names.
      [...own].sort(byName).map(([name, body]) => ({
        machine,
        name,
        machinesComplete: complete.has(name),
        ...withKnownDependencies(
          withCause(machine, name, partsOf(body)),
          dependency => own.has(dependency) || !mayHave(machine, dependency),
        ),
      })),
    ),
    recipe(machine, name) {
      const body = byMachine.get(machine)?.get(name);
      return body === undefined ? null : recipeIn(body);
    },
    script: (machine, name) => byMachine.get(machine)?.get(name)?.script ?? null,
  };
}

/** True for a name that a machine may have although nothing that is known declares it there. */
function mayHaveMore(uncertain: readonly Uncertain[], incomplete: ReadonlySet<string>) {
  const anywhere = new Set<string>();
  const unnamed = new Set<string>();
  let unnamedAnywhere = false;
  for (const { name, machines } of uncertain) {
    if (name !== null) anywhere.add(name);
    else if (machines === null) unnamedAnywhere = true;
    else for (const machine of machines) unnamed.add(machine);
  }
  return (machine: string, name: string) =>
    unnamedAnywhere ||
    incomplete.has(machine) ||
    unnamed.has(machine) ||
    anywhere.has(name) ||
    isCatalogueGenerator(name);
}

/** A dependency that may be there unseen is one that only Nix can follow. */
function withKnownDependencies(parts: Parts, isKnown: (name: string) => boolean): Parts {
  if (parts.dependencies.every(isKnown)) return parts;
  const unseen = parts.dependencies.filter(name => !isKnown(name));
  return {
    ...parts,
    dependencies: parts.dependencies.filter(isKnown),
    unknown: [
      ...parts.unknown,
      ...unseen.map(name => ({ part: 'dependencies' as const, expression: `"${name}"` })),
    ],
  };
}

const NOTHING: Parts = {
  share: false,
  files: [],
  prompts: [],
  dependencies: [],
  validationHash: null,
  unknown: [],
};

function partsIn(body: GeneratorBody, recipe: Recipe, expressionAt: ExpressionAt): Parts {
  const unknown: UnknownPart[] = [];
  const written = (of: WrittenOption['of'], owner: string | null, name: string) =>
    body.options().find(one => one.of === of && one.owner === owner && one.name === name);
  const note = (part: UnknownPart['part'], option: WrittenOption | undefined, otherwise: string) =>
    unknown.push({
      part,
      expression: option === undefined ? otherwise : expressionAt(option.valueAt ?? option.at),
    });

  if (body.completeness === 'opaque') {
    const all: UnknownPart[] = [{ part: 'files', expression: 'nothing of it is known' }];
    return { ...NOTHING, unknown: all };
  }
  if (body.share === null) note('share', written('generator', null, 'share'), 'share');
  if (!body.complete.files || body.files.some(file => file.nameKind === 'pattern'))
    note('files', written('generator', null, 'files'), 'files');
  const named = body.files.filter(file => file.nameKind !== 'pattern');
  const files = named.map((file): DeclaredFile => {
    const { name, secret, deploy, neededFor } = file;
    for (const option of ['secret', 'deploy', 'neededFor'] as const)
      if (file[option] === null) note('files', written('file', name, option), `files.${name}.${option}`);
    return { name, secret: secret ?? true, deploy: deploy ?? true, neededFor: neededFor ?? 'services' };
  });
  if (!body.complete.prompts) note('prompts', written('generator', null, 'prompts'), 'prompts');
  const prompts = body.prompts.map((prompt): DeclaredPrompt => {
    const { name, persist, description } = prompt;
    const type = PROMPT_TYPES.find(one => one === prompt.type);
    if (type === undefined) note('prompts', written('prompt', name, 'type'), `prompts.${name}.type`);
    if (persist === null) note('prompts', written('prompt', name, 'persist'), `prompts.${name}.persist`);
    return {
      name,
      description: description ?? name,
      type: type ?? 'hidden',
      persist: persist ?? false,
      required: isRequired(written('prompt', name, 'display')?.value),
    };
  });
  if (!body.complete.dependencies)
    note('dependencies', written('generator', null, 'dependencies'), 'dependencies');
  if (!body.complete.packages)
    note('runtimeInputs', written('generator', null, 'runtimeInputs'), 'runtimeInputs');
  // Few have one, and looking for what is written reads all options of the generator.
  const option = body.validation === undefined ? undefined : written('generator', null, 'validation');
  const validation =
    option?.kind === 'null' ? null : isWhole(option?.value) ? validationOf(body.validation) : undefined;
  if (validation === undefined) note('validation', option, 'validation');
  if (recipe.unknown !== null)
    unknown.push({ part: 'script', expression: expressionAt(recipe.unknown.at, recipe.unknown.text) });

  return {
    share: body.share ?? false,
    files: files.sort(byOwnName),
    prompts: prompts.sort(byOwnName),
    dependencies: [...new Set(body.dependencies.map(one => one.value))],
    validationHash: validation === undefined ? null : validationHash(validation),
    unknown,
  };
}

/** False for data that may hold more than is seen. */
function isWhole(setting: Setting | undefined): boolean {
  if (setting?.kind !== 'set') return setting?.kind !== 'unknown';
  return setting.complete && [...setting.entries.values()].every(isWhole);
}

/** `display.required`, which is true unless it is said otherwise. */
function isRequired(display: Setting | undefined): boolean {
  if (display?.kind !== 'set') return true;
  const required = display.entries.get('required');
  return !(required?.kind === 'plain' && required.value === false);
}

const PROMPT_TYPES = ['line', 'hidden', 'multiline', 'multiline-hidden'] as const;

const MAX_EXPRESSION = 60;

/** @param shown what to call it; null: what is written there */
type ExpressionAt = (place: Place, shown?: string | null) => string;

function expressionsIn(textOf: (file: string) => string | null): ExpressionAt {
  return ({ file, start, end }, given = null) => {
    const text = textOf(file);
    if (text === null) return file;
    const line = text.slice(0, start).split('\n').length;
    // What is selected has its name's place; people read the whole of it.
    const path = text.charAt(start - 1) === '.' ? (/[\w.'-]*$/.exec(text.slice(0, start))?.[0] ?? '') : '';
    const expression = (given ?? path + text.slice(start, end)).replace(/\s+/g, ' ').trim();
    const shown =
      expression.length > MAX_EXPRESSION ? `${expression.slice(0, MAX_EXPRESSION - 1)}…` : expression;
    return `${shown} (${file}:${line})`;
  };
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function byOwnName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
