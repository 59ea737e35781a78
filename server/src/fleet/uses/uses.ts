/**
 * Finds uses of generators' files that are selections `….vars.generators.G.files.F.path` on a configuration, however
 * they are spelled and whichever function contains them. `uses-texts.ts` and `uses-calls.ts` find other ways to read a
 * file.
 */

import { readName } from '../../modules/read.ts';
import { passesBy, type Step, stepsOf } from '../../modules/steps.ts';
import { display, stringKey } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Selection } from '../../nix/eval/selection.ts';
import type { Origin, UnknownValue } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { outermostIn, placeIn, placeOf } from '../../nix/places.ts';
import type { Range } from '../../nix/syntax.ts';
import { addToList } from '../../std.ts';
import type { KeyLookup } from '../model/registries.ts';
import type { OtherRead, Use } from '../model/uses.ts';
import { type Asking, holds, type Reaching, reachedOf } from './reach.ts';
import { useOfSopsName } from './uses-texts.ts';

/** Returns the steps after `vars.generators`, or `null` if the selection does not lead through it. */
function belowGenerators(steps: readonly Step[]): readonly Step[] | null {
  for (let i = steps.length - 1; i > 0; i--) {
    if (steps[i]?.name.text !== 'generators' || steps[i - 1]?.name.text !== 'vars') continue;
    return steps[i - 2]?.name.text === 'options' ? null : steps.slice(i + 1);
  }
  return null;
}

/** Returns a key for a generator, file or attribute that does not depend on the configuration it is selected from. */
function pathKey(below: readonly Step[]): string {
  return below.map(step => stringKey(step.name)).join('\0');
}

/** Returns the origin of a name in the file: its literal, or else the selection. */
function writtenIn(step: Step, file: string): Origin | null {
  const literal = step.name.origin;
  if (literal?.file.path === file) return literal;
  if (step.at?.file.path === file) return step.at;
  return step.at === null ? null : outermostIn(step.at, file);
}

/**
 * Names that mark a selection of a generator's file: each has at least one, even if it goes through a name of sops-nix.
 */
const WAYS: ReadonlySet<string> = new Set(['generators', 'sops']);

/**
 * Returns whether a selection may be that of a file's attribute, or of a sops-nix secret. Most intermediate ones
 * cannot.
 */
function mayBeUse(name: string | null, before: UnknownValue): boolean {
  const second = nameBefore(before, 1);
  if (second === 'sops' || nameBefore(before, 2) === 'sops') return true;
  if (second === 'generators') return name !== 'files' && nameBefore(before, 2) === 'vars';
  return (second === 'files' || second === 'prompts') && nameBefore(before, 3) === 'generators';
}

/** Returns the name that was selected a number of steps before the last one. */
function nameBefore(value: UnknownValue, steps: number): string | null {
  let at = value;
  for (let left = steps; left > 0 && at.term?.kind === 'select'; left--) at = at.term.of;
  return at.term?.kind === 'select' ? at.term.name.text : null;
}

/** Computes a lookup of a key. Called only if a use was reached through the key. */
export type Lookup = () => KeyLookup;

/** The findings about uses in one file while it is read. */
export interface UseNotes {
  readonly file: string;
  /** Uses in the order in which they were found; the same place may occur several times. */
  readonly uses: NotedUse[];
  /** Reads of attributes of generators and prompts, by place. */
  readonly otherReads: Map<string, NotedRead>;
  /** Generators and files that are tested with `?`; the test may guard every other read of them in the file. */
  readonly asked: Set<string>;
  /** Kinds of fallbacks, by the place of the selection that has one. */
  readonly fallbacks: Map<string, Fallback>;
  /** Ranges whose failures are caught: the arguments of `tryEval` and `pathExists`. */
  readonly tried: Range[];
  /** The question that is being asked. */
  asking: Asking | null;
}

interface NotedUse {
  readonly id: string;
  readonly use: Use;
  readonly way: SelectionPath;
  readonly asking: Asking | null;
}

interface NotedRead {
  readonly read: OtherRead;
  readonly way: SelectionPath;
}

/** The selections on the way to a use, beginning with the generator. A guard of one of them guards the use. */
type SelectionPath = readonly SelectionStep[];

interface SelectionStep {
  /** The same for the same generator or file, whichever configuration it is selected from. */
  readonly key: string;
  /** The place of the selection; null if unknown. */
  readonly at: string | null;
}

/** `null` is a fallback from which nothing further can be read. */
type Fallback = 'null' | 'something';

export function newUseNotes(file: string): UseNotes {
  return {
    file,
    uses: [],
    otherReads: new Map(),
    asked: new Set(),
    fallbacks: new Map(),
    tried: [],
    asking: null,
  };
}

/** Notes uses that have no guard on the way to them. */
export function noteUses(notes: UseNotes, uses: readonly Use[]): void {
  for (const use of uses) noteUse(notes, use, []);
}

/** Notes ranges in which failures are caught. */
export function noteProvided(notes: UseNotes, ranges: readonly Range[]): void {
  notes.tried.push(...ranges);
}

/**
 * Notes a selection if it leads into generators.
 * @param lookup the last key that the same question has looked up
 */
export function noteSelection(
  cx: Evaluation,
  notes: UseNotes,
  selection: Selection,
  lookup: Lookup | null,
): void {
  const { target, name, at, guarded } = selection;
  if (target.kind !== 'unknown' || !passesBy(WAYS, name, target)) return;
  if (!guarded && !mayBeUse(name.text, target)) return;
  const steps = stepsOf(target);
  const named = useOfSopsName(selection, steps, notes.file);
  if (named !== null) noteUse(notes, { ...named, guarded: providesFallback(cx, selection) }, []);
  const below = belowGenerators([...steps, { name, at }]);
  if (below === null || below.length === 0) return;
  noteGuard(cx, notes, selection, pathKey(below));
  if (selection.result === null) return;
  noteOtherRead(notes, selection, [...steps, { name, at }], below);
  const use = useOf(notes.file, selection, below, lookup);
  if (use !== null) noteUse(notes, use, selectionPathOf(below));
}

function noteGuard(cx: Evaluation, notes: UseNotes, selection: Selection, key: string): void {
  const { at, fallback, guarded } = selection;
  if (!guarded) return;
  if (fallback === null) {
    notes.asked.add(key);
    return;
  }
  const { kind } = cx.force(fallback);
  if (kind !== 'failure') notes.fallbacks.set(originKey(at), kind === 'null' ? 'null' : 'something');
}

function originKey({ file, start }: Origin): string {
  return `${file.path}:${start}`;
}

/** Returns whether a selection has a fallback. */
function providesFallback(cx: Evaluation, { guarded, fallback }: Selection): boolean {
  return guarded && (fallback === null || cx.force(fallback).kind !== 'failure');
}

function noteUse({ uses, asking }: UseNotes, use: Use, way: SelectionPath): void {
  const id = `${use.at.start}:${use.at.end}:${use.generator}:${use.fileName}:${use.attribute}`;
  uses.push({ id, use, way, asking });
}

function selectionPathOf(below: readonly Step[]): SelectionPath {
  return below.map(({ at }, index) => ({
    key: pathKey(below.slice(0, index + 1)),
    at: at === null ? null : originKey(at),
  }));
}

/**
 * Notes a read of an attribute of a generator or a prompt. Only clan's own options count, since the attributes of other
 * generators are unknown.
 */
function noteOtherRead(
  { file, otherReads }: UseNotes,
  selection: Selection,
  steps: readonly Step[],
  below: readonly Step[],
): void {
  const attribute = selection.name.text;
  const isOfGenerator = below.length === 2 && attribute !== 'files' && attribute !== 'prompts';
  const isOfPrompt = below.length === 4 && below[1]?.name.text === 'prompts';
  if (attribute === null || selection.at.file.path !== file || !(isOfGenerator || isOfPrompt)) return;
  if (steps.at(-below.length - 3)?.name.text !== 'core') return;
  const { name, kind } = readName((below[0] as Step).name, true);
  const prompt = isOfPrompt ? readName((below[2] as Step).name, true).name : null;
  const at = placeOf(selection.at);
  const of = isOfPrompt ? 'prompt' : 'generator';
  otherReads.set(`${at.start}:${name}:${prompt}`, {
    read: { at, of, generator: name, generatorKind: kind, prompt, attribute, guarded: false },
    way: selectionPathOf(below),
  });
}

/** Returns the use if a selection is `G.files.F.attribute`; null otherwise. */
function useOf(
  file: string,
  { at: selectedAt, expr }: Selection,
  below: readonly Step[],
  lookup: Lookup | null,
): Use | null {
  if (below.length !== 4 || below[1]?.name.text !== 'files') return null;
  const [generator, , fileStep, attribute] = below as [Step, Step, Step, Step];
  // The selection is in this file, or in an accessor of another file that is called from here.
  const direct = selectedAt.file.path === file;
  const at = direct ? selectedAt : outermostIn(selectedAt, file);
  if (at === null) return null;
  const name = readName(generator.name, true);
  const fileName = readName(fileStep.name, true);
  const place = (step: Step) => placeOf(writtenIn(step, file) ?? at);
  return {
    by: 'option',
    at:
      direct && expr !== null
        ? placeIn(selectedAt.file, { start: expr.start, end: selectedAt.end })
        : placeOf(at),
    generator: name.name,
    generatorKind: name.kind,
    generatorAt: place(generator),
    fileName: fileName.name,
    fileKind: fileName.kind,
    fileAt: place(fileStep),
    attribute: display(attribute.name),
    attributeAt: direct ? placeOf(selectedAt) : null,
    guarded: false,
    assumesGenerator: false,
    reached: 'surely',
    key: lookup?.() ?? null,
    machine: null,
  };
}

/** Returns the uses found so far, one for each place. */
export function usesOf(notes: UseNotes, reaching: Reaching): Use[] {
  const noted = new Map<string, NotedUse[]>();
  for (const use of notes.uses) addToList(noted, use.id, use);
  return [...noted.values()].map(([first, ...others]) => {
    const { use, way } = first as NotedUse;
    const { reached, isExact } = reachedOf(use.at, [first as NotedUse, ...others], reaching);
    const guard = guardOf(notes, use.at, way, isExact && reached === 'surely');
    const isNever = reached === 'never';
    return {
      ...use,
      reached,
      guarded: guard !== null || use.guarded || isNever,
      assumesGenerator: guard === 'generator is there' && !isNever,
    };
  });
}

/** Returns the reads of attributes of generators and prompts. */
export function otherReadsOf(notes: UseNotes): OtherRead[] {
  return [...notes.otherReads.values()].map(({ read, way }) =>
    guardOf(notes, read.at, way, false) === 'anything' ? { ...read, guarded: true } : read,
  );
}

/**
 * Returns the kind of guard of a use; null if it has none.
 * @param isReached true if the conditions around the use certainly hold, so that none of them tests for the generator
 */
function guardOf(
  { asked, fallbacks, tried }: UseNotes,
  at: Place,
  way: SelectionPath,
  isReached: boolean,
): 'generator is there' | 'anything' | null {
  if (tried.some(range => holds(range, at))) return 'anything';
  const fallbackOf = (step: SelectionStep | undefined) => fallbacks.get(step?.at ?? '');
  const [generator, ...below] = way;
  // Every generator has `files` and `prompts`, so a test for them is a test for the generator.
  const parts = below.length > 1 ? below[0] : undefined;
  const rest = parts === undefined ? below : below.slice(1);
  if (fallbackOf(parts) !== undefined) return 'anything';
  const isTested = (step: SelectionStep) => !isReached && asked.has(step.key);
  if (rest.some(step => isTested(step) || fallbackOf(step) !== undefined)) return 'anything';
  if (generator === undefined) return null;
  const fallback = fallbackOf(generator);
  if (fallback === 'something') return 'anything';
  const isAsked = isTested(generator) || (parts !== undefined && isTested(parts));
  return fallback === 'null' || isAsked ? 'generator is there' : null;
}
