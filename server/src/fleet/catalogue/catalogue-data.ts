/**
 * The generators that clan-core's own services and core modules declare: reads `data/generators.json` and fills in what
 * it leaves out. A test compares it with a checkout of clan-core.
 */
import data from './data/generators.json' with { type: 'json' };

/** The commit of clan-core that the data describes. */
export const CLAN_CORE_COMMIT: string = data.commit;

export interface CatalogueFile {
  /** As the generator's name, it may have holes: `<user>`. */
  readonly name: string;
  readonly secret: boolean;
  readonly deploy: boolean;
  readonly neededFor: 'services' | 'users' | 'activation' | 'partitioning';
  /** The setting that decides whether it is secret; `secret` is its default. */
  readonly secretBy?: string;
  /** The file is there unless the setting of the thing it is made for has this value. */
  readonly unless?: { readonly setting: string; readonly is: string };
}

/** A setting that has to be true, or a list that is not empty; `default` is what it is where nobody sets it. */
export interface CatalogueCondition {
  readonly setting: string;
  readonly default: boolean;
  /** The role of which some member has the setting; else it is the machine's own. */
  readonly someOf?: string;
}

/** What a hole other than `<inst>` and `<machine>` stands for, for each of which there is a generator. */
export type CatalogueEach =
  /** One: the value of a setting; the instance's name where it is not set. */
  | { readonly kind: 'value'; readonly hole: string; readonly setting: string }
  /** Each attribute of a setting, by its name, or by the value of its attribute `field` if it has that. */
  | { readonly kind: 'keys'; readonly hole: string; readonly setting: string; readonly field?: string }
  /** Each attribute of a setting, by the values of several of its attributes. */
  | { readonly kind: 'fields'; readonly holes: readonly string[]; readonly setting: string }
  /** What only evaluation of the whole clan knows. */
  | { readonly kind: 'unknown'; readonly hole: string };

export interface CatalogueGenerator {
  /** Holes: `<inst>` the instance, `<machine>` the machine, `<controller>` the first controller, others by `each`. */
  readonly name: string;
  /** The service; null for a core module, which any machine may switch on by itself. */
  readonly service: string | null;
  /** Roles of which the members have it; empty for members of any role. */
  readonly roles: readonly string[];
  /** True also for machines of nix-darwin. */
  readonly darwin: boolean;
  readonly share: boolean | { readonly setting: string; readonly default: boolean };
  readonly condition?: CatalogueCondition;
  readonly each?: CatalogueEach;
  /** Of a core module that every machine of NixOS has: names in the options that switch it off. */
  readonly unless?: readonly string[];
  /** The setting that lists domains of the machine, for the holes `<hosts>` and `<domains>` of bodies. */
  readonly domains?: string;
  readonly files: readonly CatalogueFile[];
  readonly prompts: readonly string[];
  readonly dependencies: readonly string[];
  /** Packages in `runtimeInputs`. */
  readonly tools: readonly string[];
  /** Where clan-core declares it. */
  readonly source: string;
}

/** A file as the data has it: `deploy` is true and `neededFor` is `services` unless it says otherwise. */
export type WrittenFile = Omit<CatalogueFile, Usual> & Partial<Pick<CatalogueFile, Usual>>;
type Usual = 'deploy' | 'neededFor';

type Optional = 'darwin' | 'share' | 'prompts' | 'dependencies' | 'tools' | 'roles';
type WrittenGenerator = Omit<CatalogueGenerator, Optional | 'files'> &
  Partial<Pick<CatalogueGenerator, Optional>> & { readonly files: readonly WrittenFile[] };

const NOTHING_MORE = {
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
