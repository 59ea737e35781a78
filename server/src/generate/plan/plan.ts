/** A plan of a run as plain data: what it is made from, what it holds, and what would make it fail. */
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
  /** The name of the generator that it is about; null where it is about none. */
  readonly generator: string | null;
  readonly machines: readonly string[];
  readonly message: string;
}

/** A generator of which only Nix can tell who has it, what it is, or even its name. */
export interface Uncertain {
  /** Null where the name itself is not known. */
  readonly name: string | null;
  /** Null: any may have it. */
  readonly machines: readonly string[] | null;
  /** As it is written in the source; of one that is brought, the service it is of. */
  readonly expression: string;
  /** It is one of clan-core's own, of which only names are known. */
  readonly isBrought: boolean;
}

/** A file that Nix refuses, and the machines that have it among their modules. */
export interface RefusedFile {
  readonly file: string;
  readonly machines: readonly string[];
}
export interface PlanInput {
  /** All machines of the fleet, in its order. */
  readonly machines: readonly string[];
  /** False if there may be machines that are not listed. */
  readonly machinesComplete?: boolean;
  readonly declarations: readonly Declaration[];
  readonly uncertain: readonly Uncertain[];
  /** Machines that may have generators which are nowhere to be seen. */
  readonly incomplete: readonly string[];
  /** Files that Nix refuses. */
  readonly refused?: readonly RefusedFile[];
  /** What services do not allow. Nothing is generated where there is any, whomever it is asked for. */
  readonly violations?: readonly Violation[];
  readonly stored: StoredLookups;
  /** What is noted to be made anew, complete as it may look. */
  readonly stale?: StaleNotes;
}
export interface PlanRequest extends Choice {
  /** Also those that are complete. */
  readonly regenerate: boolean;
  /** Generators that only Nix can run are left out, with all that depends on them, and stop nothing. */
  readonly skipUnknown?: boolean;
}

/**
 * - `missing`: a file is not there; `outdated`: made from other inputs;
 * - `interrupted`: complete, but a run that was cut off has replaced what it was made from, or some of its own values in
 *   a store outside of the repository;
 * - `superseded`: complete, and made from a value that has been set anew since;
 * - `requested`: complete, and asked for;
 * - `dependent`: complete, and made from something that changes.
 */
type StepReason = 'missing' | 'outdated' | 'interrupted' | 'superseded' | 'requested' | 'dependent';
export interface PlanStep {
  readonly generator: Generator;
  readonly reason: StepReason;
  /** Of `superseded`: the values that have been set since, as `generator/file`, sorted. */
  readonly older: readonly string[];
  /** Files that are not there, sorted. */
  readonly missing: readonly string[];
  /** Files that are there and get another value, sorted. */
  readonly overwrites: readonly string[];
}

/** Something that Varsmith cannot tell and that stops nothing. */
export interface PlanNote {
  readonly generator: string | null;
  readonly machines: readonly string[];
  readonly message: string;
}
export interface Plan {
  /** In the order of running. Empty where there are problems with the order itself. */
  readonly steps: readonly PlanStep[];
  /** Nothing may run while there are any. */
  readonly problems: readonly PlanProblem[];
  readonly notes: readonly PlanNote[];
  readonly generators: Generators;
}
export interface Status {
  /** Null: complete. */
  readonly reason: 'missing' | 'outdated' | 'interrupted' | 'superseded' | null;
  /** Of `superseded`: the values that have been set since, as `generator/file`, sorted. */
  readonly older: readonly string[];
  readonly missing: readonly string[];
  readonly present: readonly string[];
}

/** For commands that want to know of all generators and run none. */
export const EVERYTHING: PlanRequest = { machines: [], generators: [], regenerate: false };
