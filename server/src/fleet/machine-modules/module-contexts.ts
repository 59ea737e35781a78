/**
 * For whom a file is read as a module: most files are the same for all machines; some ask for the class of the machine,
 * or for an argument that each machine gives otherwise (`specialArgs = { host = "ada"; }`). Those are read once for each.
 */

import type { Given } from '../../modules/modules.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, NixFiles, Value } from '../../nix/eval/value.ts';
import type { MachineClass } from '../model/base.ts';

/** What a file is read for: only what it asks for makes a difference. */
export interface ModuleContext {
  readonly class: MachineClass | null;
  /** The arguments that a machine gives to its modules; the same object while they are unchanged. */
  readonly args: { readonly machine: string; readonly set: AttrsValue } | null;
}

/** The context of a file that is read for no machine. */
export const NO_CONTEXT: ModuleContext = { class: null, args: null };

/**
 * Returns the key of a reading: the path of a file that is the same for all machines, a text of its own for any
 * other.
 */
export function keyOf(path: string, { class: name, args }: ModuleContext): string {
  return name === null && args === null ? path : `${path}\0${name ?? ''}\0${args?.machine ?? ''}`;
}

export interface ModuleContexts {
  /** Returns the part of a context that makes a difference to a file. */
  narrowed(path: string, context: ModuleContext): ModuleContext;
}

/** Steps allowed for one argument. */
const STEPS = 50_000;

/** @param shared the arguments that modules of all machines are given */
export function createModuleContexts(cx: Evaluation, files: NixFiles, shared: Given): ModuleContexts {
  /** By path, whether the file asks for the class of the machine. */
  const asking = new Map<string, boolean>();
  /** By name of an argument, whether machines give different values. */
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
      const given = shared(name);
      const value = given === null ? null : withBudget(cx, STEPS, () => cx.force(given));
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
