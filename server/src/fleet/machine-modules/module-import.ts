/** An import of a module, as the module that writes it has it. */
import type { Place } from '../../nix/places.ts';

/** A module that is imported by its file, or by its path below the flake's outputs. */
export interface ModuleImport {
  readonly target: { readonly file: string } | { readonly output: readonly string[] };
  /** False where it depends on something that is not known. */
  readonly certain: boolean;
  readonly at: Place;
}
