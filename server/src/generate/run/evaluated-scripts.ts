/**
 * Puts what Nix evaluates and builds in the place of what was read: a generator's script with the store paths of its programs, and the
 * packages that Nix has for it. Only for runs in which Nix was asked.
 */

import { addToList } from '../../std.ts';
import type { Recipe } from '../plan/recipe.ts';
import { RunFailure } from '../run-failure.ts';

/** A generator with its recipe. */
export interface NamedRecipe {
  readonly key: string;
  readonly name: string;
  /** A machine that has it. */
  readonly machine: string;
  readonly recipe: Recipe;
}

/** What Nix built for the generators of a machine. */
export interface Realised {
  /** Absolute paths of the packages of each generator, by name. Generators that do not evaluate are left out. */
  readonly packages: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** A sentence that says why something could not be built; null if all was. */
  readonly failure: string | null;
}

/** Builds what scripts use, as far as Nix can. */
export type Realise = (
  machine: string,
  generators: readonly string[],
  signal: AbortSignal,
) => Promise<Realised>;

/** A recipe with the packages in the Nix store that are its own. */
export interface RealisedRecipe extends NamedRecipe {
  readonly packages: ReadonlyMap<string, string>;
}

/**
 * Returns the recipes, with Nix's scripts and packages where Nix has them.
 * @param realise null if Nix was not asked
 * @param note called with what could not be built, if the scripts can do without
 * @throws RunFailure if a script that only Nix knows cannot be built
 */
export async function realisedRecipes(
  recipes: readonly NamedRecipe[],
  realise: Realise | null,
  { note, signal }: { readonly note: (text: string) => void; readonly signal: AbortSignal },
): Promise<readonly RealisedRecipe[]> {
  const wanted = new Map<string, string[]>();
  for (const { machine, name, recipe } of recipes)
    if (realise !== null && recipe.evaluated !== null) addToList(wanted, machine, name);
  const byMachine = new Map<string, Realised>();
  for (const [machine, names] of wanted)
    if (realise !== null && !signal.aborted) byMachine.set(machine, await realise(machine, names, signal));
  for (const { failure } of byMachine.values()) if (failure !== null) note(failure);
  return recipes.map(named => {
    const { name, machine, recipe } = named;
    const packages = recipe.evaluated === null ? undefined : byMachine.get(machine)?.packages.get(name);
    if (packages !== undefined && recipe.evaluated !== null)
      return {
        ...named,
        packages,
        recipe: { ...recipe, script: [recipe.evaluated], packages: [...packages.keys()] },
      };
    if (realise !== null && recipe.isOfNix && !signal.aborted)
      throw new RunFailure(
        `Generator "${name}" needs Nix for its script, and Nix could not build its dependencies${reasonIn(byMachine.get(machine))}.`,
      );
    return { ...named, packages: new Map() };
  });
}

function reasonIn(realised: Realised | undefined): string {
  return realised?.failure == null ? '' : ` (${realised.failure.replace(/\.$/, '')})`;
}

/** Matches a path of the store, wherever that is. */
const STORE_PATH = /(?:\/[\w.+-]+)+\/[0-9a-df-np-sv-z]{32}-[\w.+?=-]+/g;

/** Returns the paths of the store that a text names. */
export function storePathsIn(text: string): readonly string[] {
  return [...new Set(text.match(STORE_PATH) ?? [])];
}
