/**
 * From the values of `sops`, `age` and `secrets.nix` to what they declare.
 */
import { display, isClosed } from '../nix/construct.ts';
import { force } from '../nix/evaluate.ts';
import type { Evaluation } from '../nix/evaluation.ts';
import { folderOf, joinPath } from '../nix/paths.ts';
import type { Attr, AttrsValue, Lazy, Origin, UnknownValue, Value } from '../nix/value.ts';
import type { Known, NameKind, Place } from './model.ts';
import { callsOf, placeOf } from './places.ts';
import { definitionsOf, readText } from './read.ts';
import type {
  AgeRule,
  SecretDefinition,
  SecretGap,
  SecretKeeper,
  SecretTemplate,
  SopsDefault,
} from './secrets.ts';
import { sourceOf } from './secrets-source.ts';

export interface ReadSecrets {
  readonly definitions: SecretDefinition[];
  readonly templates: SecretTemplate[];
  readonly defaults: SopsDefault[];
  readonly gaps: SecretGap[];
}

/** A value with what is known of the way to it. */
interface Piece {
  readonly value: Value;
  readonly at: Origin | null;
  readonly conditional: boolean;
}

/**
 * Reads the value of an option set named `sops` or `age`; what is none of ours gives nothing.
 * @param at where the set is assigned
 */
export function readSecretOptions(
  cx: Evaluation,
  keeper: SecretKeeper,
  lazy: Lazy,
  at: Origin,
  conditional: boolean,
): ReadSecrets {
  const read: ReadSecrets = { definitions: [], templates: [], defaults: [], gaps: [] };
  const gap = (value: UnknownValue, place: Origin | null) =>
    read.gaps.push({ keeper, at: placeOf(value.origin ?? place ?? at), reason: value.reason });

  function each(set: AttrsValue, name: string, above: boolean, visit: (piece: Piece) => void): void {
    const entry = set.entries.get(name);
    if (entry === undefined) return;
    for (const one of definitionsOf(cx, entry.value))
      visit({
        value: one.value,
        at: entry.at,
        conditional: above || entry.optional || one.conditional,
      });
  }

  function named(
    piece: Piece,
    visit: (entry: Attr, name: string, kind: NameKind | null, guess: boolean) => void,
  ) {
    const { value } = piece;
    if (value.kind === 'unknown') {
      for (const candidate of value.candidates ?? []) {
        const set = force(cx, candidate);
        if (set.kind === 'attrs') for (const [name, entry] of set.entries) visit(entry, name, null, true);
      }
      gap(value, piece.at);
      return;
    }
    if (value.kind !== 'attrs') return;
    for (const [name, entry] of value.entries) visit(entry, name, null, false);
    for (const entry of value.patterns) visit(entry, display(entry.name), 'pattern', false);
    if (value.open !== null) gap(value.open, piece.at);
  }

  for (const one of definitionsOf(cx, lazy)) {
    const above = conditional || one.conditional;
    if (one.value.kind === 'unknown' && !isPassedOn(one.value, keeper)) gap(one.value, at);
    if (one.value.kind !== 'attrs') continue;
    const set = one.value;
    each(set, 'secrets', above, piece =>
      named(piece, (entry, name, kind, guess) => {
        const place = entry.at ?? piece.at ?? at;
        read.definitions.push({
          keeper,
          name,
          nameKind: kind ?? nameKindAt(place, name),
          at: placeOf(place),
          via: callsOf(place),
          conditional: piece.conditional || guess || entry.optional,
          ...readBody(cx, entry.value, placeOf(place)),
        });
      }),
    );
    if (keeper === 'age') continue;
    each(set, 'templates', above, piece =>
      named(piece, (entry, name, kind, guess) => {
        const place = entry.at ?? piece.at ?? at;
        read.templates.push({
          name,
          nameKind: kind ?? nameKindAt(place, name),
          at: placeOf(place),
          conditional: piece.conditional || guess || entry.optional,
        });
      }),
    );
    for (const [option, name] of DEFAULTS)
      each(set, name, above, piece => {
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

/** `inherit (config) sops`: what is declared elsewhere is handed on. */
function isPassedOn(value: UnknownValue, keeper: SecretKeeper): boolean {
  return value.term?.kind === 'select' && value.term.name.text === keeper;
}

type Body = Omit<SecretDefinition, 'keeper' | 'name' | 'nameKind' | 'at' | 'via' | 'conditional'>;

function readBody(cx: Evaluation, lazy: Lazy, fallback: Place): Body {
  let complete = true;
  const fields = new Map<string, { readonly value: Value; readonly at: Place }>();
  for (const { value } of definitionsOf(cx, lazy)) {
    if (value.kind !== 'attrs') {
      complete = false;
      continue;
    }
    if (!isClosed(value)) complete = false;
    for (const [name, entry] of value.entries)
      for (const one of definitionsOf(cx, entry.value)) {
        if (fields.has(name) && one.value.kind === 'unknown') continue;
        const origin = one.value.origin ?? entry.at;
        fields.set(name, { value: one.value, at: origin === null ? fallback : placeOf(origin) });
      }
  }
  const text = (name: string): Known<string> | null => {
    const field = fields.get(name);
    if (field?.value.kind !== 'string' || field.value.text === null) return null;
    return { value: field.value.text, at: field.at };
  };
  const flag = (name: string): Known<boolean> | null => {
    const field = fields.get(name);
    return field?.value.kind === 'bool' ? { value: field.value.value, at: field.at } : null;
  };
  const source = fields.get('sopsFile') ?? fields.get('file') ?? fields.get('rekeyFile');
  return {
    complete,
    given: [...fields.keys()],
    source: source === undefined ? null : sourceOf(cx, source.value, source.at),
    key: text('key'),
    format: text('format'),
    owner: text('owner'),
    group: text('group'),
    mode: text('mode'),
    path: text('path'),
    neededForUsers: flag('neededForUsers'),
  };
}

function nameKindAt(at: Origin, name: string): NameKind {
  const text = at.file.text.slice(at.start, at.end);
  return text === name || text === `"${name}"` || text === `''${name}''` ? 'literal' : 'resolved';
}

/**
 * Reads a `secrets.nix`: `{ "a.age".publicKeys = [ … ]; }`, paths being relative to its folder.
 * @returns no rules where the value is something else
 */
export function readAgeRules(cx: Evaluation, file: string, lazy: Lazy): AgeRule[] {
  const root = force(cx, lazy);
  if (root.kind !== 'attrs') return [];
  const rules: AgeRule[] = [];
  for (const [name, entry] of root.entries) {
    if (!name.endsWith('.age') || entry.at === null) continue;
    const path = joinPath(folderOf(file), name);
    const value = force(cx, entry.value);
    const keys = value.kind === 'attrs' ? value.entries.get('publicKeys') : undefined;
    if (path === null || keys === undefined) continue;
    rules.push({ path, at: placeOf(entry.at), ...readRecipients(cx, keys.value) });
  }
  return rules;
}

function readRecipients(cx: Evaluation, lazy: Lazy): Pick<AgeRule, 'recipients' | 'complete'> {
  const list = force(cx, lazy);
  if (list.kind !== 'list') return { recipients: [], complete: false };
  const texts = list.items.map(item => (item.kind === 'spread' ? null : readText(cx, item)));
  const recipients = texts.filter(text => text !== null);
  return { recipients, complete: recipients.length === texts.length };
}
