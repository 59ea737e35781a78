/**
 * What modules state about options: which of them may speak of an option, and what each says, on all machines alike or on one. Answers
 * are kept as long as the modules are the same.
 */
import type { OptionStatement } from '../../modules/module-options.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Lazy } from '../../nix/eval/value.ts';
import type { GeneratorDefinition } from '../model/generators.ts';
import { type MachineOptions, settledFor } from './machine-options.ts';
import type { ModuleFacts } from './read-module.ts';
import { createSettled, type Settled } from './settled.ts';

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

/** Returns what is kept for a module, from now on if nothing was. */
export function keptOf(cache: FixpointCache, facts: ModuleFacts): Kept {
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

/** Asks modules about options. `key` is the path as a text. */
interface Statements {
  /** Returns whether a module may state something about options with this first name. */
  mayState(facts: ModuleFacts, name: string): boolean;
  /** Returns what a module states about an option on all machines alike. */
  general(facts: ModuleFacts, path: readonly string[], key: string): OptionStatement;
  /** Returns what it states on a machine. */
  on(
    facts: ModuleFacts,
    path: readonly string[],
    key: string,
    onAll: OptionStatement,
    machine: MachineOptions,
  ): OptionStatement;
}

export function createStatements(cx: Evaluation, cache: FixpointCache, reading: ModuleReader): Statements {
  function general(facts: ModuleFacts, path: readonly string[], key: string): OptionStatement {
    const { says } = keptOf(cache, facts);
    let say = says.get(key);
    if (say === undefined) {
      say = reading.option(facts, path, null);
      says.set(key, say);
    }
    return say;
  }

  function mayState(facts: ModuleFacts, name: string): boolean {
    const kept = keptOf(cache, facts);
    if (kept.firstNames === undefined) kept.firstNames = reading.firstNames(facts);
    if (kept.firstNames === null || kept.firstNames.has(name)) return true;
    kept.unstated.add(name);
    return false;
  }

  function on(
    facts: ModuleFacts,
    path: readonly string[],
    key: string,
    onAll: OptionStatement,
    machine: MachineOptions,
  ): OptionStatement {
    if (isSettledSaying(onAll)) return onAll;
    const { settledSays } = keptOf(cache, facts);
    let settledSay = settledSays.get(key);
    if (settledSay === undefined) {
      settledSay = createSettled();
      settledSays.set(key, settledSay);
    }
    return settledFor(cx, machine, settledSay, config => reading.option(facts, path, config));
  }

  return { mayState, general, on };
}

export function isSettledSaying({ definitions, declared, unclear }: OptionStatement): boolean {
  if (unclear || (declared !== null && declared.default === undefined)) return false;
  return definitions.every(definition => !definition.conditional && definition.value !== undefined);
}

/** Returns whether a module neither declares nor defines an option, on any machine. */
export function isSilentSaying({ definitions, declared, unclear }: OptionStatement): boolean {
  return definitions.length === 0 && declared === null && !unclear;
}
