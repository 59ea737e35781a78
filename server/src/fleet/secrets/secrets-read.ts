/**
 * From the values of `sops` and `age` to what they declare.
 */

import type { NameKind } from '../../modules/read.ts';
import { definitionsOf } from '../../modules/read.ts';
import { display } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Attr, AttrsValue, Lazy, Origin, UnknownValue, Value } from '../../nix/eval/value.ts';
import { callsOf, dependingOn, placeOf } from '../../nix/places.ts';
import type {
  NamesAbove,
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

/** What is named, without what is said of it. */
type Named = Pick<SecretDefinition, 'name' | 'nameKind' | 'at' | 'via' | 'conditional' | 'above'>;

/** A value with what is known of the way to it. */
interface Piece {
  readonly value: Value;
  readonly at: Origin | null;
  readonly conditional: boolean;
}

/** An option set named `sops` or `age`, and where it stands. */
export interface AssignedSet {
  readonly keeper: SecretKeeper;
  /** Where the set is assigned. */
  readonly at: Origin;
  readonly above: NamesAbove;
  readonly conditional: boolean;
}

/** Reads the value of such a set; what is none of ours gives nothing. */
export function readSecretOptions(cx: Evaluation, assigned: AssignedSet, lazy: Lazy): ReadSecrets {
  const { keeper, at, above, conditional } = assigned;
  const read: ReadSecrets = { definitions: [], templates: [], defaults: [], settings: [], gaps: [] };
  const gap = (value: UnknownValue, place: Origin | null) =>
    read.gaps.push({
      keeper,
      at: placeOf(value.origin ?? place ?? at),
      what: 'secrets',
      reason: dependingOn(value.reason),
    });

  function each(set: AttrsValue, name: string, isConditional: boolean, visit: (piece: Piece) => void): void {
    const entry = set.entries.get(name);
    if (entry === undefined) return;
    for (const one of definitionsOf(cx, entry.value))
      visit({
        value: one.value,
        at: entry.at,
        conditional: isConditional || entry.optional || one.conditional,
      });
  }

  function named(piece: Piece, visit: (name: Named, value: Lazy) => void): void {
    const { value } = piece;
    const note = (entry: Attr, name: string, kind: NameKind | null, guess: boolean) => {
      const place = entry.at ?? piece.at ?? at;
      const nameKind = kind ?? nameKindAt(place, name);
      const isConditional = piece.conditional || guess || entry.optional;
      visit(
        { name, nameKind, at: placeOf(place), via: callsOf(place), conditional: isConditional, above },
        entry.value,
      );
    };
    if (value.kind === 'unknown') {
      for (const candidate of value.candidates ?? []) {
        const set = cx.force(candidate);
        if (set.kind === 'attrs') for (const [name, entry] of set.entries) note(entry, name, null, true);
      }
      gap(value, piece.at);
      return;
    }
    if (value.kind !== 'attrs') return;
    for (const [name, entry] of value.entries) note(entry, name, null, false);
    for (const entry of value.patterns) note(entry, display(entry.name), 'pattern', false);
    if (value.open !== null) gap(value.open, piece.at);
  }

  function readSettings(set: AttrsValue, path: readonly string[], isConditional: boolean): void {
    for (const [name, entry] of set.entries) {
      if (path.length === 0 && SETS.has(name)) continue;
      const names = [...path, name];
      for (const one of definitionsOf(cx, entry.value)) {
        if (one.never) continue;
        if (one.value.kind === 'attrs' && GROUPS[keeper].has(names.join('.')))
          readSettings(one.value, names, isConditional || entry.optional || one.conditional);
        else {
          const option = optionOf(cx, name, entry, one, isConditional, placeOf(at));
          read.settings.push({ keeper, path: names, option, above });
        }
      }
    }
  }

  for (const one of definitionsOf(cx, lazy)) {
    const isConditional = conditional || one.conditional;
    if (one.value.kind === 'unknown' && !isPassedOn(one.value, keeper)) gap(one.value, at);
    if (one.value.kind !== 'attrs') continue;
    const set = one.value;
    each(set, 'secrets', isConditional, piece =>
      named(piece, (name, value) =>
        read.definitions.push({ keeper, ...name, ...readSecretBody(cx, value, name.at) }),
      ),
    );
    readSettings(set, [], isConditional);
    if (keeper === 'age') continue;
    each(set, 'templates', isConditional, piece =>
      named(piece, (name, value) =>
        read.templates.push({ ...name, ...readTemplateBody(cx, value, name.at) }),
      ),
    );
    for (const [option, name] of DEFAULTS)
      each(set, name, isConditional, piece => {
        const place = placeOf(piece.value.origin ?? piece.at ?? at);
        read.defaults.push({
          option,
          at: place,
          conditional: piece.conditional,
          source: option === 'file' ? sourceOf(cx, piece.value, place) : null,
          text: piece.value.kind === 'string' && option !== 'file' ? piece.value.text : null,
        });
      });
  }
  return read;
}

const DEFAULTS = [
  ['file', 'defaultSopsFile'],
  ['format', 'defaultSopsFormat'],
  ['key', 'defaultSopsKey'],
] as const;

/** Sets of things with names, which are read as such. */
const SETS: ReadonlySet<string> = new Set(['secrets', 'templates', 'placeholder']);

/** Options that hold options. */
const GROUPS: Readonly<Record<SecretKeeper, ReadonlySet<string>>> = {
  sops: new Set(['age', 'gnupg', 'gnupg.qubes-split-gpg']),
  age: new Set(),
};

/** `inherit (config) sops`: what is declared elsewhere is handed on. */
function isPassedOn(value: UnknownValue, keeper: SecretKeeper): boolean {
  return value.term?.kind === 'select' && value.term.name.text === keeper;
}

function nameKindAt(at: Origin, name: string): NameKind {
  const text = at.file.text.slice(at.start, at.end);
  return text === name || text === `"${name}"` || text === `''${name}''` ? 'literal' : 'resolved';
}
