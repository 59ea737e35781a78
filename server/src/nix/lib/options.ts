/** nixpkgs `lib` for modules: definitions with priorities and conditions, and option declarations. */

import { asAttrs, stop } from '../builtins/arguments.ts';
import { because, builtin, fn1, fn2, type Result, type Table } from '../builtins/define.ts';
import { joinTexts } from '../builtins/strings.ts';
import { attr, attrs, bool, int, string, symbol, unknown } from '../eval/construct.ts';
import { update } from '../eval/operators.ts';
import type { Attr, BuiltinContext, Lazy, Origin, Value } from '../eval/value.ts';

/** Returns a set that the module system recognises by its `_type`. */
export function typed(type: string, values: Readonly<Record<string, Lazy>>, at: Origin | null): Value {
  const entries = new Map<string, Attr>([['_type', attr(string(type, at), at)]]);
  for (const [name, value] of Object.entries(values)) entries.set(name, attr(value, at));
  return attrs(entries, at);
}

function override(name: string, priority: bigint) {
  return fn1(name, (_cx, content, at) => typed('override', { priority: int(priority, at), content }, at));
}

function order(name: string, priority: bigint) {
  return fn1(name, (_cx, content, at) => typed('order', { priority: int(priority, at), content }, at));
}

function literal(name: string, type: string) {
  return fn1(name, (_cx, text, at) => typed(type, { text }, at));
}

/** Source: nixpkgs, lib/types.nix. Newer types are still found if no outer `with` has such a name. */
const TYPE_NAMES =
  'addCheck anything attrNamesToTrue attrTag attrs attrsOf attrsWith bool boolByOr coercedTo commas defaultFunctor ' +
  'defaultTypeMerge deferredModule deferredModuleWith either enum envVar externalPath fileset float functionTo int ' +
  'ints isOptionType isType lazyAttrsOf lines listOf loaOf luaInline mergeTypes mkOptionType mkStructuredType ' +
  'nonEmptyListOf nonEmptyStr noCheckForDocsModule nullOr number numbers oneOf optionDescriptionPhrase optionType ' +
  'package passwdEntry path pathInStore pathWith pkgs port raw record separatedString serializableValueWith setType ' +
  'shellPackage singleLineStr str strMatching string submodule submoduleWith types uniq unique unspecified';

export const TYPES = symbol('lib.types', 'a type of the module system', TYPE_NAMES.split(' '));

function mkOption(cx: BuiltinContext, lazy: Lazy, at: Origin | null): Result {
  const set = asAttrs(cx, lazy, at);
  if (set.kind !== 'attrs') return stop(set);
  return update(cx, set, typed('option', {}, at), at);
}

function mkEnableOption(cx: BuiltinContext, name: Lazy, at: Origin | null): Result {
  const description = cx.delay(() =>
    joinTexts(
      cx,
      string('', at),
      [string('Whether to enable ', at), name, string('.', at)],
      item => cx.toText(item, false, at),
      at,
    ),
  );
  const type = cx.delay(() => cx.select(TYPES, 'bool', at));
  return typed('option', { default: bool(false, at), example: bool(true, at), description, type }, at);
}

/** Returns an option whose default is a package, so that most of it is unknown. */
function mkPackageOption(_cx: BuiltinContext, args: readonly Lazy[], at: Origin | null): Result {
  const option = typed('option', {}, at);
  const rest = unknown('an option for a package', 'mkPackageOption', at);
  return option.kind === 'attrs' && args.length > 0 ? { ...option, open: rest } : because(rest);
}

export const OPTIONS: Table = {
  mkIf: fn2('mkIf', (_cx, condition, content, at) => typed('if', { condition, content }, at)),
  mkAssert: fn2('mkAssert', (_cx, condition, message, at) =>
    because(unknown('what an assertion guards', `${condition.kind}${message.kind}`, at)),
  ),
  mkMerge: fn1('mkMerge', (_cx, contents, at) => typed('merge', { contents }, at)),
  mkOverride: fn2('mkOverride', (_cx, priority, content, at) => typed('override', { priority, content }, at)),
  mkForce: override('mkForce', 50n),
  mkVMOverride: override('mkVMOverride', 10n),
  mkImageMediaOverride: override('mkImageMediaOverride', 60n),
  mkDefault: override('mkDefault', 1000n),
  mkOptionDefault: override('mkOptionDefault', 1500n),
  mkOrder: fn2('mkOrder', (_cx, priority, content, at) => typed('order', { priority, content }, at)),
  mkBefore: order('mkBefore', 500n),
  mkAfter: order('mkAfter', 1500n),
  mkOption: fn1('mkOption', mkOption),
  mkEnableOption: fn1('mkEnableOption', mkEnableOption),
  mkPackageOption: builtin('mkPackageOption', 3, mkPackageOption),
  literalExpression: literal('literalExpression', 'literalExpression'),
  literalMD: literal('literalMD', 'literalMD'),
  mdDoc: fn1('mdDoc', (cx, text) => cx.resolve(text)),
};

/** The parts of `lib.modules` that are not at the top of `lib`. */
export const MODULES: Table = {
  // nixpkgs' wrapper only records where the module comes from.
  importApply: fn2('importApply', (cx, path, argument, at) =>
    cx.apply(
      cx.delay(() => cx.importPath(path, at)),
      argument,
      at,
    ),
  ),
  setDefaultModuleLocation: fn2('setDefaultModuleLocation', (_cx, file, module, at) => {
    const entries = new Map<string, Attr>([
      ['_file', attr(file, at)],
      ['imports', attr({ kind: 'list', items: [module], origin: at }, at)],
    ]);
    return attrs(entries, at);
  }),
};
