/** Types that all parts of the model share: machines, how certain a name is, and what could not be analysed. */
import type { Place } from '../../nix/places.ts';

export type MachineClass = 'nixos' | 'darwin';
export interface Machine {
  readonly name: string;
  readonly class: MachineClass | null;
  /** As Nix writes it: `aarch64-darwin`. */
  readonly system: string | null;
  readonly tags: readonly string[];
  /** Where the machine is declared; null if there is only a folder of its name. */
  readonly at: Place | null;
  /**
   * Where its name was learnt: from a configuration, the inventory, a `machines/` folder, or a module that reads the
   * matrix.
   */
  readonly source: 'configuration' | 'inventory' | 'folder' | 'reader';
}

/**
 * The kind of thing that is unknown at a place: the `generators` or `secrets` declared there, the modules a machine
 * `imports`, the contents of a `foreign` module, the set of `machines` or `instances`, a `file` that Nix cannot read or
 * that was skipped (`unread`), whether a value is a `module`, or anything whose evaluation takes too long (`effort`).
 */
export type UnknownPart =
  | 'generators'
  | 'secrets'
  | 'imports'
  | 'foreign'
  | 'machines'
  | 'instances'
  | 'file'
  | 'unread'
  | 'module'
  | 'effort';

/** A place that could not be analysed, and the reason. */
export interface NotAnalysable {
  readonly at: Place;
  readonly what: UnknownPart;
  /** The reason as a clause: "it depends on the argument `settings`". */
  readonly reason: string;
  /** True if only generators are unknown whose names have holes and are listed with them. */
  readonly isShaped?: true;
}

/** Whether evaluation reaches a place, if it reaches the module: its conditions hold, are not known, or do not hold. */
export type Reached = 'surely' | 'perhaps' | 'never';
