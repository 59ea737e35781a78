/**
 * How to run a generator: its script and the packages whose commands are available to it. A script may contain
 * the store path of a program (`${pkgs.jq}/bin/jq`) or of a workspace file (`${./make.py}`); these holes are
 * recognised, and every other hole can only be evaluated by Nix.
 */

import { placeInScript } from '../../fleet/generators/script.ts';
import type { GeneratorBody } from '../../fleet/model/generators.ts';
import type { Place } from '../../nix/places.ts';
import { packageCommands } from '../../shell/programs/tools.ts';

/** A program by its package, in place of its absolute path. */
interface ProgramPart {
  readonly package: string;
  readonly command: string;
}

/** A workspace file or folder, in place of the path of its copy. */
export interface CopyPart {
  /** Relative to the root. */
  readonly path: string;
}

export interface Recipe {
  /** The script's text, with parts in between. Empty for a generator that only stores its prompts. */
  readonly script: readonly (string | ProgramPart | CopyPart)[];
  /** Names below `pkgs`. */
  readonly packages: readonly string[];
  /**
   * The place of an unknown script and, if only a part of it is unknown, that part's text; null if the script
   * is known.
   */
  readonly unknown: { readonly at: Place; readonly text: string | null } | null;
  /** The text that Nix evaluates, with store paths; null if Nix was not asked. */
  readonly evaluated: string | null;
  /** Whether the script is that text, since it cannot be run as it was read. */
  readonly isOfNix: boolean;
}

/** The recipe of a generator that only stores its prompts. */
export const NO_RECIPE: Recipe = {
  ...{ script: [], packages: [], unknown: null },
  ...{ evaluated: null, isOfNix: false },
};

export function recipeOf(body: GeneratorBody): Recipe {
  const evaluated = body.script?.evaluated ?? null;
  const read = { ...readRecipe(body), evaluated, isOfNix: false };
  // A path of the store in a text without holes came from Nix as well.
  const isWhole = body.script?.source?.text === evaluated && evaluated !== null && STORE_PATH.test(evaluated);
  if (evaluated === null || (read.unknown === null && !isWhole)) return read;
  return { ...read, script: [evaluated], unknown: null, isOfNix: true };
}

/** Matches a path of the Nix store. */
const STORE_PATH = /\/[0-9a-df-np-sv-z]{32}-[\w.+?=-]/;

type ReadRecipe = Omit<Recipe, 'evaluated' | 'isOfNix'>;

/** Returns the recipe as it was read. */
function readRecipe({ script, runtimeInputs }: GeneratorBody): ReadRecipe {
  const packages = [...runtimeInputs];
  if (script === null) return { script: [], packages, unknown: null };
  const { source, at, file } = script;
  // Clan inserts its path into the text, so Bash runs it as a program.
  if (file !== null) return { script: [{ path: file }], packages, unknown: null };
  if (source === null) return { script: [], packages, unknown: { at, text: null } };
  const parts: (string | ProgramPart | CopyPart)[] = [];
  const copied = new Map(
    source.segments.flatMap(({ start, path }) => (path === null ? [] : [[start, path]])),
  );
  let from = 0;
  for (const { start, end } of source.holes) {
    // The name of a main program is a hole after that of its package.
    if (start < from) continue;
    const path = copied.get(start);
    if (path !== undefined) {
      parts.push(source.text.slice(from, start), { path });
      from = end;
      continue;
    }
    const shown = source.text.slice(start, end);
    const package_ = PACKAGE.exec(shown)?.[1];
    const program = package_ === undefined ? null : programOf(package_, source.text.slice(end));
    if (program === null)
      return { script: [], packages, unknown: { at: placeInScript(source, start, end) ?? at, text: shown } };
    parts.push(source.text.slice(from, start), program.program);
    from = end + program.taken;
  }
  parts.push(source.text.slice(from));
  return { script: parts.filter(part => part !== ''), packages, unknown: null };
}

const PACKAGE = /^\$\{\s*pkgs\.([A-Za-z_][\w'-]*(?:\.[A-Za-z_][\w'-]*)*)\s*\}$/;

/**
 * Returns the program at a hole of a script, or null.
 *
 * @param rest the script after the hole; `taken` is the length of the part that belongs to the program's path
 */
function programOf(
  package_: string,
  rest: string,
): { readonly program: ProgramPart; readonly taken: number } | null {
  const [path, command, main] = PROGRAM.exec(rest) ?? [];
  const name = main === undefined ? command : mainCommand(package_);
  if (path === undefined || name == null) return null;
  return { program: { package: withoutOutput(package_), command: name }, taken: path.length };
}

/** Matches a path in a package, or the result of `lib.getExe`. */
const PROGRAM = /^\/bin\/(?:([\w.+-]+)|(\$\{meta\.mainProgram\}))/;

function withoutOutput(name: string): string {
  return name.replace(/\.(bin|out)$/, '');
}

/** Returns the program with the package's name, or else the only one. */
function mainCommand(name: string): string | null {
  const contents = packageCommands(name);
  if (contents === null) return null;
  if (contents.commands.has(name)) return name;
  const [first, ...others] = contents.commands;
  return contents.complete && others.length === 0 ? (first ?? null) : null;
}
