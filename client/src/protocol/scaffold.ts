/** Requests of the commands that write new secrets, generators, services and fleets. */
import type { Where } from './places.ts';
/** Request: the choices of the scaffolding commands in a root. */
export const scaffoldChoicesRequest = 'varsmith/scaffoldChoices';

export interface ScaffoldRootParams {
  /** The root's URI. */
  readonly root: string;
}

export interface ScaffoldChoices {
  /** Files of registries, relative to the root. */
  readonly registries: readonly string[];
  readonly machines: readonly string[];
  /** Templates for whole generators. */
  readonly templates: readonly { readonly id: string; readonly label: string; readonly text: string }[];
  /** Files that a generator can be added to, relative to the root. */
  readonly files: readonly string[];
  readonly systems: readonly string[];
}

/** Request: the problem with a name as a sentence, or `null` if there is none. Sent while the name is typed. */
export const checkNameRequest = 'varsmith/checkName';

export interface CheckNameParams extends ScaffoldRootParams {
  readonly of: 'secret' | 'variable' | 'generator' | 'service' | 'machine';
  readonly name: string;
  /** For a secret and its variable, the registry's file, or `null` for the only one. */
  readonly registry: string | null;
}

/** Request: the possible forms of a new secret, the most likely first. */
export const secretProposalsRequest = 'varsmith/secretProposals';

export interface SecretProposalsParams extends ScaffoldRootParams {
  /** The key of the new secret. */
  readonly name: string;
  /** The registry's file. */
  readonly registry: string;
}

/** The default properties of a new entry of a registry. */
export interface SecretProposal {
  /** The value is a secret or a public setting that somebody types, or a password made by a script. */
  readonly kind: 'prompt' | 'setting' | 'password';
  /** The category in the entry. */
  readonly category: string | null;
  readonly generator: string;
  /** `null` for no variable. */
  readonly envVar: string | null;
  readonly description: string;
  readonly domain: string | null;
  /** Keys of similar entries. */
  readonly like: readonly string[];
}

export interface SecretProposals {
  readonly proposals: readonly SecretProposal[];
  /** The domains of the registry. */
  readonly domains: readonly string[];
}

/** Request: write something new. The server asks the editor to apply everything as a single edit. */
export const scaffoldRequest = 'varsmith/scaffold';

export type ScaffoldWish =
  | {
      readonly what: 'secret';
      readonly name: string;
      readonly kind: SecretProposal['kind'];
      /** The category in the entry, or `null` for none in particular. */
      readonly category: string | null;
      readonly description: string;
      readonly domain: string | null;
      readonly generator: string | null;
      /** Empty for no variable. */
      readonly envVar: string;
      readonly machines: readonly string[];
      readonly registry: string | null;
    }
  | {
      readonly what: 'generator';
      readonly name: string;
      readonly template: string;
      /** Relative to the root; created if it does not exist. */
      readonly file: string;
      /** The machines that import the file. */
      readonly importedBy: readonly string[];
    }
  | {
      readonly what: 'service';
      readonly name: string;
      readonly template: string;
      readonly per: 'instance' | 'machine';
    }
  | {
      readonly what: 'fleet';
      /** A flake with a machine and a generator, or the whole pipeline around a registry. */
      readonly shape: FleetShape;
      readonly machine: string;
      readonly system: string;
    };

export type FleetShape = 'plain' | 'registry';

export interface ScaffoldParams extends ScaffoldRootParams {
  readonly wish: ScaffoldWish;
  /** True in a trusted workspace, where git may be run to add a new fleet's files. */
  readonly trusted?: boolean;
}

export interface ScaffoldResult {
  /** The reason why nothing was written, or `null`. */
  readonly refused: string | null;
  /** The place of the new text. */
  readonly shown: Where | null;
  /** Sentences about the remaining steps. */
  readonly notes: readonly string[];
  /** URIs of the new files. */
  readonly created: readonly string[];
  /** Files that should have been created but already existed, relative to the root. */
  readonly kept: readonly string[];
}
