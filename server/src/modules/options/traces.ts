/**
 * Records traces of options while a module is read for other purposes: enough to decide whether the module should be
 * read for its options, and which other flakes are involved.
 */
import { isClosed } from '../../nix/eval/construct.ts';
import type { AttrsValue } from '../../nix/eval/value.ts';
import { mayBeOwn } from './namespaces.ts';

export interface OptionTraces {
  /** The input names of the other flakes' modules that are imported; '' for an unknown input. */
  readonly inputs: readonly string[];
  /** True if the module declares options, or may do so. */
  readonly declares: boolean;
  /** Top-level names of its definitions that belong neither to NixOS nor to a well-known flake. */
  readonly names: readonly string[];
}

/** The traces of a module that could not be read. */
export const NO_TRACES: OptionTraces = { inputs: [], declares: true, names: [] };

export interface TraceCollector {
  /** Records that a module of another flake is imported. */
  foreign(input: string | null): void;
  /** Records that a module with option declarations is imported. */
  declares(): void;
  /** Records a set that is a module. */
  module(set: AttrsValue): void;
  /** Records a set of definitions. */
  config(set: AttrsValue): void;
  result(): OptionTraces;
}

export function gatherTraces(): TraceCollector {
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
