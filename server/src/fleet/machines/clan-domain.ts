/**
 * Reads the domain of a clan, `clan.core.settings.domain` of its machines, from `meta.domain` or its former name
 * `meta.tld`.
 */
import { optionSets } from '../../modules/clan-modules.ts';
import { definitionsOf } from '../../modules/read.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue } from '../../nix/eval/value.ts';

/** Returns the domains that a set of a clan, or of its inventory, sets; null stands for an unknown one. */
export function domainsOf(cx: Evaluation, set: AttrsValue, conditional: boolean): (string | null)[] {
  const meta = optionSets(cx, set, 'meta');
  const texts = meta.definitions.flatMap(({ set: inner, conditional: isPerhaps }) =>
    ['domain', 'tld'].flatMap(name => {
      const entry = inner.entries.get(name);
      if (entry === undefined) return [];
      return definitionsOf(cx, entry.value).flatMap(definition => {
        const { value } = definition;
        if (value.kind === 'null') return [];
        const isSure = !conditional && !isPerhaps && !entry.optional && !definition.conditional;
        return [isSure && value.kind === 'string' ? value.text : null];
      });
    }),
  );
  return meta.complete ? texts : [...texts, null];
}
