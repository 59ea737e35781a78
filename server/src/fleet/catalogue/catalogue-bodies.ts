/**
 * What the generators of the catalogue are in each version of clan-core: reads `data/bodies.json`, which
 * `scripts/clan-bodies.mjs` makes with real Nix.
 */
import type { CatalogueGenerator } from './catalogue-data.ts';
import data from './data/bodies.json' with { type: 'json' };
import type { LockedClanCore } from './locked-clan-core.ts';

/** Texts have holes `<hole>`. Options that are left out have clan-core's default; null is not known. */
export interface CatalogueBody {
  /** The settings that decide that it is this one; the last one of several holds otherwise. */
  readonly when?: Readonly<Record<string, boolean | string>>;
  readonly share?: boolean;
  readonly files: readonly {
    readonly name: string;
    readonly secret?: boolean;
    readonly deploy?: boolean;
    readonly owner?: string | null;
    readonly group?: string | null;
    readonly mode?: string;
    readonly neededFor?: string;
  }[];
  readonly prompts?: readonly {
    readonly name: string;
    readonly type?: string;
    readonly persist?: boolean;
    readonly required?: boolean;
    readonly description?: string;
  }[];
  readonly dependencies?: readonly string[];
  /** Names below `pkgs`; a function in brackets for what it makes in place. */
  readonly runtimeInputs?: readonly string[] | null;
  readonly script?: string | null;
  readonly validation?: Readonly<Record<string, unknown>> | null;
}

interface Version {
  /** When the commit was made that has it first, in seconds since 1970. */
  readonly since: number;
  readonly cases: readonly CatalogueBody[];
}

interface Generator {
  readonly name: string;
  readonly service: string | null;
  readonly roles?: readonly string[];
  readonly versions: readonly Version[];
}

const keyOf = ({ name, service, roles = [] }: Generator | CatalogueGenerator) =>
  `${service} ${name} ${roles.join(' ')}`;

const VERSIONS: ReadonlyMap<string, readonly Version[]> = new Map(
  (data.generators as readonly Generator[]).map(generator => [keyOf(generator), generator.versions]),
);

/**
 * Returns what a generator may be, or null where that is not known; none of them: there is no such generator.
 *
 * @param locked null: nothing is locked yet, and what will be is the newest
 */
export function bodiesOf(
  entry: CatalogueGenerator,
  locked: LockedClanCore | null,
): readonly CatalogueBody[] | null {
  const versions = VERSIONS.get(keyOf(entry)) ?? [];
  if (locked === null) return versions.at(-1)?.cases ?? null;
  if (locked.isFork || locked.from < data.since || locked.until > data.until) return null;
  const first = versions.findLastIndex(({ since }) => since <= locked.from);
  const last = versions.findLastIndex(({ since }) => since <= locked.until);
  return first === last ? (versions[last]?.cases ?? null) : null;
}
