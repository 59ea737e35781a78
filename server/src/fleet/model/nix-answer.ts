/**
 * What Nix says of a fleet where it was asked: metadata of generators and secrets by machine, never a value. Null stands for
 * what Nix could not say, such as an option that throws when it is read.
 */

import type { Place } from '../../nix/places.ts';
import type { SourcePosition } from '../../nix/positions.ts';
import type { MachineClass } from './base.ts';

export interface NixAnswer {
  /** The version of Nix: `2.26.3`. */
  readonly version: string;
  /** The commit that was evaluated; with `-dirty` behind it where files had changed since; null without git. */
  readonly revision: string | null;
  /** The machines that were asked about, in the order of the flake. */
  readonly machines: readonly NixMachine[];
  /** False if the flake has machines that Nix was not asked about. */
  readonly machinesComplete: boolean;
  /** Why the flake as a whole does not evaluate; null where it does. */
  readonly failure: NixFailure | null;
}

export interface NixMachine {
  readonly name: string;
  readonly class: MachineClass;
  /** How long Nix took, or had taken when the answer was kept. */
  readonly milliseconds: number;
  /** True if the answer was kept from an earlier time: nothing of the flake has changed since. */
  readonly isKept: boolean;
  /** Null where the machine does not evaluate. */
  readonly facts: NixFacts | null;
  /** Why the machine, or some of its generators, do not evaluate. */
  readonly failures: readonly NixFailure[];
}

export interface NixFacts {
  /** False for a machine without clan's vars. */
  readonly hasVars: boolean;
  /** The names of all generators that the machine has. */
  readonly generatorNames: readonly string[];
  /** Generators that could be evaluated. */
  readonly generators: ReadonlyMap<string, NixGenerator>;
  /** Names of the secrets of sops-nix and agenix; null where the machine has no such option. */
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
  /** Plain data; undefined where Nix could not say. */
  readonly validation: unknown;
  /** Where modules of the fleet define it. */
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

/**
 * `error`: Nix says why; `timeout`, `memory`, `output`: it was stopped at a limit; `garbage`: what it printed is no answer to
 * what it was asked; `cancelled`: nobody wanted to know any more.
 */
export type NixFailureKind = 'error' | 'timeout' | 'memory' | 'output' | 'garbage' | 'cancelled';

export interface NixFailure {
  readonly kind: NixFailureKind;
  /** What Nix said, in one line, without the paths of its store; or what stopped it. */
  readonly message: string;
  /** The place in the fleet's own files that leads to it; null where Nix names none. */
  readonly at: SourcePosition | null;
  /** What Nix was about on the way there, innermost first; places in the fleet's own files only. */
  readonly frames: readonly (SourcePosition & { readonly message: string })[];
}

/**
 * Who vouches for a fact. `read`: only the sources, Nix could not say; `confirmed`: both say the same; `nix`: only Nix knows;
 * `contradicted`: Nix says otherwise, and Nix is right.
 */
export type Witness = 'read' | 'confirmed' | 'nix' | 'contradicted';

/** A fact of a generator on a machine. */
export interface WitnessedFact {
  readonly machine: string;
  readonly generator: string;
  /** `machine` (that the machine has it), `share`, `file key`, `file key: owner`, `prompt user: type`, `script`, … */
  readonly fact: string;
  readonly witness: Witness;
  /** As it was read; null where it was not known, and for scripts. */
  readonly read: unknown;
  /** As Nix says; null where it could not say, and for scripts. */
  readonly nix: unknown;
  /** Where it is written; null where that is not known. */
  readonly at: Place | null;
}

/** What Nix says of a fleet, beside what was read of it. */
export interface NixWitness {
  readonly answer: NixAnswer;
  /** All facts of the machines that Nix answered for; compared when first asked for. */
  readonly facts: readonly WitnessedFact[];
}
