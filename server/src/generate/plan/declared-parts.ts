/**
 * Reads what the body of a generator declares, keeping expressions that only Nix can evaluate instead of
 * guessing. Pure.
 */
import type { GeneratorBody, WrittenOption } from '../../fleet/model/generators.ts';
import type { Setting } from '../../modules/settings.ts';
import type { Place } from '../../nix/places.ts';
import { byText } from '../../std.ts';
import { validationHash, validationOf } from '../../store/vars/validation.ts';
import type { Declaration, DeclaredFile, DeclaredPrompt, UnknownPart } from './generators.ts';
import { type Recipe, recipeOf } from './recipe.ts';

export type Parts = Omit<Declaration, 'machine' | 'name' | 'machinesComplete'>;

/** Reads bodies of generators, each once, because machines often share them. */
export interface BodyReader {
  recipe(body: GeneratorBody): Recipe;
  parts(body: GeneratorBody): Parts;
  readonly expressionAt: ExpressionAt;
}

export function bodyReader(expressionAt: ExpressionAt): BodyReader {
  const recipes = new Map<GeneratorBody, Recipe>();
  const parts = new Map<GeneratorBody, Parts>();
  const reader: BodyReader = {
    recipe(body) {
      const recipe = recipes.get(body) ?? recipeOf(body);
      recipes.set(body, recipe);
      return recipe;
    },
    parts(body) {
      const bodyParts = parts.get(body) ?? partsIn(body, reader.recipe(body), expressionAt);
      parts.set(body, bodyParts);
      return bodyParts;
    },
    expressionAt,
  };
  return reader;
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
    body.options().find(option => option.of === of && option.owner === owner && option.name === name);
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
    const type = PROMPT_TYPES.find(candidate => candidate === prompt.type);
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
  // Few generators have one, and finding it requires reading all options of the generator.
  const option = body.validation === undefined ? undefined : written('generator', null, 'validation');
  const validation =
    option?.kind === 'null' ? null : isWhole(option?.value) ? validationOf(body.validation) : undefined;
  if (validation === undefined) note('validation', option, 'validation');
  if (recipe.unknown !== null)
    unknown.push({ part: 'script', expression: expressionAt(recipe.unknown.at, recipe.unknown.text) });

  return {
    share: body.share ?? false,
    files: files.sort(byText(({ name }) => name)),
    prompts: prompts.sort(byText(({ name }) => name)),
    dependencies: [...new Set(body.dependencies.map(dependency => dependency.value))],
    validationHash: validation === undefined ? null : validationHash(validation),
    unknown,
  };
}

/** Returns whether data is fully known. */
function isWhole(setting: Setting | undefined): boolean {
  if (setting?.kind !== 'set') return setting?.kind !== 'unknown';
  return setting.complete && [...setting.entries.values()].every(isWhole);
}

/** Returns `display.required`, which defaults to true. */
function isRequired(display: Setting | undefined): boolean {
  if (display?.kind !== 'set') return true;
  const required = display.entries.get('required');
  return !(required?.kind === 'plain' && required.value === false);
}

const PROMPT_TYPES = ['line', 'hidden', 'multiline', 'multiline-hidden'] as const;

const MAX_EXPRESSION = 60;

/**
 * Returns the text for an expression.
 *
 * @param shown the text to use, or null for the source text
 */
export type ExpressionAt = (place: Place, shown?: string | null) => string;

export function expressionsIn(textOf: (file: string) => string | null): ExpressionAt {
  return ({ file, start, end }, name = null) => {
    const text = textOf(file);
    if (text === null) return file;
    const line = text.slice(0, start).split('\n').length;
    // The place of a selection is that of its last name, but the whole expression is shown.
    const path = text.charAt(start - 1) === '.' ? (/[\w.'-]*$/.exec(text.slice(0, start))?.[0] ?? '') : '';
    const expression = (name ?? path + text.slice(start, end)).replace(/\s+/g, ' ').trim();
    const shown =
      expression.length > MAX_EXPRESSION ? `${expression.slice(0, MAX_EXPRESSION - 1)}…` : expression;
    return `${shown} (${file}:${line})`;
  };
}
