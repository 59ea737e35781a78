/**
 * Reads `data/former-generators.json`: generators that clan-core no longer declares under this name or with these
 * files. Nothing deletes their values, so many repositories still contain them; and a fleet that has locked an older
 * clan-core still has the generators.
 */

import {
  type CatalogueFile,
  type CatalogueGenerator,
  NOTHING_MORE,
  type WrittenFile,
  wholeFile,
} from './catalogue-data.ts';
import data from './data/former-generators.json' with { type: 'json' };

export interface FormerGenerator {
  /** The name, with holes as in the catalogue. */
  readonly name: string;
  /** The service; null for a core module. */
  readonly service: string | null;
  /** An explanation for readers of the data. */
  readonly note?: string;
  readonly share: boolean;
  readonly files: readonly CatalogueFile[];
  /** As in the catalogue. Absent if the bodies of its versions are not in the catalogue. */
  readonly roles?: readonly string[];
  readonly notRoles?: readonly string[];
  /** The time, in seconds since 1970, from which its roles decide which machines had it. */
  readonly since?: number;
  /** The file of clan-core that declared it at `commit`. */
  readonly source: string;
  /** The last commit of the main branch that had it, and its date. */
  readonly commit: string;
  readonly date: string;
}

type WrittenFormer = Omit<FormerGenerator, 'files'> & { readonly files: readonly WrittenFile[] };

export const FORMER: readonly FormerGenerator[] = (data.generators as readonly WrittenFormer[]).map(
  generator => ({ ...generator, files: generator.files.map(wholeFile) }),
);

/** The former generators of which the catalogue has bodies: those that a fleet has if it has locked an older clan-core. */
export const FORMER_CATALOGUE: readonly CatalogueGenerator[] = FORMER.flatMap(
  ({ name, service, share, files, source, roles, notRoles, since = 0 }) =>
    roles === undefined
      ? []
      : [
          {
            ...NOTHING_MORE,
            ...{ name, service, share, files, source, roles, former: { since } },
            ...(notRoles && { notRoles }),
          },
        ],
);
