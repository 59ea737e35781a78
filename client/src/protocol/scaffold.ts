/** Requests of the commands that write new secrets, generators, services and fleets. */
import type { Where } from './places.ts';
/** Request: what the scaffolding commands offer in a root. */
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

/** Request: what is wrong with a name, as a sentence; null if nothing is. Asked while it is typed. */
export const checkNameRequest = 'varsmith/checkName';

export interface CheckNameParams extends ScaffoldRootParams {
  readonly of: 'secret' | 'variable' | 'generator' | 'service' | 'machine';
  readonly name: string;
  /** For a secret and its variable: the registry's file; null: the only one. */
  readonly registry: string | null;
}

/** Request: the forms that a new secret could have, the likeliest first. */
export const secretProposalsRequest = 'varsmith/secretProposals';

export interface SecretProposalsParams extends ScaffoldRootParams {
  /** The key of the new secret. */
  readonly name: string;
  /** The registry's file. */
  readonly registry: string;
}

/** The default properties of a new entry of a registry. */
export interface SecretProposal {
  /** Somebody types in a secret, or a public setting, or a script makes a password. */
  readonly kind: 'prompt' | 'setting' | 'password';
  /** The category in the entry. */
  readonly category: string | null;
  readonly generator: string;
  /** Null: in no variable. */
  readonly envVar: string | null;
  readonly description: string;
  readonly domain: string | null;
  /** Keys of some of the entries that it takes after. */
  readonly like: readonly string[];
}

export interface SecretProposals {
  readonly proposals: readonly SecretProposal[];
  /** The domains of the registry. */
  readonly domains: readonly string[];
}

/** Request: write something. The server asks the editor to apply one edit with all of it. */
export const scaffoldRequest = 'varsmith/scaffold';

export type ScaffoldWish =
  | {
      readonly what: 'secret';
      readonly name: string;
      readonly kind: SecretProposal['kind'];
      /** The category in the entry; `null`: none in particular. */
      readonly category: string | null;
      readonly description: string;
      readonly domain: string | null;
      readonly generator: string | null;
      /** Empty: in no variable. */
      readonly envVar: string;
      readonly machines: readonly string[];
      readonly registry: string | null;
    }
  | {
      readonly what: 'generator';
      readonly name: string;
      readonly template: string;
      /** Relative to the root; made where it is not there. */
      readonly file: string;
    }
  | {
      readonly what: 'service';
      readonly name: string;
      readonly template: string;
      readonly per: 'instance' | 'machine';
    }
  | { readonly what: 'fleet'; readonly machine: string; readonly system: string };

export interface ScaffoldParams extends ScaffoldRootParams {
  readonly wish: ScaffoldWish;
  /** The workspace is: git may be started, which a new fleet is made known to. */
  readonly trusted?: boolean;
}

export interface ScaffoldResult {
  /** Why nothing was written; null if it was. */
  readonly refused: string | null;
  /** The place of the new text. */
  readonly shown: Where | null;
  /** Sentences about what is left to do. */
  readonly notes: readonly string[];
  /** URIs of files that were made. */
  readonly created: readonly string[];
  /** Files that were to be made and are there already, relative to the root. */
  readonly kept: readonly string[];
}
