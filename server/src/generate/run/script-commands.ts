/**
 * Provides the commands of a script: those of its packages and of coreutils, from the Nix store or from this
 * system. On this system a package is a list of commands, and the script determines which of them have to
 * exist.
 */
import { join } from 'node:path';
import { isThere } from '../../host/files/outside-files.ts';
import { type Commands, findCommand } from '../../host/programs/commands.ts';
import { followScript } from '../../shell/flow/flow.ts';
import { parseScript } from '../../shell/parse/parse.ts';
import { packageCommands } from '../../shell/programs/tools.ts';
import type { CopyPart, Recipe } from '../plan/recipe.ts';
import { RunFailure } from '../run-failure.ts';
import { switchesTracingOn } from './bash-tracing.ts';
import { storePathsIn } from './evaluated-scripts.ts';
import type { ScriptEnvironment } from './script-environment.ts';

/** A script with everything it needs to run. */
export interface Prepared {
  /** The text, with workspace files in place of their paths. Empty if there is nothing to run. */
  readonly text: readonly (string | CopyPart)[];
  /** Absolute paths of programs by command name. */
  readonly commands: ReadonlyMap<string, string>;
  /** Folders with further commands, of packages in the Nix store. */
  readonly path: readonly string[];
  /** Whether the script visibly makes Bash trace its commands. */
  readonly traces: boolean;
}

/**
 * Prepares a script for running.
 *
 * @param name of the generator, for messages @param packages absolute paths of packages in the Nix store; the
 * others are taken from this system @throws RunFailure naming command, package and generator if a command that
 * the script uses is missing, or a file
 */
export async function prepareScript(
  name: string,
  recipe: Recipe,
  { commands: host, root }: Pick<ScriptEnvironment, 'commands' | 'root'>,
  packages: ReadonlyMap<string, string>,
): Promise<Prepared> {
  const script = await scriptParts(name, recipe, host, packages);
  for (const part of script)
    if (typeof part !== 'string' && !(await isThere(join(root, part.path))))
      throw new RunFailure(`Generator "${name}" uses ${part.path}, which does not exist.`);
  if (recipe.isOfNix)
    for (const path of storePathsIn(recipe.evaluated ?? ''))
      if (!(await isThere(path)))
        throw new RunFailure(
          `Generator "${name}" uses ${path}, which is not built. With --nix, generate builds what scripts use.`,
        );
  // The path at which a file is mounted does not affect which commands are used.
  const text = script.map(part => (typeof part === 'string' ? part : `/${part.path}`)).join('');
  if (text.trim() === '') return { text: [], commands: new Map(), path: [], traces: false };
  const wanted = [...recipe.packages, 'coreutils'];
  const path = wanted.flatMap(name => packages.get(name) ?? []).map(folder => join(folder, 'bin'));
  const commands = new Map<string, string>();
  const offered = new Map<string, string>();
  const unlisted: string[] = [];
  for (const packageName of ['coreutils', ...recipe.packages]) {
    if (packages.has(packageName)) continue;
    const contents = packageCommands(packageName);
    if (contents === null || !contents.complete) unlisted.push(packageName);
    for (const command of contents?.commands ?? []) offered.set(command, packageName);
  }
  for (const command of offered.keys()) {
    const program = await host.find(command);
    if (program !== null) commands.set(command, program);
  }
  const { programs, traces } = lookedUp(text);
  for (const command of programs) {
    if (commands.has(command) || (await findCommand(command, path)) !== null) continue;
    const from = offered.get(command);
    if (from !== undefined) throw absent(name, command, `which "${from}" brings`);
    if (unlisted.length === 0) continue;
    // A package that is not fully known may provide it.
    const program = await host.find(command);
    if (program === null) throw absent(name, command, `which "${unlisted.join('" or "')}" may bring`);
    commands.set(command, program);
  }
  return { text: script, commands, path, traces };
}

function absent(generator: string, command: string, origin: string): RunFailure {
  return new RunFailure(
    `Generator "${generator}" uses the command "${command}", ${origin} in Nix; it is not installed on this system where scripts can use it. Install it, or use "clan vars generate".`,
  );
}

/** Returns the script with the absolute paths of programs. */
async function scriptParts(
  name: string,
  { script }: Recipe,
  host: Commands,
  packages: ReadonlyMap<string, string>,
): Promise<(string | CopyPart)[]> {
  const parts: (string | CopyPart)[] = [];
  for (const part of script) {
    if (typeof part === 'string' || 'path' in part) {
      parts.push(part);
      continue;
    }
    const stored = packages.get(part.package);
    const program =
      stored === undefined
        ? await host.find(part.command)
        : await findCommand(part.command, [join(stored, 'bin')]);
    if (program === null) throw absent(name, part.command, `which "${part.package}" brings`);
    parts.push(program);
  }
  return parts;
}

/** Facts from the text of a script. */
interface Looked {
  /** Names of programs that it runs without testing for them first. */
  readonly programs: ReadonlySet<string>;
  readonly traces: boolean;
}

const looked = new Map<string, Looked>();

/** Returns the facts of a text. Cached, because machines often share scripts. */
function lookedUp(text: string): Looked {
  const facts = looked.get(text) ?? lookAt(text);
  looked.set(text, facts);
  return facts;
}

function lookAt(text: string): Looked {
  const flow = followScript(parseScript({ text, holes: [] }), {
    directories: ['in', 'out', 'prompts'],
    outputs: ['out'],
    environment: ['HOME', 'TMPDIR', 'LANG', 'PATH'],
    errexit: true,
    pipefail: true,
  });
  const traces = switchesTracingOn(flow);
  if (flow.setsPath) return { programs: new Set(), traces };
  const programs = flow.commands.flatMap(({ kind, lookup, name }) =>
    kind === 'program' && lookup === 'path' && name !== null && !flow.probed.has(name) ? [name] : [],
  );
  return { programs: new Set(programs), traces };
}

/** Returns the packages of a recipe by their names below `pkgs`. */
export function packagesOf({ packages, script }: Recipe): string[] {
  const named = script.flatMap(part => (typeof part === 'string' || 'path' in part ? [] : [part.package]));
  return ['coreutils', ...packages, ...named];
}
