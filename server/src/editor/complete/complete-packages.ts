/**
 * Completes `runtimeInputs`, starting with packages that provide the script's programs and are not listed yet.
 */
import { followed } from '../../checks/facts/followed-scripts.ts';
import { isAlwaysThere, packageCommands, packageNames, packagesWith } from '../../shell/programs/tools.ts';
import { generatorAround } from '../names/enclosing-generator.ts';
import { type Asked, type CompletionItem, item } from './completion-items.ts';

export function packageItems(asked: Asked): readonly CompletionItem[] | null {
  const { cursor, line } = asked;
  const list = cursor.frames.findLast(({ kind }) => kind === 'list');
  if (list?.path.at(-1) !== 'runtimeInputs' || cursor.frames.at(-1)?.kind === 'string') return null;
  const missing = missingPackages(asked);
  const behindPkgs = /\bpkgs\.$/.test(line);
  const inWith = /runtimeInputs\s*=\s*with\s+pkgs\s*;[^;]*$/.test(asked.text.slice(0, asked.start));
  const prefix = behindPkgs || inWith ? '' : 'pkgs.';
  return packageNames().map(name => {
    const command = missing.get(name);
    const commands = [...(packageCommands(name)?.commands ?? [])];
    const detail = command === undefined ? commands.slice(0, 5).join(' ') : `the script calls ${command}`;
    return item(name, 'package', detail, { insert: prefix + name, rank: command === undefined ? 2 : 0 });
  });
}

/** Returns packages that provide a command missing from the listed ones, as package to command. */
function missingPackages(asked: Asked): ReadonlyMap<string, string> {
  const owner = generatorAround(asked);
  const missing = new Map<string, string>();
  for (const generator of asked.index.generators.get(owner ?? '') ?? []) {
    const body = generator.body();
    const listed = new Set(body.runtimeInputs.flatMap(name => [...(packageCommands(name)?.commands ?? [])]));
    for (const { name, kind, lookup } of followed(body.script)?.flow.commands ?? []) {
      if (name === null || kind !== 'program' || lookup !== 'path') continue;
      if (isAlwaysThere(name) || listed.has(name)) continue;
      for (const packageName of packagesWith(name))
        if (!missing.has(packageName)) missing.set(packageName, name);
    }
  }
  return missing;
}
