/**
 * The answer of Nix about a fleet: metadata of generators and secrets by machine, never a secret's value. Null is a fact that
 * Nix could not evaluate, such as an option that throws.
 */

import type { Place } from '../../nix/places.ts';
import type { SourcePosition } from '../../nix/positions.ts';
import type { MachineClass } from './base.ts';
import type { SecretKeeper } from './secrets.ts';

export interface NixAnswer {
  /** The version of Nix: `2.26.3`. */
  readonly version: string;
  /** The commit that was evaluated; with `-dirty` behind it where files had changed since; null without git. */
  readonly revision: string | null;
  /** The machines that were asked about, in the order of the flake. */
  readonly machines: readonly NixMachine[];
  /** False if the flake has machines that Nix was not asked about. */
  readonly machinesComplete: boolean;
  /** Names of those machines; none where it is left out. */
  readonly unasked?: readonly string[];
  /** The error of the flake as a whole; null if it evaluates. */
  readonly failure: NixFailure | null;
}

export interface NixMachine {
  readonly name: string;
  readonly class: MachineClass;
  /** The time that Nix took, in the earlier run if the answer comes from the cache. */
  readonly milliseconds: number;
  /** True if the answer comes from the cache, since nothing of the flake has changed. */
  readonly isKept: boolean;
  /** Null where the machine does not evaluate. */
  readonly facts: NixFacts | null;
  /** The errors of the machine, or of some of its generators. */
  readonly failures: readonly NixFailure[];
}

export interface NixFacts {
  /** False for a machine without clan's vars. */
  readonly hasVars: boolean;
  /** The names of all generators that the machine has. */
  readonly generatorNames: readonly string[];
  /** Generators that could be evaluated. */
  readonly generators: ReadonlyMap<string, NixGenerator>;
  /** Secrets of sops-nix and agenix by name: none where the machine has no such option, null if Nix could not evaluate them. */
  readonly sops: ReadonlyMap<string, NixSecret> | null;
  readonly age: ReadonlyMap<string, NixSecret> | null;
  /** Programs whose options the machine does not have; none where it is left out. */
  readonly withoutOption?: readonly SecretKeeper[];
  /** Names of the templates of sops-nix. */
  readonly templates: readonly string[] | null;
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
  /** The positions of its definitions in modules of the fleet. */
  readonly definedAt: readonly SourcePosition[];
}

/** A secret of sops-nix or agenix. What its program has no option for is null. */
export interface NixSecret {
  /** The encrypted file, relative to the workspace root; null if it is elsewhere. */
  readonly file: string | null;
  readonly key: string | null;
  readonly format: string | null;
  readonly owner: string | null;
  readonly group: string | null;
  readonly mode: string | null;
  /** Where it is decrypted to on the machine. */
  readonly path: string | null;
  readonly neededForUsers: boolean | null;
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
 * `error`: Nix reported an error; `timeout`, `memory`, `output`: Nix reached a limit and was stopped; `garbage`: its output is
 * not an answer to the question; `cancelled`: the caller cancelled the question.
 */
export type NixFailureKind = 'error' | 'timeout' | 'memory' | 'output' | 'garbage' | 'cancelled';

export interface NixFailure {
  readonly kind: NixFailureKind;
  /** Nix's message in one line, without store paths; or the limit that stopped it. */
  readonly message: string;
  /** The generator that does not evaluate; left out where it is the machine, the flake, or secrets. */
  readonly generator?: string;
  /** The secret of sops-nix or agenix that does not evaluate. */
  readonly secret?: string;
  /** The input of the flake that Nix was at: its name, or where it comes from. */
  readonly input?: string;
  /** The names that Nix suggests in place of the one that is missing. */
  readonly suggestions?: readonly string[];
  /** The place in the fleet's own files that causes the failure; null if Nix names none. */
  readonly at: SourcePosition | null;
  /** The frames of Nix's trace that are in the fleet's own files, innermost first. */
  readonly frames: readonly (SourcePosition & { readonly message: string })[];
}

/**
 * The source of a fact. `read`: the fleet's sources alone; `confirmed`: the sources, and Nix agrees; `nix`: Nix alone;
 * `contradicted`: Nix evaluates to another value, and Nix is right.
 */
export type Witness = 'read' | 'confirmed' | 'nix' | 'contradicted';

/** What has changed since Nix was asked. */
export interface EditsSince {
  /** When it was asked, in ISO 8601. */
  readonly at: string;
  /** Files whose text is another one since, relative to the workspace root. */
  readonly changed: ReadonlySet<string>;
}

/** A fact of a generator on a machine. */
export interface WitnessedFact {
  readonly machine: string;
  readonly generator: string;
  /** `machine` (that the machine has it), `share`, `file key`, `file key: owner`, `prompt user: type`, `script`, … */
  readonly fact: string;
  readonly witness: Witness;
  /** The value read from the sources; null if unknown, and for scripts. */
  readonly read: unknown;
  /** Nix's value; null if Nix could not evaluate it, and for scripts. */
  readonly nix: unknown;
  /** The place of its definition; null if unknown. */
  readonly at: Place | null;
  /** Where edits may have changed it since: when Nix was asked, in ISO 8601. Nix contradicts nothing then. */
  readonly asOf?: string;
}

/** A fact of a secret of sops-nix or agenix on a machine: `machine` (that the machine has it), or one of its options. */
export interface WitnessedSecret extends Omit<WitnessedFact, 'generator'> {
  readonly keeper: SecretKeeper;
  readonly secret: string;
}

/** Nix's answer about a fleet, compared with what was read from its sources. */
export interface NixWitness {
  readonly answer: NixAnswer;
  /** Returns when Nix was asked, in ISO 8601, if edits may have changed the machine since, or the flake for null; else null. */
  readonly asOf: (machine: string | null) => string | null;
  /** Returns whether Nix evaluated the machine and no edit may have changed it since: then all names of its generators are known. */
  readonly isEvaluated: (machine: string) => boolean;
  /** All facts of the machines that Nix evaluated. Compared on first access. */
  readonly facts: readonly WitnessedFact[];
  /** The same of secrets: that machines have them, and the options that are set. */
  readonly secrets: readonly WitnessedSecret[];
}
