/**
 * What the module system gives to a module, as far as it can be known without it: `lib` is known, the package
 * set and the configuration are symbols, everything else is an unknown of its own name.
 */
import { attr, attrs, attrsOf, path, symbol, unknown } from '../nix/construct.ts';
import { nixpkgsLib } from '../nix/lib/index.ts';
import type { Attr, AttrsValue, LambdaValue, Lazy, Value } from '../nix/value.ts';

const lib: Lazy = nixpkgsLib();
/** The configuration of the machine at hand; every module of it sees the same. */
export const config = symbol('config', 'the configuration, which only the module system knows');
/** The package set: its `lib` is known, its packages are symbols. */
export const packages: AttrsValue = attrs(
  new Map<string, Attr>([['lib', attr(lib, null)]]),
  null,
  symbol('pkgs', 'a package'),
);

/** The flake itself: its files are those of the workspace. */
const self: AttrsValue = attrs(
  new Map<string, Attr>([['outPath', attr(path('', null), null)]]),
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

/** An argument that a file is given when nothing is known of its caller. */
export function unknownArgument(name: string, file: string, at: number): Lazy {
  return (
    wellKnown(name) ??
    unknown(`the argument \`${name}\``, `${name}@${file}:${at}`, null, { kind: 'root', name })
  );
}

/** What the flake hands to modules under a name (`specialArgs`); null if nothing. */
export type Given = (name: string) => Lazy | null;

/** Arguments that modules which take all of `{ … }@args` are given beside those they name. */
const USUAL = ['lib', 'config', 'pkgs', 'self', 'inputs'];

/** What a module that is a function is called with. */
export function moduleArguments(fn: LambdaValue, given: Given): AttrsValue {
  const { expr, scope } = fn;
  const names = new Set((expr.formals ?? []).map(formal => formal.name.name));
  if (expr.formals === null || expr.ellipsis) for (const name of USUAL) names.add(name);
  const entries = new Map<string, Attr>();
  for (const name of names)
    entries.set(
      name,
      attr(wellKnown(name) ?? given(name) ?? unknownArgument(name, scope.file.path, expr.start), null),
    );
  return attrs(entries, null);
}

/** A function that names no `...` is given only what it asks for. */
export function argumentsFor(fn: Value, args: Readonly<Record<string, Lazy>>): AttrsValue {
  const formals = fn.kind === 'lambda' && !fn.expr.ellipsis ? fn.expr.formals : null;
  if (formals === null) return attrsOf(args, null);
  const asked = new Set(formals.map(formal => formal.name.name));
  return attrsOf(Object.fromEntries(Object.entries(args).filter(([name]) => asked.has(name))), null);
}
