/** Generators as commands and runs name them, and the states that a run reports. */
import type { FleetGenerator } from './fleet.ts';
/**
 * Request: the results of *Verify Vars* or a run, which all views show until a file of the fleet changes. The server
 * also reads the store's files again, so that a run without results sends none.
 */
export const verifiedRequest = 'varsmith/verified';

export interface VerifiedParams {
  readonly root: string;
  readonly states: readonly VerifiedState[];
}

/** The state of a generator in one placement, as `varsmith verify --json` reports it. */
export interface VerifiedState {
  /** `shared/<generator>` or `per-machine/<machine>/<generator>`. */
  readonly key: string;
  readonly state: FleetGenerator['state'];
  /** Names of the missing files. */
  readonly missing: readonly string[];
}

/** The machines and generators of a run. */
export interface GenerateTarget {
  /** URI of the root. */
  readonly root: string;
  /** Empty for all machines. */
  readonly machines: readonly string[];
  /** Names, or keys of a single placement. Empty for all that are not generated. */
  readonly generators: readonly string[];
}

/** The argument of commands in code lenses: a generator in the form of an item of the fleet view. */
export interface GeneratorRef {
  readonly kind: 'generator';
  /** URI of the root. */
  readonly root: string;
  /** `null` for all machines that have it. */
  readonly machine: string | null;
  readonly generator: { readonly name: string };
}

/** The argument for a machine. */
export interface MachineRef {
  readonly kind: 'machine';
  /** URI of the root. */
  readonly root: string;
  readonly machine: { readonly name: string };
}
