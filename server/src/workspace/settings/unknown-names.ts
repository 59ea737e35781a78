/** Reports names of settings that do not exist: the first ones each, and how many more there are. Knows no settings. */
import { suggest } from '../../edits/suggest.ts';

/** Reports an invalid setting at `path` inside `rules`. */
export type NoteProblem = (problem: {
  readonly path: readonly string[];
  readonly part: 'key' | 'value';
  readonly message: string;
  /** A replacement for the wrong text. */
  readonly replacement?: string;
}) => void;

/** The names that are reported each. A hostile file has any number, of which each would be compared with all that exist. */
const MOST = 100;

/**
 * Reports those names of an object that do not exist.
 * @param path the path of the object
 * @param messageOf returns the message about a name, to which nothing or one name that exists is near
 */
export function noteUnknownNames(
  names: readonly string[],
  existing: readonly string[],
  path: readonly string[],
  messageOf: (name: string, near: string | null) => string,
  note: NoteProblem,
  nearest: (name: string, existing: readonly string[]) => string | null = suggest,
): void {
  const known = new Set(existing);
  const unknown = names.filter(name => !known.has(name));
  for (const name of unknown.slice(0, MOST)) {
    const near = nearest(name, existing);
    const message = messageOf(name, near);
    note({
      path: [...path, name],
      part: 'key',
      message,
      ...(near === null ? {} : { replacement: near }),
    });
  }
  const more = unknown.length - MOST;
  const next = unknown[MOST];
  if (next !== undefined)
    note({
      path: [...path, next],
      part: 'key',
      message: `"${next}" does not exist either${more === 1 ? '' : `, nor ${more === 2 ? 'does one more name' : `do ${more - 1} more names`} here`}.`,
    });
}
