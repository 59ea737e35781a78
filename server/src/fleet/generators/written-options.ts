/**
 * Reads the options of a generator as they are written, including unknown ones: the names, the assigned values and
 * their places. Rules use them to report mistakes; `generator.ts` interprets options.
 */

import { definitionsOf } from '../../modules/read.ts';
import { readSetting } from '../../modules/settings.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Attr, AttrsValue, Lazy, Value } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { placeOf } from '../../nix/places.ts';
import type { WrittenOption } from '../model/generators.ts';

/** A set of options, and whether it is under a condition. */
interface OptionSet {
  readonly set: AttrsValue;
  readonly conditional: boolean;
}

/** Options that contain sets of options, with the kind of their members. */
const MEMBERS = { files: 'file', prompts: 'prompt' } as const;

/**
 * Reads the options of a generator and those of its files and prompts.
 * @param fallback the place of options that are not written in a file
 */
export function readWritten(
  cx: Evaluation,
  sets: readonly OptionSet[],
  fallback: Place,
): readonly WrittenOption[] {
  const options: WrittenOption[] = [];

  function note(of: WrittenOption['of'], owner: string | null, { set, conditional }: OptionSet): void {
    for (const [name, entry] of set.entries) {
      if (name.startsWith('_')) continue;
      for (const definition of definitionsOf(cx, entry.value))
        options.push({
          of,
          owner,
          name,
          at: placeAt(entry, fallback),
          kind: definition.value.kind,
          value: readSetting(cx, definition.value),
          valueAt: definition.value.origin === null ? null : placeOf(definition.value.origin),
          conditional: conditional || definition.conditional || entry.optional,
          priority: definition.priority,
          ...(name === 'runtimeInputs' ? packageOf(definition.value) : {}),
        });
    }
  }

  /** Notes a value in the place of a file or a prompt that is not a set. */
  function noteNonSet(option: string, name: string, member: Attr, conditional: boolean): void {
    for (const definition of definitionsOf(cx, member.value)) {
      if (!NO_SETS.has(definition.value.kind)) continue;
      options.push({
        of: 'generator',
        owner: null,
        name: option,
        member: name,
        at: placeAt(member, fallback),
        kind: definition.value.kind,
        value: readSetting(cx, definition.value),
        valueAt: definition.value.origin === null ? null : placeOf(definition.value.origin),
        conditional: conditional || definition.conditional || member.optional,
        priority: definition.priority,
      });
    }
  }

  for (const set of sets) {
    note('generator', null, set);
    for (const [option, of] of Object.entries(MEMBERS)) {
      const entry = set.set.entries.get(option);
      if (entry === undefined) continue;
      for (const all of setsIn(cx, entry.value, set.conditional))
        for (const [name, member] of all.set.entries) {
          noteNonSet(option, name, member, all.conditional);
          for (const inner of setsIn(cx, member.value, all.conditional || member.optional)) {
            note(of, name, inner);
            const display = of === 'prompt' ? inner.set.entries.get('display') : undefined;
            for (const shown of display === undefined ? [] : setsIn(cx, display.value, inner.conditional))
              note('display', name, shown);
          }
        }
    }
  }
  return options;
}

/** Kinds of values that are certainly not a module. */
const NO_SETS: ReadonlySet<Value['kind']> = new Set(['null', 'bool', 'int', 'float', 'string', 'list']);

/** Returns the name of the package if a value is `pkgs.openssl` or the like. */
function packageOf(value: Value): { readonly package?: string; readonly kind?: 'attrs' } {
  if (value.kind !== 'unknown' || value.term?.kind !== 'select') return {};
  const { name, of } = value.term;
  if (of.term?.kind !== 'root' || of.term.name !== 'pkgs' || name.text === null) return {};
  return { package: name.text, kind: 'attrs' };
}

function setsIn(cx: Evaluation, lazy: Lazy, conditional: boolean): OptionSet[] {
  return definitionsOf(cx, lazy).flatMap(definition =>
    isSet(definition.value)
      ? [{ set: definition.value, conditional: conditional || definition.conditional }]
      : [],
  );
}

function isSet(value: Value): value is AttrsValue {
  return value.kind === 'attrs';
}

function placeAt(entry: Attr, fallback: Place): Place {
  return entry.at === null ? fallback : placeOf(entry.at);
}
