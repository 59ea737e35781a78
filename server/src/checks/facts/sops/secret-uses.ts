/** Looks at uses of secrets of sops-nix and agenix where they are written, once for as long as their file is the same. */
import type { SecretFacts, SecretUse } from '../../../fleet/model/secrets.ts';
import type { SourceFile } from '../../../nix/source.ts';
import type { CheckContext } from '../../rule.ts';

export interface SeenUse<T> {
  readonly use: SecretUse;
  readonly found: T;
}

/**
 * @param mark what the text of the file has where there is something to see
 * @param look what is seen by the text alone; null: nothing; it is to keep no part of the tree
 */
export function seenAtUses<T>(
  mark: RegExp,
  look: (source: SourceFile, use: SecretUse) => T | null,
): (context: CheckContext) => Iterable<SeenUse<T>> {
  const known = new WeakMap<SecretFacts, readonly SeenUse<T>[]>();
  return function* ({ fleet, sources }) {
    for (const facts of fleet.secrets) {
      let seen = known.get(facts);
      if (seen === undefined) {
        seen = seenIn(facts, sources);
        known.set(facts, seen);
      }
      yield* seen;
    }
  };

  function seenIn({ file, uses }: SecretFacts, sources: CheckContext['sources']): readonly SeenUse<T>[] {
    const here = uses.filter(use => use.at.file === file);
    const source = here.length === 0 || !mark.test(sources.text(file) ?? '') ? null : sources.parse(file);
    if (source === null) return [];
    return here.flatMap(use => {
      const found = look(source, use);
      return found === null ? [] : [{ use, found }];
    });
  }
}
