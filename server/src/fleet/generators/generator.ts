/**
 * Reads generators from evaluated sets into plain data, as clan's option schema does: persisted prompts become files,
 * and files are secret by default. `layers.ts` merges several definitions.
 *
 * Source: clan-core d7c35d912, modules/clan/export-modules/generic-generator.nix.
 */

import { type WeightedDefinition, weighed } from '../../modules/priorities.ts';
import { definitionsOf, readBool } from '../../modules/read.ts';
import { definedBy } from '../../modules/submodule.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import type { Lazy } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { laterPart } from '../../query/reads.ts';
import type { GeneratorBody, WrittenOption } from '../model/generators.ts';
import { counted, readDependencies, readPackages } from './generator-lists.ts';
import { namedIn, promptFile, readFile, readPrompt } from './generator-members.ts';
import { readScript, readValidation } from './generator-script.ts';
import {
  isOpen,
  type Layer,
  layerOf,
  layersOf,
  optionOr,
  type Reading,
  withGeneratorCondition,
} from './layers.ts';
import { meantInGenerator, NOTHING_MEANT } from './misspelt-options.ts';
import { readWritten } from './written-options.ts';

export const OPAQUE: GeneratorBody = {
  completeness: 'opaque',
  share: null,
  files: [],
  prompts: [],
  dependencies: [],
  runtimeInputs: [],
  packages: [],
  complete: { files: false, prompts: false, dependencies: false, packages: false },
  options: () => [],
  script: null,
  validation: undefined,
  asksMachine: false,
};

/** The evaluation steps allowed for all options of a generator, which are read long after its body. */
const OPTION_STEPS = 50_000;

/** A value that defines a generator or a part of it. */
export interface BodySource {
  readonly value: Lazy;
  /** The place for facts that are not written in a file. */
  readonly fallback: Place;
  /** True if it is unknown whether the value applies to an existing generator. */
  readonly conditional: boolean;
}

/**
 * Returns the sets in a value. A generator that certainly does not exist is shown as it is written, since its uses have
 * the same condition.
 */
function heldBy(cx: Evaluation, value: Lazy, isOnly: boolean): readonly WeightedDefinition[] {
  const held = weighed(cx, value);
  return held.length === 0 && isOnly ? definitionsOf(cx, value) : held;
}

/**
 * Reads a generator's body.
 * @param fallback the place for facts that are not written in a file
 */
export function readBody(cx: Evaluation, value: Lazy, fallback: Place): GeneratorBody {
  return readBodies(cx, [{ value, fallback, conditional: false }]);
}

const ALONE = { how: 'together', isOpen: false } as const;

/**
 * Reads the body that several definitions result in, merged as in the module system.
 * @param joining see `joinedBody`; `isOpen`: there may be definitions that are not among the sources
 */
export function readBodies(
  cx: Evaluation,
  sources: readonly BodySource[],
  joining: { readonly how: 'together' | 'perhaps'; readonly isOpen: boolean } = ALONE,
): GeneratorBody {
  const { how, isOpen: mayBeMore } = joining;
  const reading: Reading = {
    cx,
    complete: !mayBeMore,
    hasDefaults: !mayBeMore,
    asked: { machine: false },
    meant: NOTHING_MEANT,
  };
  const [only] = sources;
  const layers = layersOf(
    reading,
    sources.length === 1 && only !== undefined
      ? layersIn(cx, only, 0, true)
      : sources.flatMap((bodySource, source) =>
          layersIn(cx, bodySource, how === 'together' ? 0 : source, false),
        ),
  );
  if (!layers.some(layer => layer.value.kind === 'attrs')) return OPAQUE;
  reading.meant = meantInGenerator(layers);
  for (const { value } of layers) {
    if (value.kind === 'attrs' && isOpen(value)) reading.complete = false;
    if (value.kind !== 'attrs') reading.hasDefaults = false;
  }
  const whole = reading.complete;
  const asked = counted(reading, () => namedIn(reading, layers, 'prompts'));
  const prompts = asked.list.map(named => readPrompt(reading, named));
  const named = counted(reading, () => namedIn(reading, layers, 'files'));
  const files = new Map(named.list.map(candidate => [candidate.name, readFile(reading, candidate)]));
  const dependencies = counted(reading, () => readDependencies(reading, layers));
  const packages = readPackages(reading, layers);
  for (const [index, prompt] of prompts.entries()) {
    if (prompt.persist === null) reading.complete = false;
    if (prompt.persist === true && !files.has(prompt.name))
      files.set(prompt.name, promptFile(reading, prompt, asked.list[index]?.conditional === true));
  }
  return {
    share: optionOr(reading, layers, 'share', false, readBool),
    files: [...files.values()],
    prompts,
    dependencies: dependencies.list,
    runtimeInputs: [...new Set(packages.list.map(item => item.value))],
    packages: packages.list,
    complete: {
      files: whole && named.complete && asked.complete && prompts.every(prompt => prompt.persist !== null),
      prompts: whole && asked.complete,
      dependencies: whole && dependencies.complete,
      packages: whole && packages.complete,
    },
    options: laterPart(cx.recorder, () => {
      const read = withBudget(cx, OPTION_STEPS, () =>
        layers.flatMap(({ value, conditional, fallback }): readonly WrittenOption[] =>
          value.kind === 'attrs' ? readWritten(cx, [{ set: value, conditional }], fallback) : [],
        ),
      );
      return read instanceof BudgetExceeded ? [] : read;
    }),
    script: readScript(reading, layers),
    validation: readValidation(reading, layers),
    asksMachine: reading.asked.machine,
    completeness: reading.complete ? 'full' : 'partial',
  };
}

/** Returns the layers of one value. */
function layersIn(
  cx: Evaluation,
  { value, fallback, conditional }: BodySource,
  source: number,
  isOnly: boolean,
): readonly Layer[] {
  const held = heldBy(cx, value, isOnly);
  const all = held.some(candidate => candidate.value.kind === 'lambda')
    ? held.flatMap(candidate =>
        candidate.value.kind === 'lambda'
          ? definedBy(cx, candidate.value, candidate.conditional, isOnly && held.length === 1)
          : [candidate],
      )
    : held;
  return withGeneratorCondition(
    all.map(candidate => layerOf(candidate, fallback, source)),
    conditional,
  );
}
