/**
 * Which commands which packages of nixpkgs bring, for the packages that generator scripts use. A package that is not in
 * `data/packages.json` is not known, and neither are its commands.
 */
import { once } from '../../std.ts';
import data from './data/packages.json' with { type: 'json' };
import { BUILTINS, COREUTILS } from './names.ts';

/** What is in a package's `bin`, `…` for more that scripts do not call; or the package that brings the same. */
type Brought = readonly string[] | string;

const PACKAGES: Readonly<Record<string, Brought>> = data.packages;

/** Where a package is the main way to get a command, it comes first. */
const USUAL: ReadonlyMap<string, string> = new Map(Object.entries(data.usual));

export interface PackageCommands {
  readonly commands: ReadonlySet<string>;
  /** False if the package has commands that are not listed. */
  readonly complete: boolean;
}

/**
 * Returns the commands that a package brings.
 * @param name its attribute below `pkgs`: `openssl`, `unixtools.xxd`; an output or version behind it is ignored
 * @returns null for a package that is not known
 */
export function packageCommands(name: string): PackageCommands | null {
  const brought = broughtBy(name.replace(/\.(bin|out|dev)$/, ''));
  if (brought === null) return null;
  return { commands: new Set(brought.filter(isCommand)), complete: brought.every(isCommand) };
}

const isCommand = (name: string) => name !== '…';

function broughtBy(attribute: string): readonly string[] | null {
  const brought = Object.hasOwn(PACKAGES, attribute) ? PACKAGES[attribute] : undefined;
  if (brought === undefined) return null;
  return typeof brought === 'string' ? broughtBy(brought) : brought;
}

/** The packages of each command, in alphabetical order. */
const packagesByCommand = once(indexCommands);

/** Returns the packages that bring a command, the usual one first. */
export function packagesWith(command: string): readonly string[] {
  const packages = packagesByCommand().get(command) ?? [];
  const usual = USUAL.get(command);
  return usual === undefined ? packages : [usual, ...packages.filter(name => name !== usual)];
}

/**
 * Returns the package to add for a command; null if none is known. `sure` is false where other packages bring a command
 * of that name and none of them is the usual one.
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
    // Every script has them: they need no package.
    if (name.startsWith('coreutils')) continue;
    for (const command of broughtBy(name)?.filter(isCommand) ?? [])
      index.set(command, [...(index.get(command) ?? []), name]);
  }
  return index;
}

/** Returns whether every script has a command: it is one of Bash's own, or of coreutils if the environment brings them. */
export function isAlwaysThere(command: string): boolean {
  return BUILTINS.has(command) || COREUTILS.has(command);
}

/** Returns the names of all packages that are known, in alphabetical order. */
export function packageNames(): readonly string[] {
  return Object.keys(PACKAGES);
}
