/**
 * Uses of generators' files: selections `….vars.generators.G.files.F.path` on a configuration, however they are
 * spelled and whichever function they stand in. Other ways of reading a file are in uses-texts.ts and uses-calls.ts.
 */

import { readName } from '../../modules/read.ts';
import { passesBy, type Step, stepsOf } from '../../modules/steps.ts';
import { display, stringKey } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Selection } from '../../nix/eval/selection.ts';
import type { Origin, UnknownValue } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { outermostIn, placeOf } from '../../nix/places.ts';
import type { Range } from '../../nix/syntax.ts';
import type { KeyLookup } from '../model/registries.ts';
import type { OtherRead, Use } from '../model/uses.ts';
import { useOfSopsName } from './uses-texts.ts';

/** Returns what follows `vars.generators` in a selection, or `null` if it does not go through there. */
function belowGenerators(steps: readonly Step[]): readonly Step[] | null {
  for (let i = steps.length - 1; i > 0; i--) {
    if (steps[i]?.name.text !== 'generators' || steps[i - 1]?.name.text !== 'vars') continue;
    return steps[i - 2]?.name.text === 'options' ? null : steps.slice(i + 1);
  }
  return null;
}

/**
 * Returns a key that is the same for the same generator, file or attribute, whichever configuration it is asked of.
 */
function pathKey(below: readonly Step[]): string {
  return below.map(step => stringKey(step.name)).join('\0');
}

/** Returns where a name is written in the file: the literal that it comes from, else where it is selected. */
function writtenIn(step: Step, file: string): Origin | null {
  const literal = step.name.origin;
  if (literal?.file.path === file) return literal;
  if (step.at?.file.path === file) return step.at;
  return step.at === null ? null : outermostIn(step.at, file);
}

/** What every way to a file of a generator passes by, the way over sops-nix's own names included. */
const WAYS: ReadonlySet<string> = new Set(['generators', 'sops']);

/** Could the next selection name a file's attribute, or a secret of sops-nix? Most of those on the way cannot. */
function mayBeUse(name: string | null, before: UnknownValue): boolean {
  const second = nameBefore(before, 1);
  if (second === 'sops' || nameBefore(before, 2) === 'sops') return true;
  if (second === 'generators') return name !== 'files' && nameBefore(before, 2) === 'vars';
  return (second === 'files' || second === 'prompts') && nameBefore(before, 3) === 'generators';
}

/** Returns the name that was selected so many steps before the last. */
function nameBefore(value: UnknownValue, steps: number): string | null {
  let at = value;
  for (let left = steps; left > 0 && at.term?.kind === 'select'; left--) at = at.term.of;
  return at.term?.kind === 'select' ? at.term.name.text : null;
}

/** A key that was looked up; what is to be said of it is computed only where a use was reached by it. */
export type Lookup = () => KeyLookup;

/** What is noted of the uses of one file while it is read. */
export interface UseNotes {
  readonly file: string;
  /** Uses in the order in which they were seen; one place is perhaps seen many times. */
  readonly uses: NotedUse[];
  /** What is read of generators and prompts themselves, by place. */
  readonly otherReads: Map<string, NotedRead>;
  /** Generators and files asked for with `?`: all that is read of them in the file may stand behind that question. */
  readonly asked: Set<string>;
  /** Where something is selected that has something else to fall back on, by what that is. */
  readonly fallbacks: Map<string, Fallback>;
  /** Where failing is provided for: what `tryEval` and `pathExists` are given. */
  readonly tried: Range[];
}

interface NotedUse {
  readonly id: string;
  readonly use: Use;
  readonly way: Way;
}

interface NotedRead {
  readonly read: OtherRead;
  readonly way: Way;
}

/** What is selected on the way to a use, the generator first: a guard of one of them guards the use. */
type Way = readonly WayStep[];

interface WayStep {
  /** The same for the same generator or file, whichever configuration it is asked of. */
  readonly key: string;
  /** Where it is selected; null where that is not known. */
  readonly at: string | null;
}

/** `null`: without it there is nothing to read from either. */
type Fallback = 'null' | 'something';

export function newUseNotes(file: string): UseNotes {
  return { file, uses: [], otherReads: new Map(), asked: new Set(), fallbacks: new Map(), tried: [] };
}

/** Notes uses that are guarded by nothing on the way to them. */
export function noteUses(notes: UseNotes, uses: readonly Use[]): void {
  for (const use of uses) noteUse(notes, use, []);
}

/** Notes that failing is provided for in these ranges. */
export function noteProvided(notes: UseNotes, ranges: readonly Range[]): void {
  notes.tried.push(...ranges);
}

/**
 * Notes a selection if it goes into what generators have.
 * @param lookup the key that was looked up before it in the same question
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
  if (use !== null) noteUse(notes, use, wayOf(below));
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

/** Returns true for a selection that has something to fall back on. */
function providesFallback(cx: Evaluation, { guarded, fallback }: Selection): boolean {
  return guarded && (fallback === null || cx.force(fallback).kind !== 'failure');
}

function noteUse({ uses }: UseNotes, use: Use, way: Way): void {
  const id = `${use.at.start}:${use.at.end}:${use.generator}:${use.fileName}:${use.attribute}`;
  uses.push({ id, use, way });
}

function wayOf(below: readonly Step[]): Way {
  return below.map(({ at }, index) => ({
    key: pathKey(below.slice(0, index + 1)),
    at: at === null ? null : originKey(at),
  }));
}

/** Notes what is read of a generator or a prompt. Of Clan's own options alone: what generators have elsewhere is not known. */
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
    way: wayOf(below),
  });
}

/** Returns the use that a selection of `G.files.F.attribute` is; null for another selection. */
function useOf(
  file: string,
  { at: selectedAt, expr }: Selection,
  below: readonly Step[],
  lookup: Lookup | null,
): Use | null {
  if (below.length !== 4 || below[1]?.name.text !== 'files') return null;
  const [generator, , fileStep, attribute] = below as [Step, Step, Step, Step];
  // Written in this file, or in an accessor elsewhere that is called from here.
  const direct = selectedAt.file.path === file;
  const at = direct ? selectedAt : outermostIn(selectedAt, file);
  if (at === null) return null;
  const name = readName(generator.name, true);
  const fileName = readName(fileStep.name, true);
  const place = (step: Step) => placeOf(writtenIn(step, file) ?? at);
  return {
    by: 'option',
    at: direct && expr !== null ? { file, start: expr.start, end: selectedAt.end } : placeOf(at),
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
    key: lookup?.() ?? null,
  };
}

/** Returns the uses noted so far, each place once. */
export function usesOf(notes: UseNotes): Use[] {
  const uses = new Map<string, Use>();
  for (const { id, use, way } of notes.uses) {
    if (uses.has(id)) continue;
    const guard = guardOf(notes, use.at, way);
    uses.set(
      id,
      guard === null ? use : { ...use, guarded: true, assumesGenerator: guard === 'generator is there' },
    );
  }
  return [...uses.values()];
}

/** Returns what is read of generators and prompts themselves. */
export function otherReadsOf(notes: UseNotes): OtherRead[] {
  return [...notes.otherReads.values()].map(({ read, way }) =>
    guardOf(notes, read.at, way) === 'anything' ? { ...read, guarded: true } : read,
  );
}

/** Returns what guards a use; null for one that nothing guards. */
function guardOf(
  { asked, fallbacks, tried }: UseNotes,
  at: Place,
  way: Way,
): 'generator is there' | 'anything' | null {
  if (tried.some(range => holds(range, at))) return 'anything';
  const fallbackOf = (step: WayStep | undefined) => fallbacks.get(step?.at ?? '');
  const [generator, ...below] = way;
  // Every generator has files and prompts: to ask for them is to ask for the generator.
  const parts = below.length > 1 ? below[0] : undefined;
  const rest = parts === undefined ? below : below.slice(1);
  if (fallbackOf(parts) !== undefined) return 'anything';
  if (rest.some(step => asked.has(step.key) || fallbackOf(step) !== undefined)) return 'anything';
  if (generator === undefined) return null;
  const fallback = fallbackOf(generator);
  if (fallback === 'something') return 'anything';
  const isAsked = asked.has(generator.key) || (parts !== undefined && asked.has(parts.key));
  return fallback === 'null' || isAsked ? 'generator is there' : null;
}

function holds(range: Range, at: Place): boolean {
  return range.start <= at.start && at.end <= range.end;
}
