/**
 * Options that modules of the workspace declare with `mkOption`, read from their values. What cannot be read takes
 * anything: an option whose type is not known, a module of which a part is not known.
 *
 * Source: lib/types.nix of nixpkgs.
 */
import { attr, attrs, isClosed } from '../nix/construct.ts';
import { force } from '../nix/evaluate.ts';
import type { Evaluation } from '../nix/evaluation.ts';
import type { Attr, AttrsValue, Lazy, UnknownValue, Value } from '../nix/value.ts';
import { moduleSets } from './clan-modules.ts';
import { selectionPath } from './module-references.ts';
import type { Given } from './modules.ts';
import type {
  OptionBranch,
  OptionEntry,
  OptionGroup,
  OptionLevel,
  OptionNode,
  OptionType,
} from './option-tree.ts';
import { wordsOf } from './option-types.ts';
import { placeOf } from './places.ts';
import { certain, definitionsOf, readText, unwrap } from './read.ts';

const MAX_DEPTH = 8;
const MAX_TEXT = 80;
const MAX_DESCRIPTION = 400;
/** Words of modules that say nothing of values. */
const NO_VALUES: ReadonlySet<string> = new Set([
  'options',
  'imports',
  '_file',
  '_class',
  'key',
  'disabledModules',
]);

interface Reading {
  readonly given: Given;
  /** True if the module gives options values as well: then none of them has to be set. */
  readonly defines: boolean;
  readonly depth: number;
}

/** Reads what a module declares, its imports included. */
export function readLevel(cx: Evaluation, module: Lazy, given: Given, depth = 0): OptionLevel {
  const { sets, gap } = moduleSets(cx, module, given);
  const declared: AttrsValue[] = [];
  let known = gap === null;
  let defines = false;
  for (const { set, conditional } of sets) {
    if (conditional || !isClosed(set) || mayBeFree(cx, set)) known = false;
    if ([...set.entries.keys()].some(name => !NO_VALUES.has(name))) defines = true;
    const entry = set.entries.get('options');
    if (entry === undefined) continue;
    const value = force(cx, entry.value);
    if (value.kind === 'attrs') declared.push(value);
    if (value.kind !== 'attrs' || entry.optional) known = false;
  }
  const { group, freeform } = readGroup(cx, declared, { given, defines, depth });
  const open = known ? freeform : 'any';
  return { options: group, ...(open === undefined ? {} : { freeform: open }) };
}

/** May the module say that others than its options can be set? */
function mayBeFree(cx: Evaluation, set: AttrsValue): boolean {
  if (set.entries.has('freeformType') || set.entries.has('_module')) return true;
  const config = set.entries.get('config');
  if (config === undefined) return false;
  return definitionsOf(cx, config.value).some(
    ({ value }) => value.kind !== 'attrs' || !isClosed(value) || value.entries.has('_module'),
  );
}

function readGroup(cx: Evaluation, sets: readonly AttrsValue[], reading: Reading): OptionBranch {
  const names = new Set(sets.flatMap(set => [...set.entries.keys()]));
  const nodes = [...names].map(name => {
    const entries = sets.flatMap(set => set.entries.get(name) ?? []);
    return [name, readNode(cx, entries, reading)] as const;
  });
  const group: OptionGroup = Object.fromEntries(nodes);
  return { group, ...(sets.every(isClosed) ? {} : { freeform: 'any' }) };
}

/** One option, or a group of them; an option that is declared twice may be of any type. */
function readNode(cx: Evaluation, entries: readonly Attr[], reading: Reading): OptionNode {
  const { given, depth, defines } = reading;
  const values = entries.map(entry => force(cx, entry.value));
  const sets = values.filter(value => value.kind === 'attrs');
  const [only] = sets;
  const at = entries[0]?.at == null ? null : placeOf(entries[0].at);
  if (only === undefined || sets.length < values.length || depth > MAX_DEPTH)
    return { type: 'any', typeText: 'not known', at };
  if (!sets.some(set => set.entries.has('_type')))
    return readGroup(cx, sets, { ...reading, depth: depth + 1 });
  const type = sets.length > 1 ? 'any' : typeOf(cx, certain(only, 'type')?.value ?? null, given, depth + 1);
  const isUnset = ['default', 'defaultText', 'apply'].every(name => !only.entries.has(name));
  return {
    type,
    typeText: type === 'any' ? 'not known' : wordsOf(type),
    at,
    ...(isUnset && !defines && sets.length === 1 && isClosed(only) && entries.every(entry => !entry.optional)
      ? { required: true }
      : {}),
    ...wordsIn(cx, only),
    ...(isHidden(cx, only) ? { hidden: true } : {}),
  };
}

function isHidden(cx: Evaluation, option: AttrsValue): boolean {
  const is = (name: string, value: boolean) => {
    const entry = certain(option, name);
    const found = entry === null ? null : force(cx, entry.value);
    return found?.kind === 'bool' && found.value === value;
  };
  return is('internal', true) || is('visible', false);
}

function wordsIn(cx: Evaluation, option: AttrsValue): Pick<OptionEntry, 'default' | 'description'> {
  const fallback = certain(option, 'defaultText') ?? certain(option, 'default');
  const text = fallback === null ? null : writtenText(force(cx, fallback.value));
  const description = certain(option, 'description');
  const words = description === null ? null : readText(cx, description.value)?.trim();
  return {
    ...(text === null ? {} : { default: text }),
    ...(words ? { description: words.slice(0, MAX_DESCRIPTION) } : {}),
  };
}

/** A short value as it is written. */
function writtenText({ origin }: Value): string | null {
  const text = origin === null ? null : origin.file.text.slice(origin.start, origin.end).replace(/\s+/g, ' ');
  return text === null || text.length > MAX_TEXT || text === '' ? null : text;
}

/** Types that nixpkgs has under other names than their own. */
const NAMES: Readonly<Record<string, string>> = {
  port: 'unsignedInt16',
  'ints.positive': 'positiveInt',
  'ints.unsigned': 'unsignedInt',
  'ints.u8': 'unsignedInt8',
  'ints.u16': 'unsignedInt16',
  'ints.u32': 'unsignedInt32',
  'ints.s8': 'signedInt8',
  'ints.s16': 'signedInt16',
  'ints.s32': 'signedInt32',
};

/** Functions that make types of others, by the number of the argument that is the type. */
const THROUGH: Readonly<Record<string, number>> = { uniq: 0, unique: 1, addCheck: 0 };

/** The type that a value stands for; `any` where that is not known. */
function typeOf(cx: Evaluation, lazy: Lazy | null, given: Given, depth: number): OptionType {
  const value = lazy === null || depth > MAX_DEPTH ? null : force(cx, lazy);
  if (value?.kind !== 'unknown') return 'any';
  const { fn, args } = calledBy(value);
  const name = typeName(fn);
  const [first, second, third] = args;
  const inner = (arg: Lazy | undefined) => typeOf(cx, arg ?? null, given, depth + 1);
  if (name === null) return 'any';
  if (args.length === 0) return NAMES[name] ?? name;
  const through = args[THROUGH[name] ?? -1];
  if (through !== undefined) return inner(through);
  switch (name) {
    case 'nullOr':
      return { nullOr: inner(first) };
    case 'listOf':
    case 'nonEmptyListOf':
      return { listOf: inner(first) };
    case 'attrsOf':
    case 'lazyAttrsOf':
      return { attrsOf: inner(first) };
    case 'either':
      return { oneOf: [inner(first), inner(second)] };
    case 'coercedTo':
      return { oneOf: [inner(first), inner(third)] };
    case 'oneOf':
      return oneOf(cx, first, inner);
    case 'enum':
      return enumOf(cx, first);
    case 'strMatching':
    case 'separatedString':
      return 'str';
    case 'ints.between':
      return 'int';
    case 'submodule':
      return first === undefined ? 'any' : { submodule: readLevel(cx, first, given, depth + 1) };
    case 'submoduleWith':
      return submoduleWith(cx, first, given, depth);
    default:
      return 'any';
  }
}

function calledBy(value: UnknownValue): { readonly fn: UnknownValue; readonly args: readonly Lazy[] } {
  const args: Lazy[] = [];
  let fn = value;
  for (; fn.term?.kind === 'apply'; fn = fn.term.fn) args.unshift(fn.term.arg);
  return { fn, args };
}

/** `str` of `lib.types.str`, `ints.positive` of `lib.types.ints.positive`. */
function typeName(value: UnknownValue): string | null {
  const [root, ...names] = selectionPath(value) ?? [];
  return root === 'lib.types' && names.length > 0 ? names.join('.') : null;
}

function oneOf(cx: Evaluation, lazy: Lazy | undefined, read: (type: Lazy) => OptionType): OptionType {
  const types = lazy === undefined ? null : force(cx, lazy);
  if (types?.kind !== 'list') return 'any';
  return { oneOf: types.items.map(item => (item.kind === 'spread' ? 'any' : read(item))) };
}

function enumOf(cx: Evaluation, lazy: Lazy | undefined): OptionType {
  const values = lazy === undefined ? null : force(cx, lazy);
  if (values?.kind !== 'list') return 'any';
  const plain: (string | number | boolean | null)[] = [];
  for (const item of values.items) {
    const value = item.kind === 'spread' ? null : force(cx, item);
    if (value?.kind === 'string' && value.text !== null) plain.push(value.text);
    else if (value?.kind === 'int') plain.push(Number(value.value));
    else if (value?.kind === 'bool') plain.push(value.value);
    else if (value?.kind === 'null') plain.push(null);
    else return 'any';
  }
  return { enum: plain };
}

function submoduleWith(cx: Evaluation, lazy: Lazy | undefined, given: Given, depth: number): OptionType {
  const set = lazy === undefined ? null : unwrap(cx, lazy).value;
  const modules = set?.kind === 'attrs' ? certain(set, 'modules') : null;
  if (modules === null) return 'any';
  const module = attrs(new Map([['imports', attr(modules.value, null)]]), null);
  return { submodule: readLevel(cx, module, given, depth + 1) };
}
