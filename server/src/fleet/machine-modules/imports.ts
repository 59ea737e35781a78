/** The type of an import, as the importing module writes it. */
import type { Place } from '../../nix/places.ts';

/** An import of a module by its file, or by its path in the flake's outputs. */
export interface ModuleImport {
  readonly target: { readonly file: string } | { readonly output: readonly string[] };
  /** False if the import depends on something unknown. */
  readonly certain: boolean;
  readonly at: Place;
}
