/**
 * The services of clan-core and their roles, and the services that it had once: reads `data/services.json`. A test
 * compares it with a checkout of clan-core.
 */
import data from './data/services.json' with { type: 'json' };

/** When the commit was made that the data describes, in seconds since 1970. */
export const CLAN_CORE_TIME: number = data.time;

export interface CatalogueService {
  readonly name: string;
  readonly roles: readonly string[];
  /** Roles that it once had. */
  readonly formerRoles?: readonly string[];
}

/** A service that clan-core has no more. */
export interface FormerService {
  readonly name: string;
  /** The day of the last commit that had it. */
  readonly date: string;
  /** What to do instead, as a sentence. */
  readonly instead: string;
}

export const SERVICES: readonly CatalogueService[] = data.services;

export const FORMER_SERVICES: readonly FormerService[] = data.former;
