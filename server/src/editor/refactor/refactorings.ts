/**
 * Refactorings of declarations without findings. All or nothing: if a part cannot be rewritten, the refactoring
 * is not offered. Pure; independent of any editor.
 */
import type { Snapshot } from '../snapshot.ts';
import { fromSops } from './from-sops.ts';
import { generatorAt, type Refactoring } from './generator-at.ts';
import { persistPrompts } from './persist.ts';
import { splitPublic } from './split-public.ts';
import { toRegistry } from './to-registry.ts';

export type { Refactoring } from './generator-at.ts';

/**
 * Returns the refactorings at a cursor.
 *
 * @param offset 0-based UTF-16 offset of the cursor, or of the start of the selection
 */
export function refactorings(snapshot: Snapshot, file: string, offset: number): readonly Refactoring[] {
  const written = generatorAt(snapshot, file, offset);
  if (written === null) return fromSops(snapshot, file, offset);
  return [
    ...persistPrompts(snapshot, written),
    ...splitPublic(snapshot, written, offset),
    ...toRegistry(snapshot, written),
  ];
}
