/**
 * Evaluates options that the flake's own modules declare. An option's type decides whether its value equals its
 * definitions. Does not know where the definitions come from.
 */

import { mapEntries, mergedValue } from '../modules/merged.ts';
import { type Definition, member } from '../modules/read.ts';
import { attrs, symbol } from '../nix/eval/construct.ts';
import type { Evaluation } from '../nix/eval/evaluation.ts';
import type { AttrsValue, UnknownValue, Value } from '../nix/eval/value.ts';
import type { FlakeModules } from './flake-modules.ts';

/**
 * Returns the value at a path in or below an option of the flake, or `null` if the option's type may change what is
 * defined.
 */
export function ofOwnOption(
  cx: Evaluation,
  flake: Pick<FlakeModules, 'options'>,
  path: readonly string[],
  definitions: readonly Definition[],
): Value | null {
  for (let length = path.length; length > 0; length--) {
    const declared = optionAt(cx, flake, path.slice(0, length));
    if (declared === null) continue;
    const below = path.length - length;
    const type = typeOf(cx, declared);
    const isMap = type?.name === 'attrsOf' || type?.name === 'lazyAttrsOf';
    if (type === null || (!isMap && !(RAW.test(type.name) && below === 0))) return null;
    const of = isMap ? type.of : type;
    const isSubmodule = of?.name.startsWith('submodule') === true;
    if (of === null || (!isSubmodule && !RAW.test(of.name)) || below > (isSubmodule ? 2 : 1)) return null;
    const option = { what: path.join('.'), isModules: true, more: null };
    const value = mergedValue(cx, definitions, option);
    if (value.kind === 'unknown') return null;
    if (!isSubmodule || below === 2 || value.kind !== 'attrs') return value;
    // Besides its definitions, a submodule has the defaults of its options.
    const opened = (inner: Value): Value =>
      inner.kind === 'attrs' ? attrs(inner.entries, inner.origin, DEFAULTS, inner.patterns) : DEFAULTS;
    return below === 1 ? opened(value) : mapEntries(cx, value, opened);
  }
  return null;
}

const DEFAULTS = symbol('defaults of options', 'what an option of the flake is by default');
/** Types that leave their definitions unchanged. */
const RAW =
  /^(raw|unspecified|anything|str|nonEmptyStr|int|bool|path|package|port|deferredModule|listOf|attrs)$/;

function optionAt(
  cx: Evaluation,
  { options }: Pick<FlakeModules, 'options'>,
  path: readonly string[],
): AttrsValue | null {
  for (const set of options) {
    let at: Value | null = set;
    for (const name of path) at = at?.kind === 'attrs' ? member(cx, at, name) : null;
    const type = at?.kind === 'attrs' ? member(cx, at, '_type') : null;
    if (at?.kind === 'attrs' && type?.kind === 'string' && type.text === 'option')
      return at.entries.has('apply') ? null : at;
  }
  return null;
}

interface OptionType {
  readonly name: string;
  readonly of: OptionType | null;
}

function typeOf(cx: Evaluation, option: AttrsValue): OptionType | null {
  const type = member(cx, option, 'type');
  return type?.kind === 'unknown' ? nameOfType(cx, type) : null;
}

/** Returns the functions of `lib.types` that made a type such as `types.lazyAttrsOf (types.submodule { … })`. */
function nameOfType(cx: Evaluation, { term }: UnknownValue): OptionType | null {
  if (term?.kind === 'select') return { name: term.name.text ?? '', of: null };
  if (term?.kind !== 'apply' || term.fn.term?.kind !== 'select') return null;
  const arg = cx.force(term.arg);
  return { name: term.fn.term.name.text ?? '', of: arg.kind === 'unknown' ? nameOfType(cx, arg) : null };
}
