/** The path of selections from a symbol. */
import type { Origin, StringValue, UnknownValue } from '../nix/eval/value.ts';

/** One step of a selection from a symbol. */
export interface Step {
  readonly name: StringValue;
  readonly at: Origin | null;
}

/** Returns the names selected from the root of an unknown, outermost first. */
export function stepsOf(value: UnknownValue): Step[] {
  const steps: Step[] = [];
  for (let at: UnknownValue = value; at.term?.kind === 'select'; at = at.term.of)
    steps.push({ name: at.term.name, at: at.term.at });
  return steps.reverse();
}

/** Returns the last name that was selected, or the name of the root. */
export function lastNameOf({ term }: UnknownValue): string | null {
  if (term?.kind === 'select') return term.name.text;
  return term?.kind === 'root' ? term.name : null;
}

/**
 * Returns whether one of the names is on the path, root and last name included. Builds no list of steps, since almost
 * no selection from a configuration concerns vars.
 */
export function passesBy(names: ReadonlySet<string>, last: StringValue, before: UnknownValue): boolean {
  if (last.text !== null && names.has(last.text)) return true;
  let at = before;
  for (; at.term?.kind === 'select'; at = at.term.of)
    if (at.term.name.text !== null && names.has(at.term.name.text)) return true;
  return at.term?.kind === 'root' && names.has(at.term.name);
}
