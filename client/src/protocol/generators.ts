/** Generators as commands and runs name them, and the states that a run reports back. */
import type { FleetGenerator } from './fleet.ts';
/** Request: what Verify Vars or a run has found; all views show it until a file of the fleet changes. */
export const verifiedRequest = 'varsmith/verified';

export interface VerifiedParams {
  readonly root: string;
  readonly states: readonly VerifiedState[];
}

/** The state of a placement, as `varsmith verify --json` reports it. */
export interface VerifiedState {
  /** `shared/<generator>` or `per-machine/<machine>/<generator>`. */
  readonly key: string;
  readonly state: FleetGenerator['state'];
  /** Names of files that are not there. */
  readonly missing: readonly string[];
}

/** The machines and generators of a run. */
export interface GenerateTarget {
  /** URI of the root. */
  readonly root: string;
  /** None: all. */
  readonly machines: readonly string[];
  /** Names, or keys of one placement. None: all that are not generated. */
  readonly generators: readonly string[];
}

/** The argument of the commands in code lenses: a generator, in the form of an item of the fleet view. */
export interface GeneratorRef {
  readonly kind: 'generator';
  /** URI of the root. */
  readonly root: string;
  /** Null: on all machines that have it. */
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
