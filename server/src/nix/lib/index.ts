/** The built-in model of nixpkgs `lib`: the functions that declarations use. Everything else in it is unknown. */

import { once } from '../../std.ts';
import type { Table } from '../builtins/define.ts';
import { BUILTINS } from '../builtins/index.ts';
import { attr, attrs, symbol } from '../eval/construct.ts';
import { thunk } from '../eval/thunks.ts';
import type { Attr, AttrsValue, Lazy, Thunk } from '../eval/value.ts';
import { LIB_ATTRS } from './attrs.ts';
import { FILESET, FILESYSTEM } from './filesystem.ts';
import { extendOf, FIXED_POINTS } from './fixed-points.ts';
import { LIB_LISTS } from './lists.ts';
import { MODULES, OPTIONS, TYPES } from './options.ts';
import { PATHS } from './paths.ts';
import { LIB_STRINGS } from './strings.ts';
import { LIB_TRIVIAL } from './trivial.ts';

function openTable(name: string, ...tables: readonly Table[]): AttrsValue {
  const entries = new Map<string, Attr>();
  for (const table of tables)
    for (const [key, value] of Object.entries(table)) entries.set(key, attr(value, null));
  return attrs(entries, null, symbol(name, `\`${name}\` of nixpkgs`));
}

function build(): AttrsValue {
  const sets: Record<string, Lazy> = {
    attrsets: openTable('lib.attrsets', LIB_ATTRS),
    lists: openTable('lib.lists', LIB_LISTS),
    strings: openTable('lib.strings', LIB_STRINGS),
    trivial: openTable('lib.trivial', LIB_TRIVIAL),
    options: openTable('lib.options', OPTIONS),
    modules: openTable('lib.modules', OPTIONS, MODULES),
    fixedPoints: openTable('lib.fixedPoints', FIXED_POINTS),
    path: openTable('lib.path', PATHS),
    types: TYPES,
    filesystem: openTable('lib.filesystem', FILESYSTEM),
    fileset: openTable('lib.fileset', FILESET),
    generators: symbol('lib.generators', 'a text that `lib.generators` makes'),
    systems: symbol('lib.systems', 'a platform'),
    licenses: symbol('lib.licenses', 'a licence'),
    maintainers: symbol('lib.maintainers', 'a maintainer'),
    platforms: symbol('lib.platforms', 'a list of platforms'),
  };
  const lib: Thunk = thunk(() => whole);
  sets.extend = extendOf(lib);
  const whole = openTable(
    'lib',
    LIB_ATTRS,
    LIB_LISTS,
    LIB_STRINGS,
    LIB_TRIVIAL,
    FIXED_POINTS,
    OPTIONS,
    reexported(),
    sets,
  );
  return whole;
}

/** Returns the builtins that `lib` exports under the same name. */
function reexported(): Table {
  const names = [
    'addErrorContext',
    'bitAnd',
    'bitOr',
    'bitXor',
    'deepSeq',
    'isAttrs',
    'isBool',
    'isFloat',
    'isInt',
    'isList',
    'isPath',
    'isString',
    'lessThan',
    'pathExists',
    'readFile',
    'seq',
    'typeOf',
    'genericClosure',
    'add',
    'sub',
    'tryEval',
    'trace',
  ];
  return Object.fromEntries(names.map(name => [name, BUILTINS[name] as Lazy]));
}

/** Returns `lib` as an open set of functions, as the same object each time. */
export const nixpkgsLib: () => AttrsValue = once(build);
