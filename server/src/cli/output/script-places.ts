/** Finds the places of generators' scripts, for programs that point at their lines. */
import type { SourcePlace } from '../../../../client/src/run-protocol.ts';
import { type Declared, declarationsOf } from '../../generate/plan/declarations.ts';
import { scriptPlace } from '../../generate/run/script-place.ts';
import type { OpenFleet } from '../open-fleet.ts';
import { spansIn } from './positions.ts';

/** Returns the place of the script of a machine's generator, or of a line in it. */
export type WhereOf = (machine: string, generator: string, line: number | null) => SourcePlace | null;

/** Returns a function that finds the places of a fleet's scripts, with 1-based lines and columns. */
export function placesIn({ fleet, files }: OpenFleet): WhereOf {
  const spanOf = spansIn(files);
  let declared: Declared | null = null;
  return (machine, generator, line) => {
    declared ??= declarationsOf(fleet(), file => files.text(file));
    const place = scriptPlace(declared.script(machine, generator), line);
    if (place === null) return null;
    const { line: shown, column } = spanOf(place);
    return { file: place.file, line: shown, column };
  };
}
