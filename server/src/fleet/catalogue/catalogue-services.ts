/**
 * Reads clan-core's services with their roles, and its former services, from `data/services.json`. A test compares the
 * data with a checkout of clan-core.
 */
import data from './data/services.json' with { type: 'json' };

/** The time of the commit that the data describes, in seconds since 1970. */
export const CLAN_CORE_TIME: number = data.time;

export interface CatalogueService {
  readonly name: string;
  readonly roles: readonly string[];
  /** Roles that the service no longer has. */
  readonly formerRoles?: readonly string[];
}

/** A service that clan-core no longer has. */
export interface FormerService {
  readonly name: string;
  /** The day of the last commit that had it. */
  readonly date: string;
  /** The remedy as a sentence. */
  readonly instead: string;
}

export const SERVICES: readonly CatalogueService[] = data.services;

export const FORMER_SERVICES: readonly FormerService[] = data.former;
