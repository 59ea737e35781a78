/** Types of sources.mjs for the tests. */

export interface Prepared {
  readonly nix: { readonly program: string; readonly env: Readonly<Record<string, string>> };
  readonly lib: string;
  readonly clanCore: string;
  readonly sources: Readonly<Record<string, string>>;
}

export function prepareSources(places: {
  readonly home: string;
  readonly clones: string;
  readonly nix: string;
}): Prepared;
