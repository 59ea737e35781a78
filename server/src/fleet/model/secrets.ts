/** Secrets that sops-nix and agenix keep beside the vars, and where secrets are told to be kept. */

import type { NameKind } from '../../modules/read.ts';
import type { Known, Place } from '../../nix/places.ts';
import type { NotAnalysable } from './base.ts';
import type { WrittenOption } from './generators.ts';

export type SecretKeeper = 'sops' | 'age';

/** An encrypted file that Nix names. */
export interface SecretSource {
  readonly at: Place;
  /** Relative to the root of the workspace; null where it is not known or lies outside. */
  readonly path: string | null;
  /** Where parts of it are not known (`hosts/${name}/a.yaml`): the path with `*` for each. */
  readonly pattern: string | null;
  /** Where only the beginning is not known: what it is if that is the flake itself. Never for reporting. */
  readonly guess: string | null;
}

/** An option of a secret, of a template, or of `sops` or `age` itself, as one definition writes it. */
export type SecretOption = Omit<WrittenOption, 'of' | 'owner'>;

/** Names that lead to `sops` or `age` in a file, outermost first; null for one that is not known. */
export type NamesAbove = readonly (string | null)[];

/** A text with placeholders of secrets in it. */
export interface TemplateContent {
  readonly at: Place;
  /** With holes as they are written. */
  readonly text: string;
  readonly placeholders: readonly NamedSecret[];
}

/** `sops.templates.<name>`. */
export interface SecretTemplate {
  readonly name: string;
  readonly nameKind: NameKind;
  readonly at: Place;
  /** Calls it came through, outermost first. */
  readonly via: readonly Place[];
  readonly conditional: boolean;
  /** False if it may set more than is listed in `options`. */
  readonly complete: boolean;
  /** Null where it is not set, or nothing is known of it. */
  readonly content: TemplateContent | null;
  /** `file`, which stands in for `content`. */
  readonly source: SecretSource | null;
  readonly options: readonly SecretOption[];
  readonly above: NamesAbove;
}

/** A secret as it is named somewhere. */
export interface NamedSecret {
  readonly name: string;
  readonly nameKind: NameKind;
  /** Where the name is written. */
  readonly at: Place;
}

/** `sops.defaultSopsFile`, `sops.defaultSopsFormat` or `sops.defaultSopsKey`. */
export interface SopsDefault {
  readonly option: 'file' | 'format' | 'key';
  readonly at: Place;
  readonly conditional: boolean;
  /** The module system's: 100 unless `mkForce` or `mkDefault` say otherwise. */
  readonly priority: number;
  readonly above: NamesAbove;
  /** For the file. */
  readonly source: SecretSource | null;
  /** For the others; null where it is not known. */
  readonly text: string | null;
}

/** An option of `sops` or `age` that is none of their sets: `validateSopsFiles`, `age.keyFile`, `identityPaths`. */
export interface SecretSetting {
  readonly keeper: SecretKeeper;
  /** Names below the keeper, the option's own last. */
  readonly path: readonly string[];
  readonly option: SecretOption;
  readonly above: NamesAbove;
}

/** What one place says of a secret. Modules merge: several places may say something of one. */
export interface SecretDefinition {
  readonly keeper: SecretKeeper;
  /** Text with holes as they are written if `nameKind` is `pattern`. */
  readonly name: string;
  readonly nameKind: NameKind;
  /** Where the name is written. */
  readonly at: Place;
  /** Calls it came through, outermost first. */
  readonly via: readonly Place[];
  readonly conditional: boolean;
  /** False if it may set more than is listed in `given`. */
  readonly complete: boolean;
  /** Names of the options that it sets. One that is listed but null below is set to what is not known. */
  readonly given: readonly string[];
  /** `sopsFile`; `file` or `rekeyFile` of agenix. */
  readonly source: SecretSource | null;
  readonly key: Known<string> | null;
  readonly format: Known<string> | null;
  readonly owner: Known<string> | null;
  readonly group: Known<string> | null;
  readonly mode: Known<string> | null;
  readonly path: Known<string> | null;
  readonly neededForUsers: Known<boolean> | null;
  /** All that it sets, known options and others, as often as they are set. */
  readonly options: readonly SecretOption[];
  readonly above: NamesAbove;
}

/** An entry of agenix' `secrets.nix`. */
export interface AgeRule {
  /** The encrypted file, relative to the root of the workspace. */
  readonly path: string;
  readonly at: Place;
  readonly recipients: readonly Known<string>[];
  /** False if there may be more recipients. */
  readonly complete: boolean;
}

/** A `secrets.nix` of agenix. */
export interface AgeRules {
  /** The whole set. */
  readonly at: Place;
  readonly rules: readonly AgeRule[];
  /** False if there may be rules that are not listed. */
  readonly complete: boolean;
}

export type SecretUseKind = 'secret' | 'placeholder' | 'template';

/** A place that reads a secret's path, its placeholder, or the path of a template. */
export interface SecretUse {
  readonly keeper: SecretKeeper;
  readonly of: SecretUseKind;
  readonly at: Place;
  readonly name: string;
  readonly nameKind: NameKind;
  readonly nameAt: Place;
  /** `path` mostly; null for a placeholder, and where the whole secret is handed on. */
  readonly attribute: string | null;
  readonly attributeAt: Place | null;
  /** What `sops` or `age` is selected from, the root's own name first. */
  readonly above: NamesAbove;
  /** Behind `or`, `?` or `hasAttr` with something else to fall back on. */
  readonly guarded: boolean;
  /** The innermost function around it that takes a configuration as an argument; null where there is none. */
  readonly reader: SecretReader | null;
}

/** A function that takes a configuration: a module, unless somebody else calls it. */
export interface SecretReader {
  readonly at: Place;
  /** Names that lead to it in its file, outermost first. */
  readonly names: NamesAbove;
  /** True if it sets options that only home-manager has. */
  readonly isOfHome: boolean;
}

/** Something that declares secrets of which the names are not known. */
export interface SecretGap extends NotAnalysable {
  readonly keeper: SecretKeeper;
  readonly above: NamesAbove;
}

/** What one module of a machine declares of secrets. */
export interface ModuleSecrets {
  /** The file that the module is all of; null for one that is written inside another thing. */
  readonly file: string | null;
  /** The functions and sets that it consists of. */
  readonly parts: readonly Place[];
  readonly definitions: readonly SecretDefinition[];
  readonly templates: readonly SecretTemplate[];
  readonly defaults: readonly SopsDefault[];
  readonly gaps: readonly SecretGap[];
}

/** What the modules of one machine declare of secrets; what its options decide is put in. */
export interface MachineSecrets {
  /** Those that say something of secrets, or may. */
  readonly modules: readonly { readonly secrets: ModuleSecrets; readonly sure: boolean }[];
  /** False if modules of the workspace may be imported that are not known. */
  readonly complete: boolean;
}

/** What one file contributes. */
export interface SecretFacts {
  readonly file: string;
  readonly definitions: readonly SecretDefinition[];
  readonly templates: readonly SecretTemplate[];
  readonly defaults: readonly SopsDefault[];
  readonly settings: readonly SecretSetting[];
  /** Null for a file that is no `secrets.nix`. */
  readonly ageRules: AgeRules | null;
  readonly uses: readonly SecretUse[];
  readonly gaps: readonly SecretGap[];
  readonly notAnalysable: readonly NotAnalysable[];
}

export interface StoreSetting {
  /** `sops`, `age`, `password-store`, …; null where it is not known. */
  readonly value: string | null;
  readonly at: Place;
  readonly conditional: boolean;
  readonly of: 'clan' | 'machine';
  /** The machine that it certainly is for; null for the clan's, and for a module that any machine may have. */
  readonly machine: string | null;
}

/** What is set where; null where nothing is, or not one thing for certain. */
export interface StoreSettings {
  readonly all: readonly StoreSetting[];
  /** For machines that set nothing of their own. */
  readonly clan: string | null;
  /** What modules set of which it is not known who has them: worth a guess where nothing else tells. */
  readonly likely: string | null;
  of(machine: string): string | null;
}

export interface AccessSetting {
  readonly option: 'defaultGroups' | 'recipients.default' | 'recipients.hosts' | 'passCommand';
  /** The machine that it certainly is for; null where any may have it. */
  readonly machine: string | null;
  /** Of `passCommand`, the one that is set. Null where it is not wholly known. */
  readonly names: readonly string[] | null;
  readonly at: Place;
}
