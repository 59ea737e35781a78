/** Requests of the fleet explorer: roots with their machines, generators, files and registry keys. */
import type { Where } from './places.ts';
/** The filter of the fleet's views. */
export interface FleetFilter {
  /** Part of a name; '' for all. */
  readonly text: string;
  /** True for missing and outdated generators only. */
  readonly lacking: boolean;
}

/** The filter that excludes nothing. */
export const EVERYTHING: FleetFilter = { text: '', lacking: false };

/** Request: the roots and their machines. */
export const fleetRequest = 'varsmith/fleet';

export interface FleetParams {
  readonly filter: FleetFilter;
}

export interface FleetRoot {
  /** The folder's name. */
  readonly name: string;
  readonly uri: string;
  readonly machines: readonly FleetMachine[];
  /** The number of generators that belong to no known machine. */
  readonly unassigned: number;
  /** True if asking Nix may find the machines of some of them. */
  readonly askable: boolean;
  readonly keys: readonly FleetKey[];
  /**
   * The number of machines' generators that have to be generated in the whole fleet, regardless of the filter. A
   * shared one counts once.
   */
  readonly lacking: number;
  /** The state in words: `2 of 5 generators missing · 1 outdated`. */
  readonly summary: string;
  /** True if vars or machines are declared there. */
  readonly isFleet: boolean;
  /** The number of secrets of sops-nix and agenix. */
  readonly secrets: number;
}

/** What Nix says of a part of the fleet, as far as it was asked. */
export interface ShownWitness {
  /** `confirmed` and `read` need no attention; `nix` is known to Nix alone. */
  readonly witness: 'read' | 'confirmed' | 'nix' | 'contradicted';
  /** The witness in a few words, for a description; empty for what needs no attention. */
  readonly text: string;
  readonly sentence: string;
}

export interface FleetMachine {
  readonly name: string;
  readonly class: string | null;
  readonly system: string | null;
  readonly tags: readonly string[];
  readonly generators: number;
  /** False if only Nix can tell whether it has more generators. */
  readonly complete: boolean;
  /** The number of generators that have to be generated. */
  readonly lacking: number;
  /** The state of all its generators together; `unknown` without generators. */
  readonly state: FleetGenerator['state'];
  /** The state in words: `2 of 5 generators missing`. Empty without generators. */
  readonly summary: string;
  /** The same for narrow places: `3/5 · 2 missing`, `all generated`. */
  readonly progress: string;
  /** `null` if Nix was not asked about it. */
  readonly nix: ShownWitness | null;
  readonly where: Where | null;
}

export interface FleetKey {
  readonly key: string;
  /** The registry's file, relative to the root. */
  readonly registry: string;
  readonly generator: string | null;
  readonly variable: string | null;
  readonly machines: readonly string[];
  readonly where: Where | null;
}

/** Request: the generators of a machine, or those of no known machine if `machine` is `null`. */
export const machineRequest = 'varsmith/machine';

export interface MachineParams {
  readonly root: string;
  readonly machine: string | null;
  readonly filter: FleetFilter;
}

/** Request: the machines with a registry key, and the places that use it. Answered with {@link KeyDetail} or `null`. */
export const keyRequest = 'varsmith/key';

export interface KeyParams {
  readonly root: string;
  readonly registry: string;
  readonly key: string;
}

export interface KeyDetail {
  readonly machines: readonly {
    readonly name: string;
    readonly state: FleetGenerator['state'];
    /** The state in a word or two; empty if it is unknown. */
    readonly stateText: string;
    readonly where: Where | null;
  }[];
  readonly uses: readonly { readonly file: string; readonly where: Where }[];
}

/** Request: the item of the explorer at a place. Answered with {@link AtResult} or `null`. */
export const atRequest = 'varsmith/at';

export interface AtParams {
  readonly uri: string;
  readonly position: { readonly line: number; readonly character: number };
}

export interface AtResult {
  readonly root: string;
  readonly machine: string | null;
  readonly generator: string | null;
  readonly registry: string | null;
  readonly key: string | null;
  /** A secret of sops-nix or agenix; absent if there is none at the position. */
  readonly secret?: SecretRef;
}

export interface SecretRef {
  readonly keeper: 'sops' | 'age';
  readonly name: string;
}

export interface FleetGenerator {
  readonly name: string;
  readonly share: boolean | null;
  /** The service that brings it, or `clan-core` for its core modules; `null` for what a file declares. */
  readonly service?: string | null;
  /** For a generator without a known machine; absent or `null` for others. */
  readonly loose?: {
    /** The file that declares it, relative to the root. */
    readonly file: string;
    /** The reason why its machines are not known, in a few words, and in a sentence. */
    readonly why: string;
    readonly sentence: string;
  } | null;
  readonly state: 'present' | 'unreadable' | 'outdated' | 'partial' | 'missing' | 'unknown';
  /** The state in a word or two, and in a sentence. */
  readonly stateText: string;
  readonly stateSentence: string;
  /** The reason why it is outdated, with the values that were set since (`generator/file`), or `null` if it is not. */
  readonly outdated: {
    readonly reason: 'inputs' | 'superseded' | 'interrupted';
    readonly older: readonly string[];
  } | null;
  /** `null` if Nix was not asked about it. */
  readonly nix: ShownWitness | null;
  readonly where: Where | null;
  readonly files: readonly FleetFile[];
  readonly prompts: readonly string[];
  readonly dependencies: readonly string[];
}

export interface FleetFile {
  readonly name: string;
  readonly secret: boolean | null;
  readonly stored: boolean | null;
  /** True if the machine certainly cannot decrypt it. */
  readonly unreadable: boolean;
  /** The state in a word; empty if it is unknown. */
  readonly stateText: string;
  /** The URI of the file with a stored public value. */
  readonly value: string | null;
  /** `null` if Nix was not asked about it. */
  readonly nix: ShownWitness | null;
  readonly where: Where | null;
}
