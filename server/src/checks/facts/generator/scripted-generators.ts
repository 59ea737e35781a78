/**
 * Generators with their scripts, as the rules about scripts read them. A generator that is not the same everywhere is looked
 * at in each of its bodies by itself: every script has to be right, whoever gets it. A rule looks at each body once; what
 * it says is kept for as long as the body is the same, so that an edit costs only the generators it touches.
 */

import type { Generator, GeneratorBody } from '../../../fleet/model/generators.ts';
import type { Place } from '../../../nix/places.ts';
import type { CommandFact } from '../../../shell/flow/flow-facts.ts';
import type { Range } from '../../../shell/syntax.ts';
import { derived } from '../../memory/derived.ts';
import { keptOf, newQuestion } from '../../memory/kept.ts';
import type { CheckContext, Report } from '../../rule.ts';
import { firstTime } from '../fleet-facts.ts';
import { type FollowedScript, followed } from '../followed-scripts.ts';

export interface Scripted {
  readonly generator: Generator;
  readonly body: GeneratorBody;
  readonly script: FollowedScript;
}

/** A generator with what is kept of its body. */
interface Slot {
  readonly generator: Generator;
  readonly body: GeneratorBody;
  readonly kept: unknown[];
}

/** Looked up once a fleet for all rules: in a large one, each looking up all bodies takes longer than the rules do. */
const slotsOf = derived((fleet): readonly Slot[] =>
  fleet.generators.flatMap(generator =>
    generator.bodies().map(body => ({ generator, body, kept: keptOf(body) })),
  ),
);

/** A generator of which something is found in its body. */
export interface FoundIn<T> {
  readonly generator: Generator;
  readonly body: GeneratorBody;
  readonly found: readonly T[];
}

/**
 * Looks into each body once, for as long as it is the same.
 * @param look what is found there; null: nothing is known yet, and it is asked again the next time
 * @returns those in which there is anything
 */
export function inBodies<T>(
  look: (generator: Generator, body: GeneratorBody, context: CheckContext) => Iterable<T> | null,
): (context: CheckContext) => Iterable<FoundIn<T>> {
  const question = newQuestion();
  return function* (context) {
    for (const { generator, body, kept } of slotsOf(context.fleet)) {
      let found = kept[question] as readonly T[] | undefined;
      if (found === undefined) {
        const fresh = look(generator, body, context);
        if (fresh === null) continue;
        found = [...fresh];
        kept[question] = found.length === 0 ? NOTHING : found;
      }
      if (found.length > 0) yield { generator, body, found };
    }
  };
}

const NOTHING: readonly never[] = [];

/**
 * Returns the check of a rule that looks at one generator after another. What several generators have from one place is
 * reported once. Null: nothing is known yet, and it is asked again the next time.
 */
export function forEachGenerator(
  check: (generator: Generator, body: GeneratorBody, context: CheckContext) => Iterable<Report> | null,
): (context: CheckContext) => Iterable<Report> {
  const reportsIn = inBodies(check);
  return function* (context) {
    const isNew = firstTime();
    for (const { found } of reportsIn(context)) for (const report of found) if (isNew(report)) yield report;
  };
}

/** As `forEachGenerator`, for generators with a script that is known and can be followed. */
export function forEachScript(
  check: (scripted: Scripted, context: CheckContext) => Iterable<Report>,
): (context: CheckContext) => Iterable<Report> {
  return forEachGenerator((generator, body, context) => {
    const script = followed(body.script);
    // Known, but the Bash room is not loaded yet.
    if (script === null) return body.script?.source == null ? NOTHING : null;
    return check({ generator, body, script }, context);
  });
}

/** Returns `generator "x"`, for messages. */
export function named({ generator }: Scripted): string {
  return `generator "${generator.name}"`;
}

/** Returns whether a stretch is inside a function that nothing calls. */
export function isUncalled({ script }: Scripted, at: Range): boolean {
  return script.flow.uncalled.some(range => range.start <= at.start && at.end <= range.end);
}

/** Returns whether the script may change, unseen, what names of variables and commands mean. */
export function isVeiled({ script }: Scripted): boolean {
  return script.flow.opaqueVariables || script.tree.errors.length > 0;
}

/** Returns the commands that may run: none of functions that nothing calls, none behind the end of the script. */
export function commandsOf(scripted: Scripted): CommandFact[] {
  return scripted.script.flow.commands.filter(command => command.reached && !isUncalled(scripted, command));
}

/** Tells whether any command of a stretch may run. */
export function mayRun(scripted: Scripted, { start, end }: Range): boolean {
  return commandsOf(scripted).some(command => start <= command.start && command.end <= end);
}

/**
 * Tells whether what a command comes to is what decides about the script: it happens in every run, and the script
 * does not end with an error in any case.
 */
export function isDecisive({ script }: Scripted, { certain }: { readonly certain: boolean }): boolean {
  return certain && !script.flow.fails;
}

/**
 * Returns where a stretch is written if exactly its text is there; null where it is escaped, put together, or
 * elsewhere.
 */
export function writtenPlace({ script }: Scripted, { sources }: CheckContext, range: Range): Place | null {
  const at = script.placeOf(range);
  if (at === null) return null;
  const written = sources.parse(at.file)?.text.slice(at.start, at.end);
  return written === script.source.text.slice(range.start, range.end) ? at : null;
}
