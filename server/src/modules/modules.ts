/**
 * The arguments that the module system passes to a module, as far as they can be known statically: `lib` is known,
 * the package set and the configuration are symbols, and every other argument is an unknown named after itself.
 */

import { fn1 } from '../nix/builtins/define.ts';
import { attr, attrs, attrsOf, path, string, symbol, unknown, unknownSelect } from '../nix/eval/construct.ts';
import type { Attr, AttrsValue, LambdaValue, Lazy, Scope, UnknownValue, Value } from '../nix/eval/value.ts';
import { nixpkgsLib } from '../nix/lib/index.ts';
import type { SourceFile } from '../nix/source.ts';

const lib: Lazy = nixpkgsLib();
/** The configuration of the current machine, shared by all of its modules. */
export const config = symbol('config', 'the configuration, which only the module system knows');
/** The package set: its `lib` is known, and its packages are symbols. */
export const packages: AttrsValue = attrs(
  new Map<string, Attr>([['lib', attr(lib, null)]]),
  null,
  symbol('pkgs', 'a package'),
);

/** Values that are the same in every module. */
export const COMMON = [nixpkgsLib(), packages] as const;

/** The flake itself. Its files are those of the workspace. */
const self: AttrsValue = attrs(
  new Map<string, Attr>([
    ['outPath', attr(path('', null), null)],
    // A flake converts to its path in `"${self}/web.nix"`.
    [
      '__toString',
      attr(
        fn1('toString', (cx, flake, at) => cx.select(flake, 'outPath', at)),
        null,
      ),
    ],
  ]),
  null,
  symbol('self', 'an output of the flake'),
);

/** nixpkgs as a flake input, with its known `lib`. */
const nixpkgs: AttrsValue = attrs(
  new Map<string, Attr>([['lib', attr(lib, null)]]),
  null,
  symbol('nixpkgs', 'something of nixpkgs'),
);

/** The inputs of the flake, including `self`. */
export const inputs: AttrsValue = attrs(
  new Map<string, Attr>([
    ['self', attr(self, null)],
    ['nixpkgs', attr(nixpkgs, null)],
  ]),
  null,
  symbol('inputs', 'an input of the flake'),
);

/** A known value at a path in an otherwise open set. */
export interface KnownPath {
  readonly path: readonly string[];
  readonly value: Lazy;
}

/** Returns a set in which only the values at some paths are known. No path may continue another. */
function knownAt(paths: readonly KnownPath[], open: UnknownValue): Lazy {
  const byName = new Map<string, KnownPath[]>();
  for (const {
    path: [name, ...below],
    value,
  } of paths) {
    if (name === undefined) return value;
    byName.set(name, [...(byName.get(name) ?? []), { path: below, value }]);
  }
  const entries = [...byName].map(([name, inner]): [string, Attr] => [
    name,
    attr(knownAt(inner, unknownSelect(open, name, null)), null),
  ]);
  return attrs(new Map(entries), null, open);
}

/**
 * The options of a machine. Clan's are always present: without them there would be no generators to define
 * (`optionalAttrs (options ? clan) { … }`).
 */
const options: Lazy = knownAt(
  [
    {
      path: ['clan', 'core', 'vars'],
      value: symbol('options.clan.core.vars', 'the options of a machine'),
    },
  ],
  symbol('options', 'the options of a machine'),
);

/**
 * Returns the configuration of a machine whose name is known.
 * @param more further known values of the configuration
 */
export function configOf(machine: string, more: readonly KnownPath[] = []): Lazy {
  const name = { path: ['clan', 'core', 'settings', 'machine', 'name'], value: string(machine, null) };
  return knownAt([name, ...more], config);
}

/** Returns the value of a parameter that means the same everywhere, or `null` for other names. */
export function wellKnownArgument(name: string): Lazy | null {
  switch (name) {
    case 'lib':
      return lib;
    case 'config':
    case 'osConfig':
    case 'nixosConfig':
    case 'darwinConfig':
      return config;
    case 'options':
      return options;
    case 'pkgs':
      return packages;
    case 'self':
      return self;
    case 'inputs':
      return inputs;
    case 'nixpkgs':
      return nixpkgs;
    default:
      return null;
  }
}

/** Returns the value of a file's argument if nothing is known of its caller. */
export function unknownArgument(name: string, file: string, at: number): Lazy {
  return (
    wellKnownArgument(name) ??
    unknown(`the argument \`${name}\``, argumentKey(name, file, at), null, { kind: 'root', name })
  );
}

function argumentKey(name: string, file: string, at: number): string {
  return `${name}@${file}:${at}`;
}

/** Returns whether a root is what a module that is a whole file is passed under one of its names. */
export function isArgumentOf({ key, term }: UnknownValue, { path, root }: SourceFile): boolean {
  return term?.kind === 'root' && key === argumentKey(term.name, path, root.start);
}

/**
 * Returns the argument that the flake passes to modules under a name (`specialArgs`), or `null` if there is none. For
 * `config` it is the machine's configuration, if the machine is known.
 */
export type ArgumentLookup = (name: string) => Lazy | null;

/** Arguments passed to modules with `{ … }@args` in addition to those that they name. */
const USUAL = ['lib', 'config', 'pkgs', 'self', 'inputs'];

function knownArgument(name: string, lookup: ArgumentLookup): Lazy | null {
  return (name === 'config' ? lookup(name) : null) ?? meaningOf(name, lookup);
}

/**
 * Returns the value of an argument. Of the arguments that mean the same everywhere, only `lib` may be extended by the
 * flake.
 */
export function meaningOf(name: string, lookup: ArgumentLookup): Lazy | null {
  return (name === 'lib' ? lookup(name) : null) ?? wellKnownArgument(name) ?? lookup(name);
}

/** Returns whether the value is nixpkgs' library with additions. */
export function isExtendedLibrary(value: Value): value is AttrsValue {
  const base = nixpkgsLib();
  if (value.kind !== 'attrs' || value === base) return false;
  return ['mkIf', 'mkMerge', 'mkOption', 'types'].every(
    name => value.entries.get(name) === base.entries.get(name),
  );
}

/** Returns the configuration that a module sees. */
export function argumentOf(name: 'config', lookup: ArgumentLookup): Lazy {
  return knownArgument(name, lookup) ?? config;
}

/** Returns the argument set that a module's function is called with. */
export function moduleArguments(fn: LambdaValue, lookup: ArgumentLookup): AttrsValue {
  const { expr, scope } = fn;
  const names = new Set((expr.formals ?? []).map(formal => formal.name.name));
  if (expr.formals === null || expr.ellipsis) for (const name of USUAL) names.add(name);
  const entries = new Map<string, Attr>();
  for (const name of names)
    entries.set(
      name,
      attr(knownArgument(name, lookup) ?? unknownArgument(name, scope.file.path, expr.start), null),
    );
  return attrs(entries, null);
}

/**
 * Returns whether a function that is the whole file is called in the given scope with the arguments of the module
 * system.
 */
export function isGivenTheSame({ expr, scope }: LambdaValue, walked: Scope, lookup: ArgumentLookup): boolean {
  if (scope.parent !== null || walked.file !== scope.file || scope.file.root !== expr) return false;
  if (expr.name !== null || expr.formals === null) return false;
  return expr.formals.every(({ name: { name }, fallback }) => {
    const there = walked.names?.get(name);
    if (fallback !== null || there === undefined) return false;
    const here = knownArgument(name, lookup);
    return here === null ? isUnknownArgument(there, name, scope.file.path, expr.start) : here === there;
  });
}

function isUnknownArgument(lazy: Lazy, name: string, file: string, at: number): boolean {
  return lazy.kind === 'unknown' && lazy.key === argumentKey(name, file, at);
}

/** Returns the arguments for a function. Without `...` it only gets those that it names. */
export function argumentsFor(fn: Value, args: Readonly<Record<string, Lazy>>): AttrsValue {
  const formals = fn.kind === 'lambda' && !fn.expr.ellipsis ? fn.expr.formals : null;
  if (formals === null) return attrsOf(args, null);
  const asked = new Set(formals.map(formal => formal.name.name));
  return attrsOf(Object.fromEntries(Object.entries(args).filter(([name]) => asked.has(name))), null);
}
