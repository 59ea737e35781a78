/** Reads the declarations in the values of `sops` and `age`. */

import type { NameKind } from '../../modules/read.ts';
import { definitionsOf } from '../../modules/read.ts';
import { display } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Attr, AttrsValue, Lazy, Origin, UnknownValue, Value } from '../../nix/eval/value.ts';
import { callsOf, dependingOn, placeOf } from '../../nix/places.ts';
import type {
  EnclosingNames,
  SecretDefinition,
  SecretGap,
  SecretKeeper,
  SecretSetting,
  SecretTemplate,
  SopsDefault,
} from '../model/secrets.ts';
import { optionOf, readSecretBody, readTemplateBody } from './secrets-options.ts';
import { sourceOf } from './secrets-source.ts';

export interface ReadSecrets {
  readonly definitions: SecretDefinition[];
  readonly templates: SecretTemplate[];
  readonly defaults: SopsDefault[];
  readonly settings: SecretSetting[];
  readonly gaps: SecretGap[];
}

/** The name of a secret or a template, without its options. */
type Named = Pick<SecretDefinition, 'name' | 'nameKind' | 'at' | 'via' | 'conditional' | 'above'>;

/** A value with the conditions and the priority under which it is set. */
interface Piece {
  readonly value: Value;
  readonly at: Origin | null;
  readonly conditional: boolean;
  readonly priority: number;
}

/** An option set `sops` or `age`, with its place. */
export interface AssignedSet {
  readonly keeper: SecretKeeper;
  /** The place of the assignment. */
  readonly at: Origin;
  readonly above: EnclosingNames;
  readonly conditional: boolean;
}

/** The state of reading one option set. */
interface Reading {
  readonly cx: Evaluation;
  readonly assigned: AssignedSet;
  readonly read: ReadSecrets;
}

/** Reads the value of an option set. Returns empty lists for an unrelated value. */
export function readSecretOptions(cx: Evaluation, assigned: AssignedSet, lazy: Lazy): ReadSecrets {
  const { keeper, at, conditional } = assigned;
  const read: ReadSecrets = { definitions: [], templates: [], defaults: [], settings: [], gaps: [] };
  const reading: Reading = { cx, assigned, read };
  for (const definition of definitionsOf(cx, lazy)) {
    const { value } = definition;
    if (value.kind === 'unknown' && !isPassedOn(value, keeper)) noteGap(reading, value, at);
    if (value.kind === 'attrs') readSet(reading, value, conditional || definition.conditional);
  }
  return read;
}

function readSet(reading: Reading, set: AttrsValue, isConditional: boolean): void {
  const { cx, assigned, read } = reading;
  const { keeper, at } = assigned;
  for (const piece of piecesOf(cx, set, 'secrets', isConditional))
    visitNames(reading, piece, (name, value) => {
      const { isConditional, ...body } = readSecretBody(cx, value, name.at);
      read.definitions.push({ keeper, ...name, ...body, conditional: name.conditional || isConditional });
    });
  readSettings(reading, set, [], isConditional);
  if (keeper === 'age') return;
  for (const piece of piecesOf(cx, set, 'templates', isConditional))
    visitNames(reading, piece, (name, value) =>
      read.templates.push({ ...name, ...readTemplateBody(cx, value, name.at) }),
    );
  for (const [option, name] of DEFAULTS)
    for (const { value, at: entryAt, conditional, priority } of piecesOf(cx, set, name, isConditional)) {
      const place = placeOf(value.origin ?? entryAt ?? at);
      read.defaults.push({
        option,
        at: place,
        conditional,
        priority,
        above: assigned.above,
        source: option === 'file' ? sourceOf(cx, value, place) : null,
        text: value.kind === 'string' && option !== 'file' ? value.text : null,
      });
    }
}

function noteGap({ assigned, read }: Reading, value: UnknownValue, place: Origin | null): void {
  read.gaps.push({
    keeper: assigned.keeper,
    at: placeOf(value.origin ?? place ?? assigned.at),
    what: 'secrets',
    reason: dependingOn(value.reason),
    above: assigned.above,
  });
}

/** Returns the definitions of one option of the set. */
function piecesOf(cx: Evaluation, set: AttrsValue, name: string, isConditional: boolean): Piece[] {
  const entry = set.entries.get(name);
  if (entry === undefined) return [];
  return definitionsOf(cx, entry.value).map(({ value, conditional, priority }) => ({
    value,
    at: entry.at,
    priority,
    conditional: isConditional || entry.optional || conditional,
  }));
}

/** Calls `visit` for each named item of a set, and notes a gap if there may be more. */
function visitNames(reading: Reading, piece: Piece, visit: (name: Named, value: Lazy) => void): void {
  const { cx, assigned } = reading;
  const { value } = piece;
  const note = (entry: Attr, name: string, kind: NameKind | null, guess: boolean) => {
    const place = entry.at ?? piece.at ?? assigned.at;
    const nameKind = kind ?? nameKindAt(place, name);
    const conditional = piece.conditional || guess || entry.optional;
    const { above } = assigned;
    visit({ name, nameKind, at: placeOf(place), via: callsOf(place), conditional, above }, entry.value);
  };
  if (value.kind === 'unknown') {
    for (const candidate of value.candidates ?? []) {
      const set = cx.force(candidate);
      if (set.kind === 'attrs') for (const [name, entry] of set.entries) note(entry, name, null, true);
    }
    noteGap(reading, value, piece.at);
    return;
  }
  if (value.kind !== 'attrs') return;
  for (const [name, entry] of value.entries) note(entry, name, null, false);
  for (const entry of value.patterns) note(entry, display(entry.name), 'pattern', false);
  if (value.open !== null) noteGap(reading, value.open, piece.at);
}

/** Reads the options of the set other than sets of named items. */
function readSettings(
  reading: Reading,
  set: AttrsValue,
  path: readonly string[],
  isConditional: boolean,
): void {
  const { cx, assigned, read } = reading;
  const { keeper, at, above } = assigned;
  for (const [name, entry] of set.entries) {
    if (path.length === 0 && SETS.has(name)) continue;
    const names = [...path, name];
    for (const definition of definitionsOf(cx, entry.value)) {
      const { value, conditional, never } = definition;
      if (never) continue;
      if (value.kind === 'attrs' && GROUPS[keeper].has(names.join('.')))
        readSettings(reading, value, names, isConditional || entry.optional || conditional);
      else {
        const option = optionOf(cx, { name, entry, definition }, isConditional, placeOf(at));
        read.settings.push({ keeper, path: names, option, above });
      }
    }
  }
}

const DEFAULTS = [
  ['file', 'defaultSopsFile'],
  ['format', 'defaultSopsFormat'],
  ['key', 'defaultSopsKey'],
] as const;

/** Sets of named items, which are read separately. */
const SETS: ReadonlySet<string> = new Set(['secrets', 'templates', 'placeholder']);

/** Options that contain further options. */
const GROUPS: Readonly<Record<SecretKeeper, ReadonlySet<string>>> = {
  sops: new Set(['age', 'gnupg', 'gnupg.qubes-split-gpg']),
  age: new Set(),
};

/** Returns whether the value is passed on, as in `inherit (config) sops`, and declared elsewhere. */
function isPassedOn(value: UnknownValue, keeper: SecretKeeper): boolean {
  return value.term?.kind === 'select' && value.term.name.text === keeper;
}

function nameKindAt(at: Origin, name: string): NameKind {
  const text = at.file.text.slice(at.start, at.end);
  return text === name || text === `"${name}"` || text === `''${name}''` ? 'literal' : 'resolved';
}
