/**
 * Finds what the modules of a flake define at a path. Each set is searched once per path for as long as it is valid.
 * Does not merge the definitions.
 */

import { type Definition, definitionsOf } from '../modules/read.ts';
import type { Evaluation } from '../nix/eval/evaluation.ts';
import type { Lazy } from '../nix/eval/value.ts';
import type { FlakeModules, FlakeSet } from './flake-modules.ts';
import { frameworkValue } from './frameworks/calls.ts';

export interface FlakeDefinitions {
  readonly definitions: readonly Definition[];
  /** The files that contain the definitions, in the order of the modules. */
  readonly files: readonly string[];
  /** True if there may be more definitions. */
  readonly unclear: boolean;
}

/**
 * Returns the definitions that all modules of the flake give at a path of its configuration or its outputs.
 * @throws BudgetExceeded
 */
export function definitionsAt(
  cx: Evaluation,
  flake: FlakeModules,
  path: readonly string[],
): FlakeDefinitions {
  const definitions: Definition[] = [];
  const files = new Set<string>();
  let unclear = false;
  const key = path.join('\0');
  for (const set of flake.sets) {
    const contribution = contributionOf(cx, set, path, key);
    definitions.push(...contribution.definitions);
    if (contribution.definitions.length > 0) files.add(set.file);
    if (contribution.unclear) unclear = true;
  }
  return { definitions, files: [...files], unclear };
}

/** The definitions that a single set has at a path. */
type Contribution = Pick<FlakeDefinitions, 'definitions' | 'unclear'>;

/**
 * Definitions by set and path. A set is replaced when something it was read from changes, so its entries stay valid
 * as long as it exists.
 */
const contributions = new WeakMap<FlakeSet, Map<string, Contribution>>();
const NOTHING: Contribution = { definitions: [], unclear: false };

function contributionOf(cx: Evaluation, set: FlakeSet, path: readonly string[], key: string): Contribution {
  const contribution = contributions.get(set);
  const before = contribution?.get(key);
  if (before !== undefined) return before;
  const read = readContribution(cx, set, path);
  if (contribution === undefined) contributions.set(set, new Map([[key, read]]));
  else contribution.set(key, read);
  return read;
}

function readContribution(cx: Evaluation, set: FlakeSet, path: readonly string[]): Contribution {
  const definitions: Definition[] = [];
  let unclear = false;

  function visit(lazy: Lazy, depth: number, conditional: boolean): void {
    for (const moduleDefinition of definitionsOf(cx, lazy)) {
      const value =
        moduleDefinition.value.kind === 'unknown'
          ? (frameworkValue(cx, moduleDefinition.value) ?? moduleDefinition.value)
          : moduleDefinition.value;
      const definition = value === moduleDefinition.value ? moduleDefinition : { ...moduleDefinition, value };
      const unsure = conditional || definition.conditional;
      const name = path[depth];
      if (name === undefined) {
        definitions.push({ ...definition, conditional: unsure });
        continue;
      }
      // Selection ends at a function; an unknown may contain the path.
      if (value.kind === 'unknown') unclear = true;
      if (value.kind !== 'attrs') continue;
      const entry = value.entries.get(name);
      if (entry !== undefined) visit(entry.value, depth + 1, unsure || entry.optional);
      else if (value.open !== null || value.patterns.length > 0) unclear = true;
    }
  }

  const holds = set.set.entries.has(path[0] ?? '') ? conditionOf(cx, set) : true;
  if (holds !== false) visit(set.set, 0, holds === null);
  return definitions.length === 0 && !unclear ? NOTHING : { definitions, unclear };
}

/** Returns whether the conditions of a set hold, or `null` if that is unknown. */
function conditionOf(cx: Evaluation, { conditions }: FlakeSet): boolean | null {
  let answer: boolean | null = true;
  for (const condition of conditions) {
    const value = cx.force(condition);
    if (value.kind === 'bool' && !value.value) return false;
    if (value.kind !== 'bool') answer = null;
  }
  return answer;
}
