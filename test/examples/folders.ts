// Where the example fleets are, which Nix files they have, and which lines of the broken one are marked.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const examples = join(import.meta.dirname, '..', '..', 'examples');

/** Absolute folders of the two fleets. */
export const fleetRoot = join(examples, 'fleet');
export const brokenFleetRoot = join(examples, 'broken-fleet');

/** A line of the broken fleet on which a finding of `rule` begins. `file` is relative to the fleet, `line` 1-based. */
export type Mistake = { readonly rule: string; readonly file: string; readonly line: number };

/** The Nix files below `root`, relative to it, with `/` between names, sorted. */
export function nixFiles(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(found => found.isFile() && found.name.endsWith('.nix'))
    .map(found => relative(root, join(found.parentPath, found.name)).split(sep).join('/'))
    .sort();
}

/** All `# broken: <rule>` marks below `root`, by file and line. */
export function markedMistakes(root: string): readonly Mistake[] {
  return nixFiles(root).flatMap(file =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((text, index) => {
        const rule = /# broken: (\S+)$/.exec(text)?.[1];
        return rule === undefined ? [] : [{ rule, file, line: index + 1 }];
      }),
  );
}
