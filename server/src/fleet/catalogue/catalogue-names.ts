/**
 * Names of the catalogue: text with holes `<hole>`. Matches them against whole names and fills them in. Knows
 * nothing of generators.
 */

const HOLE = /<([a-z][\w-]*)>/g;

export type Holes = ReadonlyMap<string, string>;

/** Matches the names that a template may become; its groups are named after the holes. */
export function patternOf(template: string): RegExp {
  const escaped = template.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/<(\w+)>/g, '(?<$1>.+)')}$`);
}

/** Returns what stands in the holes of a name, or `null` if it is not a name of the pattern. */
export function holesIn(pattern: RegExp, name: string): Holes | null {
  const match = pattern.exec(name);
  return match && new Map(Object.entries(match.groups ?? {}));
}

/** Returns the name with its holes filled in; those that are not known are written as Nix writes them. */
export function filled(template: string, holes: Holes): string {
  return template.replace(HOLE, (_, hole: string) => holes.get(hole) ?? `\${${hole}}`);
}

export function isFilled(template: string, holes: Holes): boolean {
  return [...template.matchAll(HOLE)].every(([, hole]) => holes.has(hole ?? ''));
}
