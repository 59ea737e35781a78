/**
 * Reads modules again with the options of one machine, if they leave something open that these decide. Answers of
 * modules about options are kept as long as the modules are the same.
 */

import type { Plain } from '../../modules/module-options.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import { isSamePlace } from '../../nix/places.ts';
import type { GeneratorDefinition } from '../model/generators.ts';
import type { ModuleContext } from './contexts.ts';
import { haveSameContents, internDefinitions } from './interned.ts';
import { type MachineOptions, machineOptions, settledFor } from './machine-options.ts';
import {
  createStatements,
  type FixpointCache,
  isSettledSaying,
  isSilentSaying,
  keptOf,
  type ModuleReader,
} from './module-statements.ts';
import type { ModuleFacts } from './read-module.ts';

/** A module of a machine. */
export interface OwnModule {
  readonly facts: ModuleFacts;
  /** False if the machine may or may not import it. */
  readonly sure: boolean;
}

/** Facts about a machine besides its modules. */
export interface MachineSetting extends ModuleContext {
  /** True if all modules that the machine starts from are known. */
  readonly complete: boolean;
  /** Returns the value of an option that is set outside of the workspace's modules; undefined for other options. */
  readonly known: (path: readonly string[]) => Plain | undefined;
}

export interface Fixpoint {
  /** Returns each module as it is on the machine, in the same order. */
  settled(
    modules: readonly OwnModule[],
    complete: boolean,
    known: MachineSetting['known'],
  ): readonly ModuleFacts[];
  /** Returns the options of the machine that consists of the modules. */
  optionsOf(modules: readonly OwnModule[], complete: boolean, known: MachineSetting['known']): MachineOptions;
  /** Reads what the module says about an option that it will be asked for. */
  expect(facts: ModuleFacts, path: readonly string[]): void;
  /** Returns true if the module certainly neither declares nor defines the option. */
  isSilent(facts: ModuleFacts, path: readonly string[]): boolean;
  /** Returns whether two readings of one module with equal facts also agree about all options that were asked for. */
  isUnchanged(before: ModuleFacts, fresh: ModuleFacts): boolean;
  /** Transfers the kept results to the module that replaces another. */
  replace(fresh: ModuleFacts, before: ModuleFacts): void;
}

export function createFixpoint(cx: Evaluation, cache: FixpointCache, reading: ModuleReader): Fixpoint {
  const { mayState, general: generalSays, on: saysOn } = createStatements(cx, cache, reading);

  function factsOn(facts: ModuleFacts, machine: MachineOptions): ModuleFacts {
    const kept = keptOf(cache, facts);
    // Contents that are read while the machine's options are available would have its answers, for all machines.
    for (const definition of facts.definitions) definition.body();
    return settledFor(cx, machine, kept.facts, config => {
      const moduleFacts = reading.again(facts, config);
      const definitions = sharingDefinitions(moduleFacts.definitions, facts.definitions);
      return { ...moduleFacts, definitions: internDefinitions(definitions, kept.before) };
    });
  }

  const optionsOf: Fixpoint['optionsOf'] = (modules, complete, known) => {
    // A machine has hundreds of modules, of which few speak of an option, and is asked for hundreds of options.
    const byFirstName = new Map<string, readonly OwnModule[]>();
    const speakers = (name: string): readonly OwnModule[] => {
      const before = byFirstName.get(name);
      if (before !== undefined) return before;
      const now = modules.filter(({ facts }) => mayState(facts, name));
      byFirstName.set(name, now);
      return now;
    };
    return machineOptions(cx, {
      complete,
      known,
      says(path, self) {
        const key = path.join('\0');
        return speakers(path[0] ?? '').flatMap(({ facts, sure }) => {
          const general = generalSays(facts, path, key);
          return isSilentSaying(general) ? [] : [{ says: saysOn(facts, path, key, general, self), sure }];
        });
      },
    });
  };

  return {
    optionsOf,
    expect(facts, path) {
      if (mayState(facts, path[0] ?? '')) generalSays(facts, path, path.join('\0'));
    },
    isSilent: (facts, path) =>
      !mayState(facts, path[0] ?? '') || isSilentSaying(generalSays(facts, path, path.join('\0'))),
    settled(modules, complete, known) {
      if (!modules.some(({ facts }) => isUnsettled(facts))) return modules.map(({ facts }) => facts);
      const machine = optionsOf(modules, complete, known);
      return modules.map(({ facts }) => (isUnsettled(facts) ? factsOn(facts, machine) : facts));
    },
    isUnchanged(before, fresh) {
      if (isUnsettled(before)) return false;
      const kept = cache.get(before);
      for (const name of kept?.unstated ?? []) if (mayState(fresh, name)) return false;
      for (const [key, says] of kept?.says ?? []) {
        if (!isSettledSaying(says)) return false;
        if (JSON.stringify(says) !== JSON.stringify(generalSays(fresh, key.split('\0'), key))) return false;
      }
      // What comes of other names that the module may have now has not been asked yet.
      if (kept !== undefined) kept.firstNames = undefined;
      return true;
    },
    replace(fresh, before) {
      const kept = cache.get(before);
      const definitions = kept?.facts.results().flatMap(result => result.definitions) ?? [];
      if (definitions.length === 0) return;
      cache.set(fresh, { ...keptOf(cache, fresh), before: [...new Set(definitions)] });
    },
  };
}

/** Returns the definitions of a machine, with those that do not depend on the machine shared by all machines. */
function sharingDefinitions(
  definitions: readonly GeneratorDefinition[],
  generals: readonly GeneratorDefinition[],
): GeneratorDefinition[] {
  return definitions.map(definition => {
    const general = generals.find(other => areSame(definition, other));
    return isAsGeneral(general, definition) ? general : definition;
  });
}

/** Returns whether a definition has the same contents on a machine as in general. Reads the contents. */
function isAsGeneral(
  general: GeneratorDefinition | undefined,
  definition: GeneratorDefinition,
): general is GeneratorDefinition {
  const generalBody = general?.body();
  if (generalBody?.completeness === 'full' && !generalBody.asksMachine) return true;
  // Must be read now, while the machine's options are available.
  const body = definition.body();
  if (generalBody?.completeness !== body.completeness) return false;
  return !generalBody.asksMachine || haveSameContents(generalBody, body);
}

/** Returns whether a module leaves something open that options may decide. */
function isUnsettled({ definitions, gaps }: ModuleFacts): boolean {
  return gaps.length > 0 || definitions.some(isOpen);
}

function isOpen({ conditional, nameKind, body }: GeneratorDefinition): boolean {
  return conditional || nameKind === 'pattern' || body().completeness === 'partial' || body().asksMachine;
}

function areSame(left: GeneratorDefinition, right: GeneratorDefinition): boolean {
  return (
    left.name === right.name &&
    left.nameKind === right.nameKind &&
    left.kind === right.kind &&
    left.conditional === right.conditional &&
    isSamePlace(left.at, right.at) &&
    left.via.length === right.via.length
  );
}
