/**
 * Uses of generators' files: selections `….vars.generators.G.files.F.path` on a configuration, however they are
 * spelled and whichever function they stand in. Other ways of reading a file are in uses-texts.ts and uses-calls.ts.
 */
import { display, stringKey } from '../nix/eval/construct.ts';

import type { Evaluation } from '../nix/eval/evaluation.ts';
import type { Selection } from '../nix/eval/selection.ts';
import type { Origin, Scope, UnknownValue, Value } from '../nix/eval/value.ts';
import type { ApplyExpr, PathExpr, Range, StringExpr } from '../nix/syntax.ts';
import type { KeyLookup, OtherRead, Place, Use } from './model.ts';
import { outermostIn, placeOf } from './places.ts';
import { readName } from './read.ts';
import { passesBy, type Step, stepsOf } from './steps.ts';
import { providedFor, useOfCall } from './uses-calls.ts';
import { useOfSopsName, usesInText } from './uses-texts.ts';

/** What follows `vars.generators` in a selection; null if it does not go through there. */
function belowGenerators(steps: readonly Step[]): readonly Step[] | null {
  for (let i = steps.length - 1; i > 0; i--) {
    if (steps[i]?.name.text !== 'generators' || steps[i - 1]?.name.text !== 'vars') continue;
    return steps[i - 2]?.name.text === 'options' ? null : steps.slice(i + 1);
  }
  return null;
}

/** The same generator, file or attribute has the same key, whichever configuration it is asked of. */
function pathKey(below: readonly Step[]): string {
  return below.map(step => stringKey(step.name)).join('\0');
}

/** Where a name is written in the file: the literal that it comes from, else where it is selected. */
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

/** The name that was selected so many steps before the last. */
function nameBefore(value: UnknownValue, steps: number): string | null {
  let at = value;
  for (let left = steps; left > 0 && at.term?.kind === 'select'; left--) at = at.term.of;
  return at.term?.kind === 'select' ? at.term.name.text : null;
}

/** Collects the uses of one file while it is walked. */
export interface UseCollector {
  onSelect(event: Selection): void;
  /** A string or path in the source: it may name a file below `vars/`. */
  onText(expr: StringExpr | PathExpr, scope: Scope): void;
  /** An application that was evaluated: it may look up a file, or provide for its absence. */
  onApplication(expr: ApplyExpr, value: Value, scope: Scope): void;
  /** Called around each top-level question, so that a use knows the key it was reached by. */
  startQuestion(): void;
  /** A key was looked up; what is to be said of it is asked for only where a use was reached by it. */
  noteLookup(lookup: () => KeyLookup): void;
  uses(): Use[];
  /** What is read of generators and prompts themselves. */
  otherReads(): OtherRead[];
}

export function collectUses(cx: Evaluation, file: string): UseCollector {
  const found = new Map<string, Use>();
  /** Generators and files asked for with `?`, or selected with something to fall back on. */
  const guarded = new Set<string>();
  /** Where failing is provided for: what `tryEval` and `pathExists` are given. */
  const tried: { readonly start: number; readonly end: number }[] = [];
  const pending: { readonly id: string; readonly use: Use; readonly prefixes: readonly string[] }[] = [];
  const others = new Map<string, { readonly read: OtherRead; readonly prefixes: readonly string[] }>();
  let lookup: (() => KeyLookup) | null = null;

  function provides(event: Selection): boolean {
    if (!event.guarded) return false;
    if (event.fallback === null) return true;
    return cx.force(event.fallback).kind !== 'failure';
  }

  function note(use: Use, prefixes: readonly string[]): void {
    const id = `${use.at.start}:${use.at.end}:${use.generator}:${use.fileName}:${use.attribute}`;
    pending.push({ id, use, prefixes });
  }

  /** Clan's own options alone: what generators have elsewhere is not known. */
  function noteOther(event: Selection, steps: readonly Step[], below: readonly Step[]): void {
    const attribute = event.name.text;
    const isOfGenerator = below.length === 2 && attribute !== 'files' && attribute !== 'prompts';
    const isOfPrompt = below.length === 4 && below[1]?.name.text === 'prompts';
    if (attribute === null || event.at.file.path !== file || !(isOfGenerator || isOfPrompt)) return;
    if (steps.at(-below.length - 3)?.name.text !== 'core') return;
    const { name, kind } = readName((below[0] as Step).name, true);
    const prompt = isOfPrompt ? readName((below[2] as Step).name, true).name : null;
    const at = placeOf(event.at);
    others.set(`${at.start}:${name}:${prompt}`, {
      read: {
        at,
        of: isOfPrompt ? 'prompt' : 'generator',
        generator: name,
        generatorKind: kind,
        prompt,
        attribute,
        guarded: false,
      },
      prefixes: below.map((_, index) => pathKey(below.slice(0, index + 1))),
    });
  }

  return {
    startQuestion() {
      lookup = null;
    },
    noteLookup(last) {
      lookup = last;
    },
    onText(expr, scope) {
      for (const use of usesInText(cx, file, expr, scope)) note(use, []);
    },
    onApplication(expr, value, scope) {
      const provided = providedFor(cx, expr, scope, file);
      tried.push(...provided);
      const use = useOfCall(cx, file, expr, value, scope);
      if (use !== null) note({ ...use, key: lookup?.() ?? null }, []);
    },
    onSelect(event) {
      if (event.target.kind !== 'unknown' || !passesBy(WAYS, event.name, event.target)) return;
      if (!event.guarded && !mayBeUse(event.name.text, event.target)) return;
      const steps = stepsOf(event.target);
      const named = useOfSopsName(event, steps, file);
      if (named !== null) note({ ...named, guarded: provides(event) }, []);
      const below = belowGenerators([...steps, { name: event.name, at: event.at }]);
      if (below === null || below.length === 0) return;
      if (provides(event)) guarded.add(pathKey(below));
      if (event.result === null) return;
      noteOther(event, [...steps, { name: event.name, at: event.at }], below);
      if (below.length !== 4 || below[1]?.name.text !== 'files') return;
      const [generator, , fileStep, attribute] = below as [Step, Step, Step, Step];
      // Written in this file, or in an accessor elsewhere that is called from here.
      const direct = event.at.file.path === file;
      const at = direct ? event.at : outermostIn(event.at, file);
      if (at === null) return;
      const name = readName(generator.name, true);
      const fileName = readName(fileStep.name, true);
      const place = (step: Step) => placeOf(writtenIn(step, file) ?? at);
      const use: Use = {
        by: 'option',
        at:
          direct && event.expr !== null ? { file, start: event.expr.start, end: event.at.end } : placeOf(at),
        generator: name.name,
        generatorKind: name.kind,
        generatorAt: place(generator),
        fileName: fileName.name,
        fileKind: fileName.kind,
        fileAt: place(fileStep),
        attribute: display(attribute.name),
        attributeAt: direct ? placeOf(event.at) : null,
        guarded: false,
        key: lookup?.() ?? null,
      };
      note(
        use,
        below.map((_, index) => pathKey(below.slice(0, index + 1))),
      );
    },
    uses() {
      for (const { id, use, prefixes } of pending) {
        const known = found.get(id);
        const isGuarded =
          prefixes.some(prefix => guarded.has(prefix)) || tried.some(range => holds(range, use.at));
        if (known === undefined) found.set(id, isGuarded ? { ...use, guarded: true } : use);
      }
      pending.length = 0;
      return [...found.values()];
    },
    otherReads: () =>
      [...others.values()].map(({ read, prefixes }) => {
        const isGuarded =
          prefixes.some(prefix => guarded.has(prefix)) || tried.some(range => holds(range, read.at));
        return isGuarded ? { ...read, guarded: true } : read;
      }),
  };
}

function holds(range: Range, at: Place): boolean {
  return range.start <= at.start && at.end <= range.end;
}
