/**
 * The values behind things of the model: what evaluation needs of a role, a service or a machine that the model
 * describes as plain data. The model itself holds neither thunks nor scopes, so they lie in tables beside it.
 */
import type { AttrsValue, Lazy } from '../../nix/eval/value.ts';

/** A table from things of the model to the values behind them. */
export interface SideTable<T> {
  /** Notes the value behind something of the model, and returns that. */
  keep<Thing extends object>(thing: Thing, value: T): Thing;
  /** Returns the value behind something of the model. */
  of(thing: object): T;
}

function sideTable<T>(absent: T): SideTable<T> {
  const values = new WeakMap<object, T>();
  return {
    keep(thing, value) {
      values.set(thing, value);
      return thing;
    },
    of: thing => values.get(thing) ?? absent,
  };
}

/** The settings of a role, or of a machine or tag in one: for evaluation to merge and pass on. */
export const SETTINGS = sideTable<readonly Lazy[]>([]);

/** Items of a role's `extraModules`: modules that members of the role import. */
export const EXTRA_MODULES = sideTable<readonly Lazy[]>([]);

/** A service module: a path, a set or a function. */
export const SERVICE_MODULES = sideTable<Lazy | null>(null);

/** What a machine is made of, as one source says it. */
export interface MachineMaking {
  /** The module that the machine is made of. */
  readonly module: Lazy;
  /** What its modules are given beside the usual (`specialArgs`), in a set of its own. */
  readonly args: AttrsValue | null;
}

/** Null where the source does not say it, or where it is not known. */
export const MACHINES = sideTable<MachineMaking | null>(null);
