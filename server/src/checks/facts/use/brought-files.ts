/**
 * Files of the generators that clan-core's services bring, as the catalogue has them. Another clan-core may have others, so
 * that only a slip of one that there is says something.
 */

import { leftoverOf } from '../../../fleet/catalogue/catalogue-leftovers.ts';
import { mayInclude, patternOf } from '../../../fleet/elsewhere/name-patterns.ts';
import { mayAddFile } from '../../../fleet/elsewhere/unnamed-generators.ts';
import type { Use } from '../../../fleet/model/uses.ts';
import { sortedUnique } from '../../../std.ts';
import type { Facts } from '../fleet-facts.ts';
import { isSlipOf } from '../near-names.ts';

/**
 * Returns the files of the used generator where services bring it, if the used one is none of them and surely a slip of
 * one; else null.
 */
export function filesBesideSlip(facts: Facts, { generator, fileName, fileKind }: Use): string[] | null {
  if (fileName === null || fileKind === 'pattern') return null;
  const { brought, unnamed } = facts.elsewhere.about(generator);
  if (brought.length === 0 || unnamed.some(candidate => mayAddFile(candidate, fileName))) return null;
  const declared = (facts.generators.get(generator) ?? []).map(({ body }) => body());
  const isOpen = declared.some(({ complete, files }) => !complete.files || mayInclude(files, fileName));
  if (isOpen || isOfClanCore(generator, fileName)) return null;
  const files = sortedUnique(
    [...brought, ...declared].flatMap(({ files: all }) => all.map(({ name }) => name)),
  );
  if (files.some(name => patternOf(name).test(fileName))) return null;
  return files.some(name => isSlipOf(fileName, name)) ? files : null;
}

/** Returns whether a clan-core of today or of earlier gives the generator such a file. */
function isOfClanCore(name: string, file: string): boolean {
  return [true, false].some(shared => leftoverOf({ name, shared, files: [file] }, [file]) !== null);
}
