/** What is said of a name that there is not: the one that was perhaps meant, or those that there are. */
import { suggest } from '../checks/suggest.ts';
import { joined } from '../checks/wording.ts';

/** A sentence with a space before it; empty where there are no names. */
export function otherNames(name: string, names: readonly string[]): string {
  const near = suggest(name, names);
  if (near !== null) return ` Did you mean "${near}"?`;
  const [only, ...others] = names;
  if (only === undefined) return '';
  return others.length === 0 ? ` There is only ${only}.` : ` There are ${joined(names, 12)}.`;
}
