/** From a line of a script to the file that it is written in. Pure. */

import { placeInScript } from '../../fleet/generators/script.ts';
import type { GeneratorScript } from '../../fleet/model/generators.ts';
import type { Place } from '../../nix/places.ts';

/**
 * @param line of the script, from 1; null, or one that is written nowhere: the script as a whole
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
