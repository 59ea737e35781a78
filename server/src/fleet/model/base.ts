/** The words that all parts of the model share: machines, how a name is known, and what could not be told. */
import type { Place } from '../../nix/places.ts';

export type MachineClass = 'nixos' | 'darwin';
export interface Machine {
  readonly name: string;
  readonly class: MachineClass | null;
  /** As Nix writes it: `aarch64-darwin`. */
  readonly system: string | null;
  readonly tags: readonly string[];
  /** Where the machine is declared; null for a mere folder. */
  readonly at: Place | null;
  /** What made it known: a configuration, the inventory, a `machines/` folder, or a module that reads the matrix. */
  readonly source: 'configuration' | 'inventory' | 'folder' | 'reader';
}

/**
 * What cannot be told of a place: which `generators` or `secrets` stand there, which modules a machine `imports` or what
 * a `foreign` module declares, which `machines` and `instances` there are, what is in a `file` that Nix cannot read or that was
 * left out (`unread`), what is a `module` at all, or what takes too long to evaluate (`effort`).
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

/** What could not be analysed, and why. */
export interface NotAnalysable {
  readonly at: Place;
  readonly what: UnknownPart;
  /** Why, as a clause: "it depends on the argument `settings`". */
  readonly reason: string;
}
