/** Finds options that a workspace adds to those of sops-nix and agenix. */
import type { CheckContext } from '../../rule.ts';

/**
 * Returns a predicate that tells whether the workspace declares an option of a name in a file related to
 * secrets. Searches on first use.
 */
export function declaredBy({ fleet, sources }: CheckContext): (name: string) => boolean {
  let names: ReadonlySet<string> | null = null;
  return name => {
    names ??= new Set(
      fleet.secrets
        .flatMap(({ file }) => [...(sources.text(file) ?? '').matchAll(DECLARED)])
        .map(match => match[1] as string),
    );
    return names.has(name);
  };
}

const DECLARED = /([A-Za-z_][\w'-]*)\s*=\s*(?:[\w.]+\.)?mk\w*Option\b/g;
