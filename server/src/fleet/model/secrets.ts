/** Types of the secrets of sops-nix and agenix, and of the settings that choose where vars are stored. */

import type { NameKind } from '../../modules/read.ts';
import type { Known, Place } from '../../nix/places.ts';
import type { NotAnalysable, Reached } from './base.ts';
import type { WrittenOption } from './generators.ts';

export type SecretKeeper = 'sops' | 'age';

/** An encrypted file that Nix code refers to. */
export interface SecretSource {
  readonly at: Place;
  /** Relative to the workspace root; null if it is unknown or outside of the workspace. */
  readonly path: string | null;
  /** The path with `*` for each unknown part, as in `hosts/${name}/a.yaml`; null if the path is known. */
  readonly pattern: string | null;
  /** The path if its unknown beginning is assumed to be the flake's root. Must not be used for findings. */
  readonly guess: string | null;
}

/** An option of a secret, of a template, or of `sops` or `age` itself, as one definition sets it. */
export type SecretOption = Omit<WrittenOption, 'of' | 'owner'>;

/** The names that lead to `sops` or `age` in a file, outermost first; an unknown name is null. */
export type EnclosingNames = readonly (string | null)[];

/** A template's text that contains placeholders of secrets. */
export interface TemplateContent {
  readonly at: Place;
  /** The text, with holes as they are written. */
  readonly text: string;
  readonly placeholders: readonly NamedSecret[];
}

/** `sops.templates.<name>`. */
export interface SecretTemplate {
  readonly name: string;
  readonly nameKind: NameKind;
  readonly at: Place;
  /** Call sites on the way to the definition, outermost first. */
  readonly via: readonly Place[];
  readonly conditional: boolean;
  /** False if it may set more options than `options` lists. */
  readonly complete: boolean;
  /** Null if it is not set or unknown. */
  readonly content: TemplateContent | null;
  /** The option `file`, which replaces `content`. */
  readonly source: SecretSource | null;
  readonly options: readonly SecretOption[];
  readonly above: EnclosingNames;
}

/** A reference to a secret by name. */
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
  /** As in the module system: 100 by default, other values by `mkForce` and `mkDefault`. */
  readonly priority: number;
  readonly above: EnclosingNames;
  /** The file, for the option `file`. */
  readonly source: SecretSource | null;
  /** The text, for the other options; null if unknown. */
  readonly text: string | null;
}

/** An option directly below `sops` or `age`: `validateSopsFiles`, `age.keyFile`, `identityPaths`. */
export interface SecretSetting {
  readonly keeper: SecretKeeper;
  /** The path below the keeper; the last name is the option's. */
  readonly path: readonly string[];
  readonly option: SecretOption;
  readonly above: EnclosingNames;
}

/** One definition of a secret. The module system merges several definitions of one secret. */
export interface SecretDefinition {
  readonly keeper: SecretKeeper;
  /** Has holes as they are written if `nameKind` is `pattern`. */
  readonly name: string;
  readonly nameKind: NameKind;
  /** Where the name is written. */
  readonly at: Place;
  /** Call sites on the way to the definition, outermost first. */
  readonly via: readonly Place[];
  readonly conditional: boolean;
  /** False if it may set more options than `given` lists. */
  readonly complete: boolean;
  /** Names of the options that it sets. If an option is listed and its field below is null, its value is unknown. */
  readonly definedOptions: readonly string[];
  /** `sopsFile`; `file` or `rekeyFile` of agenix. */
  readonly source: SecretSource | null;
  readonly key: Known<string> | null;
  readonly format: Known<string> | null;
  readonly owner: Known<string> | null;
  readonly group: Known<string> | null;
  readonly mode: Known<string> | null;
  readonly path: Known<string> | null;
  readonly neededForUsers: Known<boolean> | null;
  /** All options that it sets, including unrecognised ones; an option that is set twice is listed twice. */
  readonly options: readonly SecretOption[];
  readonly above: EnclosingNames;
}

/** An entry of agenix' `secrets.nix`. */
export interface AgeRule {
  /** The encrypted file, relative to the workspace root. */
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

/** A read of a secret's path, of its placeholder, or of a template's path. */
export interface SecretUse {
  readonly keeper: SecretKeeper;
  readonly of: SecretUseKind;
  readonly at: Place;
  readonly name: string;
  readonly nameKind: NameKind;
  readonly nameAt: Place;
  /** Usually `path`; null for a placeholder, and if the whole secret is passed on. */
  readonly attribute: string | null;
  readonly attributeAt: Place | null;
  /** The names that `sops` or `age` is selected from, beginning with the root variable. */
  readonly above: EnclosingNames;
  /** True behind `or`, `?` or `hasAttr` with a fallback, and where evaluation never gets. */
  readonly guarded: boolean;
  readonly reached: Reached;
  /** The innermost enclosing function that takes a configuration as an argument; null if there is none. */
  readonly reader: SecretReader | null;
}

/** A function that takes a configuration: a module, unless other code calls it. */
export interface SecretReader {
  readonly at: Place;
  /** The names that lead to it in its file, outermost first. */
  readonly names: EnclosingNames;
  /** True if it sets options that only home-manager has. */
  readonly isOfHome: boolean;
}

/** A place that declares secrets with unknown names. */
export interface SecretGap extends NotAnalysable {
  readonly keeper: SecretKeeper;
  readonly above: EnclosingNames;
}

/** The secrets that one module of a machine declares. */
export interface ModuleSecrets {
  /** The file if the module is a whole file; null if it is written inside other code. */
  readonly file: string | null;
  /** The functions and sets of which the module consists. */
  readonly parts: readonly Place[];
  readonly definitions: readonly SecretDefinition[];
  readonly templates: readonly SecretTemplate[];
  readonly defaults: readonly SopsDefault[];
  readonly gaps: readonly SecretGap[];
}

/** The secrets that the modules of one machine declare, evaluated with the machine's options. */
export interface MachineSecrets {
  /** The modules that declare secrets, or may. */
  readonly modules: readonly { readonly secrets: ModuleSecrets; readonly sure: boolean }[];
  /** False if the machine may import further modules of the workspace. */
  readonly complete: boolean;
}

/** The declarations and uses of secrets in one file. */
export interface SecretFacts {
  readonly file: string;
  readonly definitions: readonly SecretDefinition[];
  readonly templates: readonly SecretTemplate[];
  readonly defaults: readonly SopsDefault[];
  readonly settings: readonly SecretSetting[];
  /** Null if the file is not a `secrets.nix`. */
  readonly ageRules: AgeRules | null;
  readonly uses: readonly SecretUse[];
  readonly gaps: readonly SecretGap[];
  readonly notAnalysable: readonly NotAnalysable[];
}

export interface StoreSetting {
  /** `sops`, `age`, `password-store`, …; null if unknown. */
  readonly value: string | null;
  readonly at: Place;
  readonly conditional: boolean;
  readonly of: 'clan' | 'machine';
  /**
   * The machine to which it certainly applies; null for a setting of the clan, and for a module that any machine may
   * import.
   */
  readonly machine: string | null;
}

/** The store of the clan and of each machine; null if it is not set, or not certain. */
export interface StoreSettings {
  readonly all: readonly StoreSetting[];
  /** The store of machines without a setting of their own. */
  readonly clan: string | null;
  /** The store that is set by modules of unknown machines; a guess for display. */
  readonly likely: string | null;
  of(machine: string): string | null;
}

export interface AccessSetting {
  readonly option: 'defaultGroups' | 'recipients.default' | 'recipients.hosts' | 'passCommand';
  /** The machine to which it certainly applies; null if any machine may have it. */
  readonly machine: string | null;
  /** The names that the option lists; for `passCommand`, the one command. Null if not fully known. */
  readonly names: readonly string[] | null;
  readonly at: Place;
}
