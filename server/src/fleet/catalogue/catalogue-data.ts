/**
 * Reads the generators of clan-core's services and core modules from `data/generators.json` and adds the defaults. A
 * test compares the data with a checkout of clan-core.
 */
import data from './data/generators.json' with { type: 'json' };

/** The commit of clan-core that the data describes. */
export const CLAN_CORE_COMMIT: string = data.commit;

export interface CatalogueFile {
  /** The file's name, which may have holes as the generator's has: `<user>`. */
  readonly name: string;
  readonly secret: boolean;
  readonly deploy: boolean;
  readonly neededFor: 'services' | 'users' | 'activation' | 'partitioning';
  /** The setting that decides whether it is secret; `secret` is its default. */
  readonly secretBy?: string;
  /** The file does not exist if this setting of its `each` item has this value. */
  readonly unless?: { readonly setting: string; readonly is: string };
}

/** A setting that has to be true, or a non-empty list; `default` is its value if it is not set. */
export interface CatalogueCondition {
  readonly setting: string;
  readonly default: boolean;
  /**
   * A role; if given, it is enough that one of its members has the setting. Otherwise the machine itself must have it.
   */
  readonly someOf?: string;
}

/** An option, and what it is if no module sets it: a value, or that of another option. */
export interface CatalogueEnable {
  readonly option: string;
  readonly default: boolean | CatalogueEnable;
}

/** The source of values for a hole other than `<inst>` and `<machine>`; there is one generator for each value. */
export type CatalogueEach =
  /** The value of one setting, by default the instance's name. */
  | { readonly kind: 'value'; readonly hole: string; readonly setting: string }
  /** The attribute names of a setting, or the value of `field` in each attribute that has it. */
  | { readonly kind: 'keys'; readonly hole: string; readonly setting: string; readonly field?: string }
  /** The values of several fields in each attribute of a setting. */
  | { readonly kind: 'fields'; readonly holes: readonly string[]; readonly setting: string }
  /** Values that only an evaluation of the whole clan can give. */
  | { readonly kind: 'unknown'; readonly hole: string };

export interface CatalogueGenerator {
  /**
   * The name. Holes are `<inst>` (instance), `<machine>`, `<controller>` (the first controller), and those of `each`.
   */
  readonly name: string;
  /** The service; null for a core module, which any machine may enable. */
  readonly service: string | null;
  /** Roles whose members have the generator; if empty, members of all roles have it. */
  readonly roles: readonly string[];
  /** Roles whose members do not have the generator, whatever other roles they have. */
  readonly notRoles?: readonly string[];
  /**
   * Present only if the newest clan-core no longer declares it, so that it belongs to a fleet with an older one. `since`
   * is the time, in seconds since 1970, from which its roles decide which machines have it.
   */
  readonly former?: { readonly since: number };
  /** True if machines of nix-darwin have it, too. */
  readonly darwin: boolean;
  readonly share: boolean | { readonly setting: string; readonly default: boolean };
  readonly condition?: CatalogueCondition;
  readonly each?: CatalogueEach;
  /** For a core module: the option that enables it on a NixOS machine. */
  readonly enable?: CatalogueEnable;
  /** Holes of bodies that are the values of the machine's options, as paths with dots. */
  readonly values?: Readonly<Record<string, string>>;
  /** The setting that lists domains of the machine, for the holes `<hosts>` and `<domains>` of bodies. */
  readonly domains?: string;
  readonly files: readonly CatalogueFile[];
  readonly prompts: readonly string[];
  readonly dependencies: readonly string[];
  /** Packages in `runtimeInputs`. */
  readonly tools: readonly string[];
  /** The file of clan-core that declares it. */
  readonly source: string;
}

/** A file as in the data, where `deploy` defaults to true and `neededFor` to `services`. */
export type WrittenFile = Omit<CatalogueFile, Usual> & Partial<Pick<CatalogueFile, Usual>>;
type Usual = 'deploy' | 'neededFor';

export type Optional = 'darwin' | 'share' | 'prompts' | 'dependencies' | 'tools' | 'roles';
type WrittenGenerator = Omit<CatalogueGenerator, Optional | 'files'> &
  Partial<Pick<CatalogueGenerator, Optional>> & { readonly files: readonly WrittenFile[] };

export const NOTHING_MORE = {
  roles: [],
  darwin: false,
  share: false,
  prompts: [],
  dependencies: [],
  tools: [],
} as const satisfies Pick<CatalogueGenerator, Optional>;

export function wholeFile(file: WrittenFile): CatalogueFile {
  return { deploy: true, neededFor: 'services', ...file };
}

export const CATALOGUE: readonly CatalogueGenerator[] = (data.generators as readonly WrittenGenerator[]).map(
  generator => ({ ...NOTHING_MORE, ...generator, files: generator.files.map(wholeFile) }),
);
