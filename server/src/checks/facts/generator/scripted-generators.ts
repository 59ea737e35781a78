/**
 * Runs rules about scripts over generators. A generator that differs between machines is inspected in each of
 * its bodies, because every script has to be correct. A rule inspects each body once and its results are kept
 * while the body is unchanged, so an edit costs only the generators it affects.
 */

import type { Generator, GeneratorBody } from '../../../fleet/model/generators.ts';
import type { Place } from '../../../nix/places.ts';
import type { CommandFact } from '../../../shell/flow/flow-facts.ts';
import type { Range } from '../../../shell/syntax.ts';
import { derived } from '../../memory/derived.ts';
import { isStillValid, type Kept, keptOf, newQuestion, noted } from '../../memory/kept.ts';
import type { CheckContext, Report } from '../../rule.ts';
import { firstTime } from '../fleet-facts.ts';
import { type FollowedScript, followed } from '../followed-scripts.ts';

export interface ScriptedGenerator {
  readonly generator: Generator;
  readonly body: GeneratorBody;
  readonly script: FollowedScript;
}

/** A generator with the cached results of its body. */
interface Slot {
  readonly generator: Generator;
  readonly body: GeneratorBody;
  readonly kept: (KeptResults | undefined)[];
}

/** The results for a body, and the texts that were read for them: a fix looks at what is written around the body. */
interface KeptResults extends Kept<readonly unknown[]> {
  readonly texts: ReadonlyMap<string, string | null> | null;
}

/**
 * Built once per fleet for all rules: in a large fleet, looking up all bodies per rule takes longer than the
 * rules themselves.
 */
const slotsOf = derived((fleet): readonly Slot[] =>
  fleet.generators.flatMap(generator =>
    generator.bodies().map(body => ({ generator, body, kept: keptOf(body) as (KeptResults | undefined)[] })),
  ),
);

/** A generator in whose body something was found. */
export interface GeneratorMatches<T> {
  readonly generator: Generator;
  readonly body: GeneratorBody;
  readonly found: readonly T[];
}

/**
 * Inspects each body once, for as long as it and the texts that were read for it are unchanged.
 *
 * @param look returns the results, or null to be asked again next time because nothing is known yet
 *
 * @returns the generators with results
 */
export function inBodies<T>(
  look: (generator: Generator, body: GeneratorBody, context: CheckContext) => Iterable<T> | null,
): (context: CheckContext) => Iterable<GeneratorMatches<T>> {
  const question = newQuestion();
  return function* (context) {
    const { noted: reading, takeTexts } = notingTexts(context);
    for (const { generator, body, kept } of slotsOf(context.fleet)) {
      const before = kept[question];
      let found = before?.value as readonly T[] | undefined;
      if (
        before === undefined ||
        found === undefined ||
        !isStillValid(before) ||
        !areCurrent(before, context)
      ) {
        const { value, read } = noted(() => itemsOf(look(generator, body, reading)));
        const texts = takeTexts();
        if (value === null) continue;
        found = value;
        kept[question] =
          value.length === 0 && texts === null && read === null ? NOTHING_KEPT : { value, read, texts };
      }
      if (found.length > 0) yield { generator, body, found };
    }
  };
}

const NOTHING: readonly never[] = [];
const NOTHING_KEPT: KeptResults = { value: NOTHING, read: null, texts: null };

function itemsOf<T>(items: Iterable<T> | null): readonly T[] | null {
  return items === null ? null : [...items];
}

/** Returns whether the texts are those that were read. Reads them, so that a rule is run again when they change. */
function areCurrent({ texts }: KeptResults, { sources }: CheckContext): boolean {
  if (texts === null) return true;
  for (const [path, text] of texts) if (sources.text(path) !== text) return false;
  return true;
}

/** Returns the context with sources that note which texts are read, and a function that takes those since the last time. */
function notingTexts(context: CheckContext) {
  const { sources } = context;
  let texts: Map<string, string | null> | null = null;
  const note = (path: string) => {
    texts ??= new Map();
    texts.set(path, sources.text(path));
  };
  const noted: CheckContext = {
    ...context,
    sources: {
      ...sources,
      parse(path) {
        note(path);
        return sources.parse(path);
      },
      text(path) {
        note(path);
        return sources.text(path);
      },
    },
  };
  const takeTexts = (): ReadonlyMap<string, string | null> | null => {
    const taken = texts;
    texts = null;
    return taken;
  };
  return { noted, takeTexts };
}

/**
 * Returns the check of a rule that inspects generators one at a time. What several generators take from one
 * place is reported once. A result of null means that nothing is known yet and the check runs again next time.
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

/** Like `forEachGenerator`, for generators whose script is known and can be analysed. */
export function forEachScript(
  check: (scripted: ScriptedGenerator, context: CheckContext) => Iterable<Report>,
): (context: CheckContext) => Iterable<Report> {
  return forEachGenerator((generator, body, context) => {
    const script = followed(body.script);
    // The script is known, but the Bash parser is not loaded yet.
    if (script === null) return body.script?.source == null ? NOTHING : null;
    return check({ generator, body, script }, context);
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
