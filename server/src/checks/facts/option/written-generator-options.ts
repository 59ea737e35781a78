/**
 * The options of all generators as written, for rules about single options. Rules decide what is wrong with
 * them.
 */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import type {
  Generator,
  GeneratorBody,
  GeneratorDefinition,
  WrittenOption,
} from '../../../fleet/model/generators.ts';
import { perObject } from '../../memory/kept.ts';

/** The options in one definition of a generator that a rule judges. */
export interface DefinitionOptions {
  readonly generator: Generator;
  readonly definition: GeneratorDefinition;
  readonly judged: readonly WrittenOption[];
}

/**
 * Returns a function that finds the definitions with options to judge. Searches once per generator, and once
 * per body if a shared generator has changed on one machine.
 *
 * @param isJudged decides by the option alone
 */
export function optionsWhere(
  isJudged: (option: WrittenOption) => boolean,
): (fleet: Fleet) => Iterable<DefinitionOptions> {
  const judgedIn = perObject((body: GeneratorBody): readonly WrittenOption[] => {
    const options = body.options().filter(isJudged);
    return options.length === 0 ? NONE : options;
  });
  const writtenBy = perObject((generator: Generator) => writtenIn(generator, judgedIn));
  return function* (fleet) {
    for (const generator of fleet.generators) yield* writtenBy(generator);
  };
}

const NONE: readonly never[] = [];

function writtenIn(
  generator: Generator,
  judgedIn: (body: GeneratorBody) => readonly WrittenOption[],
): readonly DefinitionOptions[] {
  const places: DefinitionOptions[] = [];
  for (const definition of generator.definitions) {
    const judged = judgedIn(definition.body());
    if (judged.length > 0) places.push({ generator, definition, judged });
  }
  return places.length === 0 ? NONE : places;
}

/** Returns the option as written in Nix: `files.key.mode`. */
export function optionText({
  of,
  owner,
  name,
  member,
}: Pick<WrittenOption, 'of' | 'owner' | 'name' | 'member'>): string {
  if (member !== undefined) return `${name}.${member}`;
  if (of === 'generator') return name;
  return of === 'display' ? `prompts.${owner}.display.${name}` : `${of}s.${owner}.${name}`;
}
