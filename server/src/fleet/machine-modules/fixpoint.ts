/**
 * Reads modules again with the options of one machine, if they leave something open that these decide. Answers of
 * modules about options are kept as long as the modules are the same.
 */

import type { OptionStatement, Plain } from '../../modules/module-options.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Lazy } from '../../nix/eval/value.ts';
import { isSamePlace } from '../../nix/places.ts';
import type { GeneratorDefinition } from '../model/generators.ts';
import type { ModuleContext } from './contexts.ts';
import { haveSameContents, internDefinitions } from './interned.ts';
import { type MachineOptions, machineOptions, settledFor } from './machine-options.ts';
import type { ModuleFacts } from './read-module.ts';
import { createSettled, type Settled } from './settled.ts';

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

export interface ModuleReader {
  /** Reads the module again with another configuration. */
  again(facts: ModuleFacts, config: Lazy): ModuleFacts;
  /** Returns a module's statements about an option, in the configuration of a machine if one is given. */
  option(facts: ModuleFacts, path: readonly string[], config: Lazy | null): OptionStatement;
  /** Returns the first names of the options that a module states something about; `null` if there may be others. */
  firstNames(facts: ModuleFacts): ReadonlySet<string> | null;
}

/** The results kept for one module. */
interface Kept {
  readonly facts: Settled<ModuleFacts>;
  readonly says: Map<string, OptionStatement>;
  readonly settledSays: Map<string, Settled<OptionStatement>>;
  /** The first names of all options that it states something about, `null` for any; undefined until asked for. */
  firstNames: ReadonlySet<string> | null | undefined;
  /** The first names for which it was asked, and which are not among them. */
  readonly unstated: Set<string>;
  /** Definitions that machines had before the module changed. */
  readonly before: readonly GeneratorDefinition[];
}

/** The results by module. */
export type FixpointCache = WeakMap<ModuleFacts, Kept>;

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
  function keptOf(facts: ModuleFacts): Kept {
    let kept = cache.get(facts);
    if (kept === undefined) {
      kept = {
        facts: createSettled(),
        says: new Map(),
        settledSays: new Map(),
        firstNames: undefined,
        unstated: new Set(),
        before: [],
      };
      cache.set(facts, kept);
    }
    return kept;
  }

  /** Returns what a module states about an option on all machines alike. */
  function generalSays(facts: ModuleFacts, path: readonly string[], key: string): OptionStatement {
    const { says } = keptOf(facts);
    let say = says.get(key);
    if (say === undefined) {
      say = reading.option(facts, path, null);
      says.set(key, say);
    }
    return say;
  }

  function mayState(facts: ModuleFacts, name: string): boolean {
    const kept = keptOf(facts);
    if (kept.firstNames === undefined) kept.firstNames = reading.firstNames(facts);
    if (kept.firstNames === null || kept.firstNames.has(name)) return true;
    kept.unstated.add(name);
    return false;
  }

  function saysOn(
    facts: ModuleFacts,
    path: readonly string[],
    key: string,
    general: OptionStatement,
    machine: MachineOptions,
  ): OptionStatement {
    if (isSettledSaying(general)) return general;
    const { settledSays } = keptOf(facts);
    let settledSay = settledSays.get(key);
    if (settledSay === undefined) {
      settledSay = createSettled();
      settledSays.set(key, settledSay);
    }
    return settledFor(cx, machine, settledSay, config => reading.option(facts, path, config));
  }

  function factsOn(facts: ModuleFacts, machine: MachineOptions): ModuleFacts {
    const kept = keptOf(facts);
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
      cache.set(fresh, { ...keptOf(fresh), before: [...new Set(definitions)] });
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

function isSettledSaying({ definitions, declared, unclear }: OptionStatement): boolean {
  if (unclear || (declared !== null && declared.default === undefined)) return false;
  return definitions.every(definition => !definition.conditional && definition.value !== undefined);
}

/** Returns whether a module neither declares nor defines an option, on any machine. */
function isSilentSaying({ definitions, declared, unclear }: OptionStatement): boolean {
  return definitions.length === 0 && declared === null && !unclear;
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
