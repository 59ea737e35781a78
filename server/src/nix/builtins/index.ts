/** The builtin functions and constants, which are in scope in every file. */
import { attr, attrs, bool, nullValue, symbol } from '../eval/construct.ts';
import type { Attr, Lazy } from '../eval/value.ts';
import { ATTRS } from './attrs.ts';
import { CONTROL } from './control.ts';
import type { Table } from './define.ts';
import { FILES } from './files.ts';
import { JSON_FUNCTIONS } from './json.ts';
import { LIST_TO_ATTRS } from './list-to-attrs.ts';
import { LISTS } from './lists.ts';
import { NUMBERS } from './numbers.ts';
import { OUTSIDE } from './outside.ts';
import { PATTERNS } from './patterns.ts';
import { STRINGS } from './strings.ts';

export const BUILTINS: Table = {
  ...OUTSIDE,
  ...LISTS,
  ...LIST_TO_ATTRS,
  ...ATTRS,
  ...STRINGS,
  ...PATTERNS,
  ...NUMBERS,
  ...CONTROL,
  ...FILES,
  ...JSON_FUNCTIONS,
  true: bool(true, null),
  false: bool(false, null),
  null: nullValue(null),
};

/** Builtins that need no `builtins.` prefix. All others are also available as `__name`. */
const GLOBAL = new Set([
  'abort',
  'baseNameOf',
  'break',
  'derivation',
  'derivationStrict',
  'dirOf',
  'false',
  'fetchGit',
  'fetchMercurial',
  'fetchTarball',
  'fetchTree',
  'fromTOML',
  'import',
  'isNull',
  'map',
  'null',
  'placeholder',
  'removeAttrs',
  'scopedImport',
  'throw',
  'toString',
  'true',
]);

/** Returns the names in scope in every file. */
export function builtinsScope(): Map<string, Lazy> {
  const scope = new Map<string, Lazy>();
  const entries = new Map<string, Attr>();
  for (const [name, value] of Object.entries(BUILTINS)) {
    scope.set(GLOBAL.has(name) ? name : `__${name}`, value);
    entries.set(name, attr(value, null));
  }
  // Other versions of Nix have further builtins.
  const builtins = attrs(entries, null, symbol('builtins', 'a builtin of another version of Nix'));
  entries.set('builtins', attr(builtins, null));
  scope.set('builtins', builtins);
  return scope;
}
