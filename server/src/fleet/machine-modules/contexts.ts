/**
 * Determines in which contexts a file has to be read as a module. Most files are the same for all machines; a file that
 * uses the machine's class, or an argument that differs by machine (`specialArgs = { host = "ada"; }`), is read for
 * each.
 */

import type { ArgumentLookup } from '../../modules/modules.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, Value } from '../../nix/eval/value.ts';
import type { MachineClass } from '../model/base.ts';

/** The context in which a module is read. */
export interface ModuleContext {
  readonly class: MachineClass | null;
  /** The machine, if it passes arguments of its own to its modules. */
  readonly machine: string | null;
}

/** The context without a machine. */
export const NO_CONTEXT: ModuleContext = { class: null, machine: null };

/** Returns the key of a reading: the path of a file that is the same for all machines, a different text otherwise. */
export function keyOf(path: string, { class: name, machine }: ModuleContext): string {
  return name === null && machine === null ? path : `${path}\0${name ?? ''}\0${machine ?? ''}`;
}

/** Returns the path and the context of a key. */
export function readKey(key: string): { readonly path: string; readonly context: ModuleContext } {
  const [path = '', name, machine] = key.split('\0');
  return { path, context: { class: (name || null) as MachineClass | null, machine: machine || null } };
}

/** What the reading of a file depends on beside the file. */
export interface Asks {
  readonly class: boolean;
  /** The names of arguments that differ by machine. */
  readonly arguments: readonly string[];
}

/**
 * Returns what a text may ask for.
 * @param differing the names of all arguments that differ by machine
 */
export function asksIn(text: string, differing: readonly string[]): Asks {
  return { class: /\b_class\b/.test(text), arguments: differing.filter(name => mentions(text, name)) };
}

/** The evaluation steps allowed for one argument. */
const STEPS = 50_000;

/**
 * Returns the names of the arguments whose values differ by machine.
 * @param shared the arguments of modules on all machines
 * @param given the arguments that machines pass to their modules
 */
export function differingArguments(
  cx: Evaluation,
  shared: ArgumentLookup,
  given: Iterable<AttrsValue>,
): readonly string[] {
  const names = new Set<string>();
  for (const { entries } of given) for (const name of entries.keys()) names.add(name);
  return [...names].filter(name => {
    const argument = shared(name);
    const value = argument === null ? null : withBudget(cx, STEPS, () => cx.force(argument));
    return value !== null && !(value instanceof BudgetExceeded) && isOneOfSeveral(value);
  });
}

function isOneOfSeveral(value: Value): boolean {
  return value.kind === 'unknown' && value.candidates !== null;
}

function mentions(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1))
    if (!/[\w'-]/.test(text.charAt(at - 1)) && !/[\w'-]/.test(text.charAt(at + name.length))) return true;
  return false;
}
