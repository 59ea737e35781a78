/**
 * Runs rules about scripts over generators. A generator that differs between machines is inspected in each of
 * its bodies, because every script has to be correct.
 */

import type { Generator, GeneratorBody } from '../../../fleet/model/generators.ts';
import type { Place } from '../../../nix/places.ts';
import type { CommandFact } from '../../../shell/flow/flow-facts.ts';
import type { Range } from '../../../shell/syntax.ts';
import { inBodies } from '../../memory/per-body.ts';
import type { CheckContext, Report } from '../../rule.ts';
import { firstTime } from '../fleet-facts.ts';
import { type FollowedScript, followed } from '../followed-scripts.ts';

export interface ScriptedGenerator {
  readonly generator: Generator;
  readonly body: GeneratorBody;
  readonly script: FollowedScript;
}

/**
 * Returns the check of a rule that inspects generators one at a time. What several generators take from one
 * place is reported once.
 */
export function forEachGenerator(
  check: (generator: Generator, body: GeneratorBody, context: CheckContext) => Iterable<Report>,
): (context: CheckContext) => Iterable<Report> {
  const reportsIn = inBodies(check);
  return function* (context) {
    const isNew = firstTime();
    for (const { found } of reportsIn(context)) for (const report of found) if (isNew(report)) yield report;
  };
}

/** Like `forEachGenerator`, for generators whose script is known and can be analysed. */
export function forEachScript(
  check: (scripted: ScriptedGenerator, context: CheckContext) => Iterable<Report>,
): (context: CheckContext) => Iterable<Report> {
  return forEachGenerator((generator, body, context) => {
    const script = followed(body.script);
    return script === null ? [] : check({ generator, body, script }, context);
  });
}

/** Returns `generator "x"`, for messages. */
export function named({ generator }: ScriptedGenerator): string {
  return `generator "${generator.name}"`;
}

/** Returns whether a range is inside a function that is never called. */
export function isUncalled({ script }: ScriptedGenerator, at: Range): boolean {
  return script.flow.uncalled.some(range => range.start <= at.start && at.end <= range.end);
}

/** Returns whether the script may change the meaning of variables and commands in a way that cannot be seen. */
export function mayRedefineNames({ script }: ScriptedGenerator): boolean {
  return script.flow.opaqueVariables || script.tree.errors.length > 0;
}

/**
 * Returns the commands that may run: not in functions that are never called, and not after the end of the
 * script.
 */
export function commandsOf(scripted: ScriptedGenerator): CommandFact[] {
  return scripted.script.flow.commands.filter(command => command.reached && !isUncalled(scripted, command));
}

/** Returns whether any command within a range may run. */
export function mayRun(scripted: ScriptedGenerator, { start, end }: Range): boolean {
  return commandsOf(scripted).some(command => start <= command.start && command.end <= end);
}

/**
 * Returns whether a command decides the outcome of the script: it runs every time, and the script does not fail
 * in any case.
 */
export function isDecisive(
  { script }: ScriptedGenerator,
  { certain }: { readonly certain: boolean },
): boolean {
  return certain && !script.flow.fails;
}

/**
 * Returns the source place of a range if its exact text is written there, or null if it is escaped, computed or
 * written elsewhere.
 */
export function writtenPlace(
  { script }: ScriptedGenerator,
  { sources }: CheckContext,
  range: Range,
): Place | null {
  const at = script.placeOf(range);
  if (at === null) return null;
  const written = sources.parse(at.file)?.text.slice(at.start, at.end);
  return written === script.source.text.slice(range.start, range.end) ? at : null;
}
