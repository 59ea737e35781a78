/** Joins the bodies of several definitions of one generator. */

import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { withBudget } from '../../nix/eval/evaluation.ts';
import { partOf } from '../../query/reads.ts';
import { sameItems } from '../../std.ts';
import type { GeneratorBody, GeneratorDefinition } from '../model/generators.ts';
import { BODY_STEPS } from './definition-contents.ts';
import { sourceOf } from './definitions.ts';
import { OPAQUE, readBodies } from './generator.ts';

/** The way in which definitions of one generator are merged. */
export interface Joining {
  /**
   * `together`: one machine has all of them, and the highest priority wins; `perhaps`: it is unknown whether any
   * machine has two of them.
   */
  readonly how: 'together' | 'perhaps';
  /** Further definitions, each of which may be missing. */
  readonly perhaps?: readonly GeneratorDefinition[];
  /** True if there may be other definitions that are unknown. */
  readonly isOpen?: boolean;
}

const NONE: readonly GeneratorDefinition[] = [];

/** Returns the body that several definitions of one generator result in. */
export function joinedBody(definitions: readonly GeneratorDefinition[], joining: Joining): GeneratorBody {
  const [only, ...others] = definitions;
  const { how, perhaps = NONE, isOpen = false } = joining;
  if (only === undefined) return OPAQUE;
  if (others.length === 0 && perhaps.length === 0 && !isOpen) return only.body();
  const before = joined.get(only) ?? [];
  const match = before.find(
    entry =>
      entry.how === how &&
      entry.isOpen === isOpen &&
      sameItems(entry.definitions, definitions) &&
      sameItems(entry.perhaps, perhaps),
  );
  if (match !== undefined) return match.body();
  const body = join(definitions, { how, perhaps, isOpen });
  joined.set(only, [...before.slice(-MAX_JOINED), { definitions, how, perhaps, isOpen, body }]);
  return body();
}

interface Joined extends Required<Joining> {
  readonly definitions: readonly GeneratorDefinition[];
  readonly body: () => GeneratorBody;
}

/** The number of results kept for one definition, which machines may have together with different others. */
const MAX_JOINED = 8;

/** The last results by the first definition. After an edit, most generators have the same definitions. */
const joined = new WeakMap<GeneratorDefinition, readonly Joined[]>();

function join(
  definitions: readonly GeneratorDefinition[],
  { how, perhaps, isOpen }: Required<Joining>,
): () => GeneratorBody {
  const inputs = [
    ...definitions.flatMap(definition => sourceOf(definition) ?? []),
    ...perhaps.flatMap(definition => {
      const origin = sourceOf(definition);
      return origin === undefined ? [] : [{ ...origin, source: { ...origin.source, conditional: true } }];
    }),
  ];
  const [first] = inputs;
  if (first === undefined) return () => OPAQUE;
  const { cx } = first;
  const isAll = !isOpen && inputs.length === definitions.length + perhaps.length;
  const values = inputs.map(({ source }) => source);
  return partOf(
    cx.recorder,
    inputs.flatMap(({ later }) => later ?? []),
    () => {
      const read = withBudget(cx, BODY_STEPS * inputs.length, () =>
        readBodies(cx, values, { how, isOpen: !isAll }),
      );
      return read instanceof BudgetExceeded ? OPAQUE : read;
    },
  );
}
