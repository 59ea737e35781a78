/**
 * What is noticed of options while a module is read for other things: enough to tell whether it is worth reading for
 * them, and what other flakes have a hand in it.
 */
import { isClosed } from '../../nix/eval/construct.ts';
import type { AttrsValue } from '../../nix/eval/value.ts';
import { mayBeOwn } from './namespaces.ts';

export interface OptionTraces {
  /** The inputs that imported modules of other flakes are of, by their names; '' for one that is not known. */
  readonly inputs: readonly string[];
  /** Does it declare options, or may it? */
  readonly declares: boolean;
  /** First names of what it defines that are neither of NixOS nor of a flake that is known. */
  readonly names: readonly string[];
}

/** Of a module that could not be read. */
export const NO_TRACES: OptionTraces = { inputs: [], declares: true, names: [] };

export interface Gathering {
  /** A module of another flake is imported. */
  foreign(input: string | null): void;
  /** A module that declares options is imported. */
  declares(): void;
  /** A set that is a module. */
  module(set: AttrsValue): void;
  /** A set of definitions. */
  config(set: AttrsValue): void;
  result(): OptionTraces;
}

export function gatherTraces(): Gathering {
  const inputs = new Set<string>();
  const names = new Set<string>();
  let declares = false;
  return {
    foreign: input => inputs.add(input ?? ''),
    declares() {
      declares = true;
    },
    module(set) {
      if (set.entries.has('options') || set.entries.has('freeformType') || !isClosed(set)) declares = true;
    },
    config(set) {
      for (const name of set.entries.keys()) if (mayBeOwn(name)) names.add(name);
    },
    result: () => ({ inputs: [...inputs], declares, names: [...names] }),
  };
}

export function areSameTraces(left: OptionTraces, right: OptionTraces): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
