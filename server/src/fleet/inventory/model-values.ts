/**
 * Keeps the unevaluated values behind roles, services and machines of the model. The model itself is plain data without
 * thunks and scopes, so they are in tables beside it.
 */
import type { AttrsValue, Lazy } from '../../nix/eval/value.ts';

/** A table from objects of the model to the values behind them. */
export interface SideTable<T> {
  /** Stores the value behind an object of the model, and returns the object. */
  keep<Thing extends object>(owner: Thing, value: T): Thing;
  /** Returns the value behind an object of the model, or the table's default. */
  of(owner: object): T;
}

function sideTable<T>(absent: T): SideTable<T> {
  const values = new WeakMap<object, T>();
  return {
    keep(owner, value) {
      values.set(owner, value);
      return owner;
    },
    of: owner => values.get(owner) ?? absent,
  };
}

/** Settings of a role, or of a machine or tag in a role, which evaluation merges and passes on. */
export const SETTINGS = sideTable<readonly Lazy[]>([]);

/** Items of a role's `extraModules`, which members of the role import. */
export const EXTRA_MODULES = sideTable<readonly Lazy[]>([]);

/** Service modules: a path, a set or a function. */
export const SERVICE_MODULES = sideTable<Lazy | null>(null);

/** A machine's module and its arguments, as one source defines them. */
export interface MachineConstruction {
  /** The module of the machine. */
  readonly module: Lazy;
  /** Further arguments of its modules (`specialArgs`), as a set. */
  readonly args: AttrsValue | null;
}

/** Modules of machines by `MachineFact`; null if the source does not give one, or it is unknown. */
export const MACHINES = sideTable<MachineConstruction | null>(null);
