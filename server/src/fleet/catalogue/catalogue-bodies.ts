/**
 * Reads the bodies that generators of the catalogue have in each version of clan-core from `data/bodies.json`, which
 * `scripts/clan-bodies.mjs` makes with real Nix.
 */
import type { CatalogueGenerator } from './catalogue-data.ts';
import data from './data/bodies.json' with { type: 'json' };
import type { LockedClanCore } from './locked-clan-core.ts';

/** A body whose texts have holes `<hole>`. Absent options have clan-core's default; null means unknown. */
export interface CatalogueBody {
  /** The settings that select this body. If no case matches, the last one applies. */
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
  /** Names below `pkgs`. A name in parentheses is a package that clan-core makes itself. */
  readonly runtimeInputs?: readonly string[] | null;
  readonly script?: string | null;
  readonly validation?: Readonly<Record<string, unknown>> | null;
}

interface Version {
  /** The time of the first commit with this version, in seconds since 1970. */
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
 * Returns the bodies among which settings decide; null if the version is unknown, and an empty list if that version
 * does not have the generator.
 *
 * @param locked null if no clan-core is locked yet, so that the newest will be used
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
