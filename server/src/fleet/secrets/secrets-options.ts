/** Reads the options of secrets and templates as they are written, and evaluates the most important ones. */

import { type Definition, definitionsOf } from '../../modules/read.ts';
import { readSetting } from '../../modules/settings.ts';
import { display, isClosed } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Attr, AttrsValue, Lazy, StringValue, Value } from '../../nix/eval/value.ts';
import type { Known, Place } from '../../nix/places.ts';
import { placeOf } from '../../nix/places.ts';
import type {
  NamedSecret,
  SecretDefinition,
  SecretOption,
  SecretTemplate,
  TemplateContent,
} from '../model/secrets.ts';
import { sourceOf } from './secrets-source.ts';
import { placeholderOf } from './secrets-uses.ts';

/** An option with its value before conversion to data. */
interface Field {
  readonly value: Value;
  readonly at: Place;
}

interface Fields {
  readonly fields: ReadonlyMap<string, Field>;
  readonly options: readonly SecretOption[];
  readonly complete: boolean;
  /** True if every definition is under a condition. */
  readonly isConditional: boolean;
}

type SecretBody = Omit<
  SecretDefinition,
  'keeper' | 'name' | 'nameKind' | 'at' | 'via' | 'conditional' | 'above'
> & { readonly isConditional: boolean };

/**
 * Reads the options of a secret.
 * @param fallback the place of options that are not written in a file
 */
export function readSecretBody(cx: Evaluation, lazy: Lazy, fallback: Place): SecretBody {
  const { fields, options, complete, isConditional } = readFields(cx, lazy, fallback);
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
    definedOptions: [...fields.keys()],
    source: source === undefined ? null : sourceOf(cx, source.value, source.at),
    key: text('key'),
    format: text('format'),
    owner: text('owner'),
    group: text('group'),
    mode: text('mode'),
    path: text('path'),
    neededForUsers: flag('neededForUsers'),
    options,
    isConditional,
  };
}

type TemplateBody = Pick<SecretTemplate, 'complete' | 'content' | 'source' | 'options'>;

/**
 * Reads the options of a template.
 * @param fallback the place of options that are not written in a file
 */
export function readTemplateBody(cx: Evaluation, lazy: Lazy, fallback: Place): TemplateBody {
  const { fields, options, complete } = readFields(cx, lazy, fallback);
  const content = fields.get('content');
  const source = fields.get('file');
  return {
    complete,
    content: content === undefined ? null : contentOf(content),
    source: source === undefined ? null : sourceOf(cx, source.value, source.at),
    options,
  };
}

/** An attribute, with one definition of the option that it sets. */
interface WrittenOption {
  readonly name: string;
  readonly entry: Pick<Attr, 'at' | 'optional'>;
  readonly definition: Definition;
}

/**
 * Returns one definition of an option as plain data.
 * @param above true if the enclosing set is under a condition
 * @param fallback the place of an option that is not written in a file
 */
export function optionOf(
  cx: Evaluation,
  { name, entry: { at, optional }, definition: { value, conditional, priority } }: WrittenOption,
  above: boolean,
  fallback: Place,
): SecretOption {
  return {
    name,
    at: at === null ? fallback : placeOf(at),
    kind: value.kind,
    value: readSetting(cx, value),
    valueAt: value.origin === null ? null : placeOf(value.origin),
    conditional: above || conditional || optional,
    priority,
  };
}

function readFields(cx: Evaluation, lazy: Lazy, fallback: Place): Fields {
  let complete = true;
  const fields = new Map<string, Field>();
  const options: SecretOption[] = [];
  const note = (set: AttrsValue, above: boolean) => {
    for (const [name, entry] of set.entries)
      for (const definition of definitionsOf(cx, entry.value)) {
        if (definition.never) continue;
        options.push(optionOf(cx, { name, entry, definition }, above, fallback));
        if (fields.has(name) && definition.value.kind === 'unknown') continue;
        const origin = definition.value.origin ?? entry.at;
        fields.set(name, { value: definition.value, at: origin === null ? fallback : placeOf(origin) });
      }
  };
  const definitions = definitionsOf(cx, lazy);
  for (const { value, conditional } of definitions) {
    if (value.kind === 'attrs') note(value, conditional);
    if (value.kind !== 'attrs' || !isClosed(value)) complete = false;
  }
  const isConditional = definitions.every(({ conditional }) => conditional);
  return { fields, options, complete, isConditional };
}

function contentOf({ value, at }: Field): TemplateContent | null {
  if (value.kind === 'string') return { at, text: display(value), placeholders: placeholdersIn(value) };
  const placeholder = value.kind === 'unknown' ? placeholderOf(value) : null;
  return placeholder === null ? null : { at, text: '', placeholders: [placeholder] };
}

function placeholdersIn({ pieces }: StringValue): NamedSecret[] {
  return pieces.flatMap(piece => ('hole' in piece ? (placeholderOf(piece.hole) ?? []) : []));
}
