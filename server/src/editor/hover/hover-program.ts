/**
 * Renders hovers of programs that a script runs, with the package that provides each, and of packages in
 * `runtimeInputs`, with their programs.
 */

import { type FollowedScript, followed } from '../../checks/facts/followed-scripts.ts';
import { packagePlace } from '../../edits/edit-packages.ts';
import type { GeneratorBody } from '../../fleet/model/generators.ts';
import type { CommandFact } from '../../shell/flow/flow-facts.ts';
import { COREUTILS } from '../../shell/programs/names.ts';
import { packageCommands, packagesWith } from '../../shell/programs/tools.ts';
import { bodiesIn } from '../names/fleet-index.ts';
import type { Snapshot } from '../snapshot.ts';
import { code } from '../words/markdown.ts';
import type { CardAt, HoverContext } from './hover-context.ts';

/** The maximum number of programs to list. */
const MAX_LISTED = 24;

/**
 * Returns the card of the program or package at an offset, or null.
 *
 * @param offset 0-based UTF-16 offset
 */
export function programCard({ snapshot }: HoverContext, file: string, offset: number): CardAt | null {
  for (const body of bodiesIn(snapshot, file)) {
    const card = packageCard(snapshot, body, file, offset) ?? commandCard(body, file, offset);
    if (card !== null) return card;
  }
  return null;
}

function commandCard(body: GeneratorBody, file: string, offset: number): CardAt | null {
  const segments = body.script?.source?.segments ?? [];
  const script = segments.some(({ literal }) => literal?.file === file) ? followed(body.script) : null;
  if (script === null) return null;
  for (const command of script.flow.commands) {
    const { name, kind, nameAt } = command;
    const at = name === null || kind === 'function' ? null : script.placeOf(nameAt);
    if (name === null || at?.file !== file || offset < at.start || at.end < offset) continue;
    const what = kind === 'builtin' ? 'builtin of Bash' : 'program';
    const lines = kind === 'program' && command.lookup === 'path' ? originOf(body, script, name) : [];
    if (lines.length === 0 && kind !== 'builtin') return null;
    return { at, markdown: [`**${code(name)}** · ${what}`, ...lines].join('\n\n') };
  }
  return null;
}

/** Describes which package provides a program on the script's PATH. */
function originOf(body: GeneratorBody, { flow }: FollowedScript, name: string): string[] {
  if (COREUTILS.has(name)) return ['From `coreutils`, which every script has.'];
  const listed = body.runtimeInputs.filter(runtimeInput => packageCommands(runtimeInput)?.commands.has(name));
  if (listed.length > 0) return [`From ${codes(listed)} in \`runtimeInputs\`.`];
  const packages = packagesWith(name);
  const from =
    packages.length === 0 ? 'It is not known which package provides it.' : `Brought by ${codes(packages)}.`;
  const isComplete = body.runtimeInputs.every(
    runtimeInput => packageCommands(runtimeInput)?.complete === true,
  );
  if (flow.setsPath) return [from, 'The script sets `PATH` itself.'];
  if (!body.complete.packages || !isComplete) return [from, 'Not all programs of `runtimeInputs` are known.'];
  return [from, 'No package in `runtimeInputs` provides it: the script does not find it.'];
}

function packageCard({ files }: Snapshot, body: GeneratorBody, file: string, offset: number): CardAt | null {
  for (const candidate of body.packages) {
    if (candidate.at.file !== file) continue;
    const at = packagePlace(files, candidate);
    if (offset < at.start || at.end < offset) continue;
    const name = candidate.value;
    const contents = packageCommands(name);
    const title = `**${code(name)}** · package`;
    if (contents === null || contents.commands.size === 0)
      return { at, markdown: `${title}\n\nIt is not known which programs it provides.` };
    const programs = [...contents.commands].sort();
    const more = programs.length > MAX_LISTED || !contents.complete ? ', …' : '';
    const lines = [
      `- Programs: ${codes(programs.slice(0, MAX_LISTED))}${more}`,
      ...usedLine(body, contents.commands),
    ];
    return { at, markdown: `${title}\n\n${lines.join('\n')}` };
  }
  return null;
}

/** Lists the programs that the script calls; empty if that is not known. */
function usedLine({ script }: GeneratorBody, programs: ReadonlySet<string>): string[] {
  const commands = followed(script)?.flow.commands ?? [];
  const called = (fact: CommandFact) =>
    fact.lookup === 'path' && fact.name !== null && programs.has(fact.name);
  const names = new Set(commands.filter(called).map(command => command.name ?? ''));
  return names.size === 0 ? [] : [`- The script calls ${codes([...names])}`];
}

function codes(names: readonly string[]): string {
  return names.map(code).join(', ');
}
