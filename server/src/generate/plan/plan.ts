/** A plan of a run as plain data: its inputs, its steps, and the problems that would make it fail. */
import type { StaleNotes } from '../../host/files/stale.ts';
import type { StoredLookups } from '../../store/vars/stored-lookups.ts';
import type { Violation } from './constraints.ts';
import type { Choice, Declaration, Generator, Generators } from './generators.ts';

export interface PlanProblem {
  readonly kind:
    | 'unknown-machine'
    | 'unknown-generator'
    | 'unknown-dependency'
    | 'cycle'
    | 'shared-on-per-machine'
    | 'differing-definitions'
    | 'mixed-share'
    | 'missing-dependency'
    | 'constraint'
    | 'needs-nix';
  /** The name of the generator concerned, or null if there is none. */
  readonly generator: string | null;
  readonly machines: readonly string[];
  readonly message: string;
}

/** A generator for which only Nix can determine the machines, its contents or even its name. */
export interface Uncertain {
  /** Null if the name itself is not known. */
  readonly name: string | null;
  /** The machines that may have it, or null for any. */
  readonly machines: readonly string[] | null;
  /** The source text; for a generator from a service, the service's name. */
  readonly expression: string;
  /** True for one of clan-core's own generators, of which only the name is known. */
  readonly isFromClan: boolean;
}

/** A file that Nix rejects, and the machines that import it. */
export interface RefusedFile {
  readonly file: string;
  readonly machines: readonly string[];
}
export interface PlanInput {
  /** All machines of the fleet, in order. */
  readonly machines: readonly string[];
  /** False if there may be machines that are not listed. */
  readonly machinesComplete?: boolean;
  readonly declarations: readonly Declaration[];
  readonly uncertain: readonly Uncertain[];
  /** Machines that may have unknown generators. */
  readonly incomplete: readonly string[];
  /** Those of them that Nix was asked about and does not evaluate. */
  readonly unevaluated?: readonly string[];
  /** Files that Nix rejects. */
  readonly refused?: readonly RefusedFile[];
  /** Violated constraints of services. If there are any, nothing is generated for any machine. */
  readonly violations?: readonly Violation[];
  readonly stored: StoredLookups;
  /** Notes of generators to regenerate although they look complete. */
  readonly stale?: StaleNotes;
}
export interface PlanRequest extends Choice {
  /** Whether to include complete generators. */
  readonly regenerate: boolean;
  /**
   * Whether to omit generators that only Nix can run, with their dependents, instead of treating them as
   * problems.
   */
  readonly skipUnknown?: boolean;
}

/**
 * - `missing`: a file does not exist; `outdated`: made from other inputs;
 * - `interrupted`: complete, but an interrupted run has replaced one of its inputs, or some of its own values
 * in a store outside of the repository;
 * - `superseded`: complete, but made from a value that has been set again since;
 * - `requested`: complete, but selected;
 * - `dependent`: complete, but made from something that changes.
 */
type StepReason = 'missing' | 'outdated' | 'interrupted' | 'superseded' | 'requested' | 'dependent';
export interface PlanStep {
  readonly generator: Generator;
  readonly reason: StepReason;
  /** For `superseded`: the values set since, as `generator/file`, sorted. */
  readonly older: readonly string[];
  /** Files that do not exist, sorted. */
  readonly missing: readonly string[];
  /** Files that exist and get another value, sorted. */
  readonly overwrites: readonly string[];
}

/** Something that Varsmith cannot determine but that does not prevent the run. */
export interface PlanNote {
  readonly generator: string | null;
  readonly machines: readonly string[];
  readonly message: string;
}
export interface Plan {
  /** In the order of execution. Empty if the order itself has problems. */
  readonly steps: readonly PlanStep[];
  /** Nothing may run while there are any problems. */
  readonly problems: readonly PlanProblem[];
  readonly notes: readonly PlanNote[];
  readonly generators: Generators;
}
export interface Status {
  /** Null if the generator is complete. */
  readonly reason: 'missing' | 'outdated' | 'interrupted' | 'superseded' | null;
  /** For `superseded`: the values set since, as `generator/file`, sorted. */
  readonly older: readonly string[];
  readonly missing: readonly string[];
  readonly present: readonly string[];
}

/** For commands that inspect all generators and run none. */
export const EVERYTHING: PlanRequest = { machines: [], generators: [], regenerate: false };
