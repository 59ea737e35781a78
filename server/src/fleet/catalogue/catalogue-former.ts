/**
 * Reads `data/former-generators.json`: generators that clan-core no longer declares under this name or with these
 * files. Nothing deletes their values, so many repositories still contain them.
 */

import { type CatalogueFile, type WrittenFile, wholeFile } from './catalogue-data.ts';
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
