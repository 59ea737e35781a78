/** The domain of a clan, `clan.core.settings.domain` of its machines: `meta.domain`, or `meta.tld` as it was called. */
import { optionSets } from '../../modules/clan-modules.ts';
import { definitionsOf } from '../../modules/read.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue } from '../../nix/eval/value.ts';

/** Returns what a set of a clan, or of its inventory, says of the domain; null for what is not known. */
export function domainsOf(cx: Evaluation, set: AttrsValue, conditional: boolean): (string | null)[] {
  const meta = optionSets(cx, set, 'meta');
  const texts = meta.found.flatMap(({ set: inner, conditional: isPerhaps }) =>
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
