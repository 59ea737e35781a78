/**
 * Reads the generators that a machine gets through options of clan-vars-helper: those declared in its modules, and
 * those of a folder that have the machine's tags. `helper-secrets.ts` reads the declarations.
 */

import { definitionsOf, member } from '../../modules/read.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, Lazy, Origin, Value } from '../../nix/eval/value.ts';
import { type DeclaredSet, discoveredSets, listedSets, type OnUnreadable } from './helper-secrets.ts';

/** The defaults of the helper's options. */
export const HELPER_DEFAULTS: ReadonlyMap<string, boolean | readonly string[]> = new Map<
  string,
  boolean | readonly string[]
>([
  ['my.secrets.discover.enable', false],
  ['my.secrets.discover.includeTags', []],
  ['my.secrets.discover.excludeTags', []],
]);

/**
 * Returns the generators that a module declares through the helper's options.
 * @param secrets the value of `my.secrets`
 * @param config the machine's configuration, as far as it is known
 * @param at the place of the option
 * @param missed called with the reason for each part that cannot be read
 */
export function helperSets(
  cx: Evaluation,
  secrets: Lazy,
  config: Lazy,
  at: Origin,
  missed: OnUnreadable,
): DeclaredSet[] {
  return definitionsOf(cx, secrets).flatMap(({ value, conditional, never }) => {
    if (value.kind !== 'attrs' || never) return [];
    const listed = value.entries.get('declarations');
    const fromList = listed === undefined ? [] : listedSets(cx, listed.value, missed);
    return [...fromList, ...discoveredOn(cx, value, config, at)].map(set => ({
      ...set,
      conditional: set.conditional || conditional,
    }));
  });
}

/**
 * Returns the generators of a folder that the machine selects; all of them, conditionally, if the selection is unknown.
 */
function discoveredOn(cx: Evaluation, secrets: AttrsValue, config: Lazy, at: Origin): DeclaredSet[] {
  const discover = secrets.entries.get('discover');
  return (discover === undefined ? [] : definitionsOf(cx, discover.value)).flatMap(
    ({ value, conditional, never }) => {
      const dir = value.kind === 'attrs' && !never ? value.entries.get('dir') : undefined;
      if (dir === undefined) return [];
      const path = ['my', 'secrets', 'discover'];
      const asked = (name: string): Value =>
        cx.force([...path, name].reduce<Lazy>((set, step) => cx.select(set, step, at), config));
      const enabled = asked('enable');
      if (enabled.kind === 'bool' && !enabled.value) return [];
      const include = textsIn(cx, asked('includeTags'));
      const exclude = textsIn(cx, asked('excludeTags'));
      const isSure = !conditional && !dir.optional && discover?.optional !== true;
      const sets = discoveredSets(cx, dir.value, at, (set, name) => {
        const tags =
          enabled.kind === 'bool' && include !== null && exclude !== null ? tagsOf(cx, set, name) : null;
        if (tags === null || include === null || exclude === null) return null;
        const isIn = include.length === 0 || tags.some(tag => include.includes(tag));
        return isIn && !tags.some(tag => exclude.includes(tag));
      });
      return sets.map(set => ({ ...set, conditional: set.conditional || !isSure }));
    },
  );
}

function textsIn(cx: Evaluation, value: Value): readonly string[] | null {
  if (value.kind !== 'list') return null;
  const texts: string[] = [];
  for (const item of value.items) {
    const text = item.kind === 'spread' ? null : cx.force(item);
    if (text?.kind !== 'string' || text.text === null) return null;
    texts.push(text.text);
  }
  return texts;
}

/** Returns the tags of a generator: its own, or those of the declaration that contains it. */
function tagsOf(cx: Evaluation, declaration: AttrsValue, name: string): readonly string[] | null {
  const entry = declaration.entries.get(name);
  const body = entry === undefined ? null : cx.force(entry.value);
  if (body?.kind !== 'attrs') return null;
  const meta = body.entries.get('meta') ?? declaration.entries.get('meta');
  if (meta === undefined) return [];
  const set = cx.force(meta.value);
  const tags = set.kind === 'attrs' ? member(cx, set, 'tags') : null;
  return tags === null ? null : textsIn(cx, tags);
}
