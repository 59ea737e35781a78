/** Settings that an inventory gives to services. */
import type { Place } from '../../nix/places.ts';

/** `imports`: settings that import modules; `function`: one inside of them; `other`: settings that are not a set. */
/** Settings that an inventory gives to services. */
export interface NotData {
  readonly kind: 'function' | 'imports' | 'other';
  readonly at: Place;
  /** The names that lead to it. */
  readonly path: readonly string[];
}

/** A setting; `unknown` says why it is not known. Sets and lists that are not `complete` may hold more. */
export type Setting =
  | { readonly kind: 'plain'; readonly value: null | boolean | number | string }
  | { readonly kind: 'list'; readonly items: readonly Setting[]; readonly complete: boolean }
  | { readonly kind: 'set'; readonly entries: ReadonlyMap<string, Setting>; readonly complete: boolean }
  | { readonly kind: 'unknown'; readonly reason: string };
