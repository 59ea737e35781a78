/**
 * How a generator is run: its script and the packages whose commands it is given. A script may name a program of a
 * package by its place in the Nix store (`${pkgs.jq}/bin/jq`); such a hole is known for what it is, every other hole
 * is something that only Nix can tell.
 */
import type { GeneratorBody, Place } from '../fleet/model.ts';
import { packageCommands } from '../shell/tools.ts';

/** A program by its package: stands where its absolute path has to be. */
export interface ProgramPart {
  readonly package: string;
  readonly command: string;
}

export interface Recipe {
  /** Text, and programs between the texts. Empty for a generator that only stores its prompts. */
  readonly script: readonly (string | ProgramPart)[];
  /** Names below `pkgs`. */
  readonly packages: readonly string[];
  /** Why the script is not known: a place, or what is written there; null where it is. */
  readonly unknown: { readonly at: Place; readonly text: string | null } | null;
}

const read = new WeakMap<GeneratorBody, Recipe>();

export function recipeOf(body: GeneratorBody): Recipe {
  const known = read.get(body) ?? readRecipe(body);
  read.set(body, known);
  return known;
}

function readRecipe({ script, runtimeInputs }: GeneratorBody): Recipe {
  const packages = [...runtimeInputs];
  if (script === null) return { script: [], packages, unknown: null };
  const { source, at } = script;
  if (source === null) return { script: [], packages, unknown: { at, text: null } };
  const parts: (string | ProgramPart)[] = [];
  let from = 0;
  for (const hole of source.holes) {
    const written = source.text.slice(hole.start, hole.end);
    const rest = source.text.slice(hole.end);
    const found = programIn(written.slice(2, -1).trim(), rest);
    if (found === null) return { script: [], packages, unknown: { at, text: written } };
    parts.push(source.text.slice(from, hole.start), found.program);
    from = hole.end + found.taken;
  }
  parts.push(source.text.slice(from));
  return { script: parts.filter(part => part !== ''), packages, unknown: null };
}

const ATTRIBUTE = String.raw`pkgs\.([A-Za-z_][\w'-]*(?:\.[A-Za-z_][\w'-]*)*)`;
const PACKAGE = new RegExp(`^${ATTRIBUTE}$`);
const GET_EXE = new RegExp(`^(?:lib|pkgs\\.lib)\\.getExe\\s+${ATTRIBUTE}$`);
const GET_EXE_OF = new RegExp(`^(?:lib|pkgs\\.lib)\\.getExe'\\s+${ATTRIBUTE}\\s+"([\\w.+-]+)"$`);

/** @param rest the script behind the hole; `taken` is how much of it belongs to the program's path */
function programIn(expression: string, rest: string): { program: ProgramPart; taken: number } | null {
  const package_ = PACKAGE.exec(expression)?.[1];
  if (package_ !== undefined) {
    const path = /^\/bin\/([\w.+-]+)/.exec(rest);
    return path?.[1] === undefined
      ? null
      : { program: { package: withoutOutput(package_), command: path[1] }, taken: path[0].length };
  }
  const [, of, command] = GET_EXE_OF.exec(expression) ?? [];
  if (of !== undefined && command !== undefined)
    return { program: { package: withoutOutput(of), command }, taken: 0 };
  const only = GET_EXE.exec(expression)?.[1];
  const main = only === undefined ? null : mainCommand(only);
  return only === undefined || main === null ? null : { program: { package: only, command: main }, taken: 0 };
}

function withoutOutput(name: string): string {
  return name.replace(/\.(bin|out)$/, '');
}

/** The program that has its package's name, or the only one. */
function mainCommand(name: string): string | null {
  const brought = packageCommands(name);
  if (brought === null) return null;
  if (brought.commands.has(name)) return name;
  const [first, ...others] = brought.commands;
  return brought.complete && others.length === 0 ? (first ?? null) : null;
}
