/**
 * Reads which nixpkgs a flake is locked to, and builds the expression that queries its packages. Pure: texts
 * in, texts out. The flake itself is not evaluated.
 */

/** A node of `flake.lock` as Nix fetches it. */
export type LockedInput = Readonly<Record<string, string | number | boolean>>;

/** A bound for inputs that follow each other in a cycle. */
const MAX_DEPTH = 20;

/**
 * Returns the input called `nixpkgs`, or null if there is none or the text is no lock file.
 *
 * @param lock the text of `flake.lock`
 */
export function lockedNixpkgs(lock: string): LockedInput | null {
  const nodes = nodesIn(lock);
  if (nodes === null) return null;
  const { root, all } = nodes;
  /** An input is the name of a node, or a path to one from the root. */
  const resolve = (input: unknown, depth: number): string | null => {
    if (typeof input === 'string') return input;
    if (!Array.isArray(input) || depth > MAX_DEPTH) return null;
    return input.reduce<string | null>(
      (at, name) => (at === null ? null : resolve(all[at]?.inputs?.[String(name)], depth + 1)),
      root,
    );
  };
  const name = resolve(all[root]?.inputs?.nixpkgs, 0);
  const locked = name === null ? undefined : all[name]?.locked;
  if (locked === undefined || locked === null || typeof locked.narHash !== 'string') return null;
  return Object.values(locked).every(value => ['string', 'number', 'boolean'].includes(typeof value))
    ? (locked as LockedInput)
    : null;
}

interface Node {
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly locked?: Readonly<Record<string, unknown>> | null;
}

function nodesIn(
  lock: string,
): { readonly root: string; readonly all: Readonly<Record<string, Node>> } | null {
  try {
    const value = JSON.parse(lock);
    const isWhole =
      typeof value?.root === 'string' && typeof value.nodes === 'object' && value.nodes !== null;
    return isWhole ? { root: value.root, all: value.nodes } : null;
  } catch {
    // The text contains merge conflicts, for example, which Nix would report too.
    return null;
  }
}

/** Matches names below `pkgs` that can be queried. */
const NAME = /^[A-Za-z_][\w'-]*(\.[A-Za-z_][\w'-]*)*$/;

/** The answer of Nix about a package. */
export interface NixPackage {
  /** `/nix/store/….drv!bin`: building this creates the path. */
  readonly output: string;
  readonly path: string;
}

/**
 * Returns an expression for a set of packages by name, with null for those that this nixpkgs lacks or refuses.
 * Selects the output with the commands of each package, as `lib.makeBinPath` does.
 *
 * @param system such as `x86_64-linux`
 */
export function packagesExpression(locked: LockedInput, system: string, names: readonly string[]): string {
  const asked = names
    .filter(name => NAME.test(name))
    .map(name => {
      const path = name.split('.').map(text).join('.');
      return `${text(name)} = told (pkgs.${path} or null);`;
    });
  return `let
  pkgs = import (builtins.fetchTree (builtins.fromJSON ${text(JSON.stringify(locked))})) {
    system = ${text(system)}; config = { }; overlays = [ ];
  };
  told = package: let
    bin = if package.outputSpecified or false then package else package.bin or package.out or package;
    facts = { output = "\${bin.drvPath}!\${bin.outputName or "out"}"; path = bin.outPath; };
    known = builtins.tryEval (if package == null then null else builtins.deepSeq facts facts);
  in if known.success then known.value else null;
in { ${asked.join(' ')} }`;
}

/** Returns a Nix string literal. */
function text(content: string): string {
  return `"${content.replace(/[\\"]/g, '\\$&').replaceAll('${', '\\${')}"`;
}

/** Parses the result of the expression; entries of another form count as absent. */
export function nixPackagesIn(value: unknown): ReadonlyMap<string, NixPackage | null> {
  const told = new Map<string, NixPackage | null>();
  if (typeof value !== 'object' || value === null) return told;
  for (const [name, nixPackage] of Object.entries(value))
    told.set(name, isNixPackage(nixPackage) ? nixPackage : null);
  return told;
}

function isNixPackage(value: unknown): value is NixPackage {
  const { output, path } = (value ?? {}) as Partial<NixPackage>;
  return typeof output === 'string' && typeof path === 'string' && path.startsWith('/');
}

/**
 * Returns Nix's name of a system, or null if it is not known.
 *
 * @param arch as in `process.arch`
 */
export function nixSystem(platform: string, arch: string): string | null {
  const cpu = { x64: 'x86_64', arm64: 'aarch64', riscv64: 'riscv64' }[arch];
  return cpu !== undefined && (platform === 'linux' || platform === 'darwin') ? `${cpu}-${platform}` : null;
}
