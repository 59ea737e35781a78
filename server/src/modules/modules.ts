/**
 * What the module system gives to a module, as far as it can be known without it: `lib` is known, the package
 * set and the configuration are symbols, everything else is an unknown of its own name.
 */

import { fn1 } from '../nix/builtins/define.ts';
import { attr, attrs, attrsOf, path, string, symbol, unknown, unknownSelect } from '../nix/eval/construct.ts';
import type { Attr, AttrsValue, LambdaValue, Lazy, Scope, UnknownValue, Value } from '../nix/eval/value.ts';
import { nixpkgsLib } from '../nix/lib/index.ts';

const lib: Lazy = nixpkgsLib();
/** The configuration of the machine at hand; every module of it sees the same. */
export const config = symbol('config', 'the configuration, which only the module system knows');
/** The package set: its `lib` is known, its packages are symbols. */
export const packages: AttrsValue = attrs(
  new Map<string, Attr>([['lib', attr(lib, null)]]),
  null,
  symbol('pkgs', 'a package'),
);

/** What is the same in every module. */
export const COMMON = [nixpkgsLib(), packages] as const;

/** The flake itself: its files are those of the workspace. */
const self: AttrsValue = attrs(
  new Map<string, Attr>([
    ['outPath', attr(path('', null), null)],
    // `"${self}/web.nix"`: a flake stands for its path, whatever else it may have.
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

/** nixpkgs as a flake input: its `lib` is the one that is known. */
const nixpkgs: AttrsValue = attrs(
  new Map<string, Attr>([['lib', attr(lib, null)]]),
  null,
  symbol('nixpkgs', 'something of nixpkgs'),
);

/** The inputs of the flake, itself among them. */
export const inputs: AttrsValue = attrs(
  new Map<string, Attr>([
    ['self', attr(self, null)],
    ['nixpkgs', attr(nixpkgs, null)],
  ]),
  null,
  symbol('inputs', 'an input of the flake'),
);

/** What lies at a path of names in a set. */
export interface KnownPath {
  readonly path: readonly string[];
  readonly value: Lazy;
}

/** Returns a set of which only what is at some paths is known. No path goes on below another. */
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
 * The options of a machine. That clan's are among them is certain wherever it matters: without them there are no
 * generators to define (`optionalAttrs (options ? clan) { … }`).
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
 * Returns the configuration of a machine that is known by its name.
 * @param more what else is known of it
 */
export function configOf(machine: string, more: readonly KnownPath[] = []): Lazy {
  const name = { path: ['clan', 'core', 'settings', 'machine', 'name'], value: string(machine, null) };
  return knownAt([name, ...more], config);
}

/** Parameters that mean the same wherever they appear. */
export function wellKnown(name: string): Lazy | null {
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

/** Returns an argument that a file is given when nothing is known of its caller. */
export function unknownArgument(name: string, file: string, at: number): Lazy {
  return (
    wellKnown(name) ??
    unknown(`the argument \`${name}\``, argumentKey(name, file, at), null, { kind: 'root', name })
  );
}

function argumentKey(name: string, file: string, at: number): string {
  return `${name}@${file}:${at}`;
}

/**
 * Returns the argument that the flake gives to modules under a name (`specialArgs`), or `null` if there is none. For
 * `config` it is the configuration of the machine, if it is known which machine that is.
 */
export type Given = (name: string) => Lazy | null;

/** Arguments that modules which take all of `{ … }@args` are given beside those they name. */
const USUAL = ['lib', 'config', 'pkgs', 'self', 'inputs'];

function knownArgument(name: string, lookup: Given): Lazy | null {
  return (name === 'config' ? lookup(name) : null) ?? meaningOf(name, lookup);
}

/**
 * Returns the value of an argument. Of those that mean the same everywhere, only `lib` may be given with additions.
 */
export function meaningOf(name: string, lookup: Given): Lazy | null {
  return (name === 'lib' ? lookup(name) : null) ?? wellKnown(name) ?? lookup(name);
}

/** Returns whether it is the library of nixpkgs with something added to it. */
export function isExtendedLibrary(value: Value): value is AttrsValue {
  const base = nixpkgsLib();
  if (value.kind !== 'attrs' || value === base) return false;
  return ['mkIf', 'mkMerge', 'mkOption', 'types'].every(
    name => value.entries.get(name) === base.entries.get(name),
  );
}

/** Returns the configuration that a module sees. */
export function argumentOf(name: 'config', lookup: Given): Lazy {
  return knownArgument(name, lookup) ?? config;
}

/** Returns what a module that is a function is called with. */
export function moduleArguments(fn: LambdaValue, lookup: Given): AttrsValue {
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
 * Returns whether the function, which is all of its file, is called in the scope with what the module system gives
 * it.
 */
export function isGivenTheSame({ expr, scope }: LambdaValue, walked: Scope, lookup: Given): boolean {
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

/** Returns the arguments for a function. One that names no `...` is given only what it asks for. */
export function argumentsFor(fn: Value, args: Readonly<Record<string, Lazy>>): AttrsValue {
  const formals = fn.kind === 'lambda' && !fn.expr.ellipsis ? fn.expr.formals : null;
  if (formals === null) return attrsOf(args, null);
  const asked = new Set(formals.map(formal => formal.name.name));
  return attrsOf(Object.fromEntries(Object.entries(args).filter(([name]) => asked.has(name))), null);
}
