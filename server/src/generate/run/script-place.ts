/** Maps a line of a script to the file that contains it. Pure. */

import { placeInScript } from '../../fleet/generators/script.ts';
import type { GeneratorScript } from '../../fleet/model/generators.ts';
import type { Place } from '../../nix/places.ts';

/**
 * Returns the place of a line.
 *
 * @param line 1-based; null, or a line that is written nowhere, yields the place of the whole script
 */
export function scriptPlace(script: GeneratorScript | null, line: number | null): Place | null {
  if (script === null) return null;
  const { source, at } = script;
  const lines = source?.text.split('\n') ?? [];
  const text = line === null ? undefined : lines[line - 1];
  if (source === null || line === null || text === undefined || text.trim() === '') return at;
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  const indent = text.length - text.trimStart().length;
  return placeInScript(source, start + indent, start + text.trimEnd().length) ?? at;
}
