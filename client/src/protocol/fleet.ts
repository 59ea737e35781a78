/** Requests of the fleet explorer: roots with their machines, generators, files and registry keys. */
import type { Where } from './places.ts';
/** The filter of the fleet's views. */
export interface FleetFilter {
  /** Part of a name; '' for all. */
  readonly text: string;
  /** Only what is not generated, or outdated. */
  readonly lacking: boolean;
}

/** The filter that lets everything through. */
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
  /** Generators of no machine that is known. */
  readonly unassigned: number;
  readonly keys: readonly FleetKey[];
  /** Generators of machines that are to be generated, of the whole fleet, whatever the filter; shared ones once. */
  readonly lacking: number;
  /** How much is generated, in words: `2 of 5 generators missing · 1 outdated`. */
  readonly summary: string;
  /** Vars or machines are declared there. */
  readonly isFleet: boolean;
  /** How many secrets of sops-nix and agenix there are. */
  readonly secrets: number;
}

export interface FleetMachine {
  readonly name: string;
  readonly class: string | null;
  readonly system: string | null;
  readonly tags: readonly string[];
  readonly generators: number;
  /** False: only Nix can tell whether it has more. */
  readonly complete: boolean;
  /** How many of them are to be generated. */
  readonly lacking: number;
  /** How much is generated, in words: `2 of 5 generators missing`. Empty without generators. */
  readonly summary: string;
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

/** Request: the generators of a machine; of no machine that is known where `machine` is null. */
export const machineRequest = 'varsmith/machine';

export interface MachineParams {
  readonly root: string;
  readonly machine: string | null;
  readonly filter: FleetFilter;
}

/** Request: the machines that have a registry key, and where it is used. Answered with {@link KeyDetail}, or null. */
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
    /** The state in a word or two; empty where it is not known. */
    readonly stateText: string;
    readonly where: Where | null;
  }[];
  readonly uses: readonly { readonly file: string; readonly where: Where }[];
}

/** Request: which item of the explorer a place belongs to. Answered with {@link AtResult}, or null. */
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
  readonly state: 'present' | 'outdated' | 'partial' | 'missing' | 'unknown';
  /** The state in a word or two, and in a sentence. */
  readonly stateText: string;
  readonly stateSentence: string;
  /** Why it is outdated, and by which values that were set since (`generator/file`); null where it is not. */
  readonly outdated: {
    readonly reason: 'inputs' | 'superseded' | 'interrupted';
    readonly older: readonly string[];
  } | null;
  readonly where: Where | null;
  readonly files: readonly FleetFile[];
  readonly prompts: readonly string[];
  readonly dependencies: readonly string[];
}

export interface FleetFile {
  readonly name: string;
  readonly secret: boolean | null;
  readonly stored: boolean | null;
  /** The state in a word; empty if it is unknown. */
  readonly stateText: string;
  /** The URI of the file with the value of a public one that is stored. */
  readonly value: string | null;
  readonly where: Where | null;
}
