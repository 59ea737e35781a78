/**
 * Names of the catalogue, texts with holes `<hole>`: matches them against names and fills them in. Knows nothing of
 * generators.
 */

const HOLE = /<([a-z][\w-]*)>/g;

export type Holes = ReadonlyMap<string, string>;

/** Returns a pattern for the names that a template may become; its groups are named after the holes. */
export function patternOf(template: string): RegExp {
  const escaped = template.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/<(\w+)>/g, '(?<$1>.+)')}$`);
}

/** Returns the texts in the holes of a name, or `null` if the name does not match. */
export function holesIn(pattern: RegExp, name: string): Holes | null {
  const match = pattern.exec(name);
  return match && new Map(Object.entries(match.groups ?? {}));
}

/** Fills in the holes of a template; unknown ones are written in Nix syntax. */
export function filled(template: string, holes: Holes): string {
  return template.replace(HOLE, (_, hole: string) => holes.get(hole) ?? `\${${hole}}`);
}

export function isFilled(template: string, holes: Holes): boolean {
  return [...template.matchAll(HOLE)].every(([, hole]) => holes.has(hole ?? ''));
}
