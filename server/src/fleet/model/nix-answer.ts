/**
 * The types of real Nix's answer about a fleet: metadata of generators and secrets by machine, never a value. Null
 * means that Nix could not evaluate a part, such as an option that throws.
 */

import type { Place } from '../../nix/places.ts';
import type { MachineClass } from './base.ts';

export interface NixAnswer {
  /** The version of Nix: `2.26.3`. */
  readonly version: string;
  /** The commit that was evaluated, with the suffix `-dirty` if files had changed since; null without git. */
  readonly revision: string | null;
  /** The machines of the question, in the order of the flake. */
  readonly machines: readonly NixMachine[];
  /** False if the flake has machines that were not part of the question. */
  readonly machinesComplete: boolean;
  /** The reason why the flake as a whole does not evaluate; null if it does. */
  readonly failure: NixFailure | null;
}

export interface NixMachine {
  readonly name: string;
  readonly class: MachineClass;
  /** The time that Nix took; for a kept answer, the time that it took originally. */
  readonly milliseconds: number;
  /** True if an earlier answer was reused because nothing of the flake has changed since. */
  readonly isKept: boolean;
  /** Null if the machine does not evaluate. */
  readonly facts: NixFacts | null;
  /** The reasons why the machine, or some of its generators, do not evaluate. */
  readonly failures: readonly NixFailure[];
}

export interface NixFacts {
  /** False for a machine without clan's vars. */
  readonly hasVars: boolean;
  /** The names of all generators that the machine has. */
  readonly generatorNames: readonly string[];
  /** Generators that could be evaluated. */
  readonly generators: ReadonlyMap<string, NixGenerator>;
  /** Names of the secrets of sops-nix and agenix; null if the machine lacks the option. */
  readonly sops: readonly string[] | null;
  readonly age: readonly string[] | null;
  /** Tags of the inventory; null where the machine is in none. */
  readonly tags: readonly string[] | null;
}

export interface NixGenerator {
  readonly share: boolean | null;
  readonly dependencies: readonly string[] | null;
  readonly files: ReadonlyMap<string, NixFile> | null;
  readonly prompts: ReadonlyMap<string, NixPrompt> | null;
  /** Names of packages, without versions. */
  readonly runtimeInputs: readonly string[] | null;
  readonly script: string | null;
  /** Plain data; undefined if Nix could not evaluate it. */
  readonly validation: unknown;
  /** The places in modules of the fleet that define the generator. */
  readonly definedAt: readonly SourcePosition[];
}

export interface NixFile {
  readonly secret: boolean | null;
  readonly deploy: boolean | null;
  readonly owner: string | null;
  readonly group: string | null;
  readonly mode: string | null;
  readonly neededFor: string | null;
}

export interface NixPrompt {
  readonly type: string | null;
  readonly description: string | null;
  readonly persist: boolean | null;
}

/** A position as Nix reports it: a path relative to the workspace root, line and column from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * `error`: Nix reports a mistake; `timeout`, `memory`, `output`: Nix was stopped at a limit; `garbage`: the output is
 * not an answer to the question; `cancelled`: the answer was no longer needed.
 */
export type NixFailureKind = 'error' | 'timeout' | 'memory' | 'output' | 'garbage' | 'cancelled';

export interface NixFailure {
  readonly kind: NixFailureKind;
  /** Nix's message in one line, without the paths of its store, or the limit at which Nix was stopped. */
  readonly message: string;
  /** The place in the fleet's own files that leads to the failure; null if Nix reports none. */
  readonly at: SourcePosition | null;
  /** The steps of evaluation that led to the failure, innermost first, in the fleet's own files only. */
  readonly frames: readonly (SourcePosition & { readonly message: string })[];
}

/**
 * The sources of a fact. `read`: only the fleet's files, since Nix could not evaluate it; `confirmed`: files and Nix
 * agree; `nix`: only Nix; `contradicted`: they differ, and Nix is right.
 */
export type Witness = 'read' | 'confirmed' | 'nix' | 'contradicted';

/** A fact of a generator on a machine. */
export interface WitnessedFact {
  readonly machine: string;
  readonly generator: string;
  /**
   * The kind of fact: `machine` (the machine has the generator), `share`, `file key`, `file key: owner`, `prompt user:
   * type`, `script`, …
   */
  readonly fact: string;
  readonly witness: Witness;
  /** The value read from the files; null if it was unknown, and for scripts. */
  readonly read: unknown;
  /** Nix's value; null if Nix could not evaluate it, and for scripts. */
  readonly nix: unknown;
  /** The place of the value in the files; null if unknown. */
  readonly at: Place | null;
}

/** Nix's answer about a fleet, compared with what was read from the files. */
export interface NixWitness {
  readonly answer: NixAnswer;
  /** All facts of the machines that Nix evaluated; compared on first access. */
  readonly facts: readonly WitnessedFact[];
}
