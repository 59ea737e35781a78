/**
 * Determines in which contexts a file has to be read as a module. Most files are the same for all machines; a file that
 * uses the machine's class, or an argument that differs by machine (`specialArgs = { host = "ada"; }`), is read for
 * each.
 */

import type { ArgumentLookup } from '../../modules/modules.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, NixFiles, Value } from '../../nix/eval/value.ts';
import type { MachineClass } from '../model/base.ts';

/** The context in which a module is read: the machine's class and arguments, as far as the file uses them. */
export interface ModuleContext {
  readonly class: MachineClass | null;
  /** The arguments that a machine passes to its modules; the same object while they are unchanged. */
  readonly args: { readonly machine: string; readonly set: AttrsValue } | null;
}

/** The context without a machine. */
export const NO_CONTEXT: ModuleContext = { class: null, args: null };

/** Returns the key of a reading: the path of a file that is the same for all machines, a different text otherwise. */
export function keyOf(path: string, { class: name, args }: ModuleContext): string {
  return name === null && args === null ? path : `${path}\0${name ?? ''}\0${args?.machine ?? ''}`;
}

export interface ModuleContexts {
  /** Returns the part of a context that a file uses. */
  narrowed(path: string, context: ModuleContext): ModuleContext;
}

/** The evaluation steps allowed for one argument. */
const STEPS = 50_000;

/**
 * Creates the contexts of a build.
 * @param shared the arguments of modules on all machines
 */
export function createModuleContexts(
  cx: Evaluation,
  files: NixFiles,
  shared: ArgumentLookup,
): ModuleContexts {
  /** For each path, whether the file uses the machine's class. */
  const asking = new Map<string, boolean>();
  /** For each argument, whether its value differs by machine. */
  const differing = new Map<string, boolean>();

  function asksForClass(path: string): boolean {
    let is = asking.get(path);
    if (is === undefined) {
      is = /\b_class\b/.test(files.text(path) ?? '');
      asking.set(path, is);
    }
    return is;
  }

  function differs(name: string): boolean {
    let is = differing.get(name);
    if (is === undefined) {
      const argument = shared(name);
      const value = argument === null ? null : withBudget(cx, STEPS, () => cx.force(argument));
      is = value !== null && !(value instanceof BudgetExceeded) && isOneOfSeveral(value);
      differing.set(name, is);
    }
    return is;
  }

  function asksForOwn(path: string, { set }: NonNullable<ModuleContext['args']>): boolean {
    const names = [...set.entries.keys()].filter(differs);
    if (names.length === 0) return false;
    const text = files.text(path) ?? '';
    return names.some(name => mentions(text, name));
  }

  return {
    narrowed(path, context) {
      const { class: name, args } = context;
      return {
        class: name !== null && asksForClass(path) ? name : null,
        args: args !== null && asksForOwn(path, args) ? args : null,
      };
    },
  };
}

function isOneOfSeveral(value: Value): boolean {
  return value.kind === 'unknown' && value.candidates !== null;
}

function mentions(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1))
    if (!/[\w'-]/.test(text.charAt(at - 1)) && !/[\w'-]/.test(text.charAt(at + name.length))) return true;
  return false;
}
