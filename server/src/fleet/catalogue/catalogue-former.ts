/**
 * Generators that clan-core once declared and declares no more under this name or with these files: reads
 * `data/former-generators.json`. Nothing is garbage-collected, so what they made still lies in many repositories.
 */

import { type CatalogueFile, type WrittenFile, wholeFile } from './catalogue-data.ts';
import data from './data/former-generators.json' with { type: 'json' };

export interface FormerGenerator {
  /** Holes as in the catalogue. */
  readonly name: string;
  /** The service or module; null for a core module. */
  readonly service: string | null;
  /** For readers of the data. */
  readonly note?: string;
  readonly share: boolean;
  readonly files: readonly CatalogueFile[];
  /** Where clan-core declared it at the commit below. */
  readonly source: string;
  /** The last commit of the main branch that had it, and its date. */
  readonly commit: string;
  readonly date: string;
}

type WrittenFormer = Omit<FormerGenerator, 'files'> & { readonly files: readonly WrittenFile[] };

export const FORMER: readonly FormerGenerator[] = (data.generators as readonly WrittenFormer[]).map(
  generator => ({ ...generator, files: generator.files.map(wholeFile) }),
);
