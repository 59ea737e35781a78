/**
 * The commands that packages of nixpkgs provide, for packages that generator scripts use. Packages that are not in
 * `data/packages.json`, and their commands, are unknown.
 */
import { once } from '../../std.ts';
import data from './data/packages.json' with { type: 'json' };
import { BUILTINS, COREUTILS } from './names.ts';

/**
 * The commands in a package's `bin`, with `…` for further ones that scripts do not call, or the name of a package
 * that provides the same.
 */
type PackageContents = readonly string[] | string;

const PACKAGES: Readonly<Record<string, PackageContents>> = data.packages;

/** The main package of a command, which comes first. */
const USUAL: ReadonlyMap<string, string> = new Map(Object.entries(data.usual));

export interface PackageCommands {
  readonly commands: ReadonlySet<string>;
  /** False if the package has commands that are not listed. */
  readonly complete: boolean;
}

/**
 * Returns the commands that a package provides, or `null` if the package is unknown.
 * @param name its attribute below `pkgs`: `openssl`, `unixtools.xxd`; an output or version after it is ignored
 */
export function packageCommands(name: string): PackageCommands | null {
  const brought = commandsOfPackage(name.replace(/\.(bin|out|dev)$/, ''));
  if (brought === null) return null;
  return { commands: new Set(brought.filter(isCommand)), complete: brought.every(isCommand) };
}

const isCommand = (name: string) => name !== '…';

function commandsOfPackage(attribute: string): readonly string[] | null {
  const brought = Object.hasOwn(PACKAGES, attribute) ? PACKAGES[attribute] : undefined;
  if (brought === undefined) return null;
  return typeof brought === 'string' ? commandsOfPackage(brought) : brought;
}

/** The packages of each command, in alphabetical order. */
const packagesByCommand = once(indexCommands);

/** Returns the packages that provide a command, the usual one first. */
export function packagesWith(command: string): readonly string[] {
  const packages = packagesByCommand().get(command) ?? [];
  const usual = USUAL.get(command);
  return usual === undefined ? packages : [usual, ...packages.filter(name => name !== usual)];
}

/**
 * Returns the package to add for a command, or `null` if none is known. `sure` is false if several packages provide
 * the command and none of them is the usual one.
 */
export function packageFor(command: string): { readonly name: string; readonly sure: boolean } | null {
  const names = packagesWith(command);
  const [name] = names;
  if (name === undefined) return null;
  return { name, sure: names.length === 1 || USUAL.has(command) };
}

function indexCommands(): ReadonlyMap<string, readonly string[]> {
  const index = new Map<string, string[]>();
  for (const name of Object.keys(PACKAGES)) {
    // Every script has these commands, so no package is needed.
    if (name.startsWith('coreutils')) continue;
    for (const command of commandsOfPackage(name)?.filter(isCommand) ?? [])
      index.set(command, [...(index.get(command) ?? []), name]);
  }
  return index;
}

/** Returns whether every script has a command: a builtin, or a program of coreutils. */
export function isAlwaysThere(command: string): boolean {
  return BUILTINS.has(command) || COREUTILS.has(command);
}

/** Returns the names of all known packages, in alphabetical order. */
export function packageNames(): readonly string[] {
  return Object.keys(PACKAGES);
}
