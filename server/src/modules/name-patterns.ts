/** Matches names against names with holes (`svc-${name}`). Knows texts only. */

import type { NameKind } from './read.ts';

/** Returns a pattern for the names that a name with holes may become. */
export function patternOf(name: string): RegExp {
  return new RegExp(`^${literalsOf(name).map(escaped).join('.*')}$`, 's');
}

/** Returns the literal parts of a name with holes: before, between and after them. */
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

/** Returns whether `name` is among the names, or matches one with holes. */
export function mayInclude(
  names: readonly { readonly name: string; readonly nameKind: NameKind }[],
  name: string,
): boolean {
  return names.some(
    candidate =>
      candidate.name === name || (candidate.nameKind === 'pattern' && patternOf(candidate.name).test(name)),
  );
}
