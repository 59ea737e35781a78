/** Inspects uses of sops-nix and agenix secrets in their source, once while the file is unchanged. */
import type { SecretFacts, SecretUse } from '../../../fleet/model/secrets.ts';
import type { SourceFile } from '../../../nix/source.ts';
import type { CheckContext } from '../../rule.ts';

export interface SecretUseMatch<T> {
  readonly use: SecretUse;
  readonly fact: T;
}

/**
 * Returns a function that yields the uses with a result.
 *
 * @param mark matches the text of files worth inspecting
 *
 * @param look returns a result from the text alone, or null; the result must not keep any part of the tree
 */
export function seenAtUses<T>(
  mark: RegExp,
  look: (source: SourceFile, use: SecretUse) => T | null,
): (context: CheckContext) => Iterable<SecretUseMatch<T>> {
  const cache = new WeakMap<SecretFacts, readonly SecretUseMatch<T>[]>();
  return function* ({ fleet, sources }) {
    for (const facts of fleet.secrets) {
      let seen = cache.get(facts);
      if (seen === undefined) {
        seen = seenIn(facts, sources);
        cache.set(facts, seen);
      }
      yield* seen;
    }
  };

  function seenIn(
    { file, uses }: SecretFacts,
    sources: CheckContext['sources'],
  ): readonly SecretUseMatch<T>[] {
    const here = uses.filter(use => use.at.file === file);
    const source = here.length === 0 || !mark.test(sources.text(file) ?? '') ? null : sources.parse(file);
    if (source === null) return [];
    return here.flatMap(use => {
      const fact = look(source, use);
      return fact === null ? [] : [{ use, fact }];
    });
  }
}
