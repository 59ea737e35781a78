/** Names with holes (`svc-${name}`): what they may be. Knows texts only. */

import type { NameKind } from '../../modules/read.ts';

/** Returns what a name with holes (`svc-${name}`) may be. */
export function patternOf(name: string): RegExp {
  return new RegExp(`^${literalsOf(name).map(escaped).join('.*')}$`, 's');
}

/** Returns what a name with holes says for certain: the texts before, between and after its holes. */
export function literalsOf(name: string): readonly [string, ...string[]] {
  const texts: [string, ...string[]] = [''];
  let text = '';
  let depth = 0;
  for (let i = 0; i < name.length; i++) {
    if (name.startsWith('${', i)) {
      if (depth === 0) {
        texts[texts.length - 1] = text;
        texts.push('');
        text = '';
      }
      depth++;
      i++;
    } else if (depth > 0) {
      if (name[i] === '{') depth++;
      else if (name[i] === '}') depth--;
    } else text += name[i];
  }
  texts[texts.length - 1] = text;
  return texts;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** Returns whether known names include this one, or one of those with holes may be it. */
export function mayInclude(
  names: readonly { readonly name: string; readonly nameKind: NameKind }[],
  name: string,
): boolean {
  return names.some(
    candidate =>
      candidate.name === name || (candidate.nameKind === 'pattern' && patternOf(candidate.name).test(name)),
  );
}
