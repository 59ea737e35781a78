/**
 * Reads the options of clan-vars-helper below `my.secrets`, a library that flakes use as an input. `declarations` lists
 * generators, written by hand or made by its constructors; `discover.dir` is a folder with one file per generator, from
 * which a machine selects by tags; `getPath` and `getValue` look up files.
 *
 * Source: perstarkse/clan-vars-helper 3e190c4, nix/nixos/module.nix and lib.nix.
 */

import { packages, unknownArgument } from '../../modules/modules.ts';
import { definitionsOf, unwrap } from '../../modules/read.ts';
import { stepsOf } from '../../modules/steps.ts';
import { possibleLists } from '../../nix/builtins/list-parts.ts';
import { attr, attrs, attrsOf, bool, list, string, stringOf, unknown } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import { joinPath } from '../../nix/eval/paths.ts';
import { thunk } from '../../nix/eval/thunks.ts';
import type { Attr, AttrsValue, Lazy, Origin, UnknownValue, Value } from '../../nix/eval/value.ts';

/**
 * Matches words of files that use the helper. The lookbehind comes last; in front, it would be tried at every
 * character.
 */
export const HELPER_WORDS =
  /\bmk(?:Machine|Shared|User)Secret\b|\bgetPath\b|\bgetValue\b|\bdir\b(?<=\bdiscover\b[^}]{0,200}dir)|\bdeclarations\s*=/;

const ACCESSORS: ReadonlyMap<string, string> = new Map([
  ['getPath', 'path'],
  ['getValue', 'value'],
]);

const CONSTRUCTORS: ReadonlyMap<string, { readonly share: boolean | null; readonly neededFor: string }> =
  new Map([
    ['mkSharedSecret', { share: true, neededFor: 'services' }],
    ['mkMachineSecret', { share: false, neededFor: 'services' }],
    ['mkUserSecret', { share: null, neededFor: 'users' }],
  ]);

/**
 * Returns the attribute that an accessor reads, by the names through which it was selected; `null` for other functions.
 */
export function accessorAttribute(names: readonly string[]): string | null {
  return isOurs(names.slice(0, -1)) ? (ACCESSORS.get(names.at(-1) ?? '') ?? null) : null;
}

function isOurs(names: readonly string[]): boolean {
  return names.at(-1) === 'secrets' && names.at(-2) === 'my' && !names.includes('options');
}

/** Returns how an option declares generators: as a list, or as a folder. */
export function declaringOption(names: readonly string[]): 'list' | 'folder' | null {
  if (names.at(-1) === 'declarations' && isOurs(names.slice(0, -1))) return 'list';
  if (names.at(-1) === 'dir' && names.at(-2) === 'discover' && isOurs(names.slice(0, -2))) return 'folder';
  return null;
}

/** A set of generators, and whether a machine may lack it. */
export interface DeclaredSet {
  readonly value: AttrsValue;
  readonly conditional: boolean;
}

/** Called with the reason for each part that cannot be read, which may contain further generators. */
export type OnUnreadable = (reason: string) => void;
const IGNORE_UNREADABLE: OnUnreadable = () => undefined;

/** Returns the sets in a list of declarations. */
export function listedSets(
  cx: Evaluation,
  lazy: Lazy,
  missed: OnUnreadable = IGNORE_UNREADABLE,
): DeclaredSet[] {
  return definitionsOf(cx, lazy).flatMap(definition =>
    definition.never ? [] : setsIn(cx, definition.value, definition.conditional, missed),
  );
}

/** The nesting allowed for guesses. */
const GUESSES = 6;

function setsIn(
  cx: Evaluation,
  value: Value,
  conditional: boolean,
  missed: OnUnreadable,
  depth = 0,
): DeclaredSet[] {
  if (depth > GUESSES) return [];
  switch (value.kind) {
    case 'list':
      return value.items.flatMap(item => {
        if (item.kind !== 'spread') return setsIn(cx, cx.force(item), conditional, missed, depth);
        missed(item.of.reason);
        return possibleLists(item.of).flatMap(possibleList =>
          setsIn(cx, cx.speculate(possibleList), true, missed, depth + 1),
        );
      });
    case 'attrs':
      return [{ value: withoutMeta(cx, value), conditional }];
    case 'unknown': {
      const made = constructed(cx, value);
      if (made !== null) return [{ value: made, conditional }];
      missed(value.reason);
      return (value.candidates ?? []).flatMap(candidate =>
        setsIn(cx, cx.speculate(candidate), true, missed, depth + 1),
      );
    }
    default:
      return [];
  }
}

/** Returns the sets in the files of a folder, of which a machine selects some by tags. */
export function discoveredSets(
  cx: Evaluation,
  lazy: Lazy,
  at: Origin,
  takes: SelectsGenerator = () => null,
): DeclaredSet[] {
  const { value: folder } = unwrap(cx, lazy);
  if (folder.kind !== 'path' || folder.text.startsWith('/')) return [];
  return (cx.files.list(folder.text) ?? []).flatMap(({ name, kind }) => {
    const path = joinPath(folder.text, name);
    if (kind !== 'file' || !name.endsWith('.nix') || path === null) return [];
    const imported = cx.importPath({ kind: 'path', text: path, origin: at }, at);
    if (imported.kind !== 'lambda') return selectedSets(cx, imported, takes);
    const args = ['config', 'lib', 'pkgs'].map(
      argument => [argument, attr(unknownArgument(argument, path, 0), null)] as const,
    );
    return selectedSets(cx, cx.apply(imported, attrs(new Map(args), null), at), takes);
  });
}

/** Returns whether a machine selects the generator of a declaration; null if unknown. */
export type SelectsGenerator = (declaration: AttrsValue, name: string) => boolean | null;

function selectedSets(cx: Evaluation, value: Value, takes: SelectsGenerator): DeclaredSet[] {
  if (value.kind !== 'attrs') return setsIn(cx, value, true, IGNORE_UNREADABLE);
  const sure = new Map<string, Attr>();
  const perhaps = new Map<string, Attr>();
  for (const [name, entry] of withoutMeta(cx, value).entries) {
    const is = takes(value, name);
    if (is !== false) (is === true ? sure : perhaps).set(name, entry);
  }
  const sets: DeclaredSet[] = [];
  if (sure.size > 0) sets.push({ value: { ...value, entries: sure }, conditional: false });
  if (perhaps.size > 0 || value.patterns.length > 0)
    sets.push({ value: { ...value, entries: perhaps }, conditional: true });
  return sets;
}

/** Returns a declaration without its tags, which may be set for the whole declaration or for each generator. */
function withoutMeta(cx: Evaluation, declaration: AttrsValue): AttrsValue {
  const entries = new Map<string, Attr>();
  for (const [name, entry] of declaration.entries) {
    if (name === 'meta') continue;
    const { value } = entry;
    const stripped = thunk(
      () => {
        const body = cx.force(value);
        return body.kind === 'attrs' ? without(body, 'meta') : body;
      },
      value.kind === 'thunk' ? value.at : value.origin,
    );
    entries.set(name, { ...entry, value: stripped });
  }
  return { ...declaration, entries };
}

function without(set: AttrsValue, name: string): AttrsValue {
  if (!set.entries.has(name)) return set;
  return { ...set, entries: new Map([...set.entries].filter(([key]) => key !== name)) };
}

/** Returns the generator that a constructor makes: `config.my.secrets.mkMachineSecret { name = …; files = …; … }`. */
function constructed(cx: Evaluation, value: UnknownValue): AttrsValue | null {
  if (value.term?.kind !== 'apply') return null;
  const names = stepsOf(value.term.fn).map(step => step.name.text ?? '');
  const kind = isOurs(names.slice(0, -1)) ? CONSTRUCTORS.get(names.at(-1) ?? '') : undefined;
  if (kind === undefined) return null;
  const args = cx.force(value.term.arg);
  if (args.kind !== 'attrs') return null;
  const named = args.entries.get('name');
  const read = named === undefined ? null : cx.force(named.value);
  const name =
    read?.kind === 'unknown' ? stringOf([{ hole: read, source: sourceOf(read) }], read.origin) : read;
  if (name?.kind !== 'string') return null;
  const entry = attr(
    thunk(() => bodyOf(cx, args, kind.share, kind.neededFor)),
    name.origin ?? value.origin,
  );
  if (name.text === null) return attrs(new Map(), value.origin, null, [{ ...entry, name }]);
  return attrs(new Map([[name.text, entry]]), value.origin);
}

/** Returns the source text of an unknown value. */
function sourceOf({ origin }: UnknownValue): string {
  return origin === null ? '…' : origin.file.text.slice(origin.start, origin.end);
}

function bodyOf(cx: Evaluation, args: AttrsValue, share: boolean | null, neededFor: string): AttrsValue {
  const entries = new Map<string, Attr>();
  for (const name of ['files', 'prompts', 'dependencies', 'script']) copy(args, name, entries);
  const explicit = args.entries.get('share');
  if (share === null && explicit !== undefined) entries.set('share', explicit);
  else entries.set('share', attr(bool(share ?? false, null), null));
  const files = args.entries.get('files');
  if (files !== undefined)
    entries.set('files', { ...files, value: thunk(() => filesOf(cx, files.value, neededFor)) });
  const prompts = args.entries.get('prompts');
  entries.set(
    'prompts',
    attr(
      thunk(() => promptsOf(cx, files?.value ?? null, prompts?.value ?? null)),
      prompts?.at ?? null,
    ),
  );
  const script = args.entries.get('script');
  if (script !== undefined)
    entries.set('script', { ...script, value: thunk(() => wrapped(cx, script.value)) });
  const inputs = args.entries.get('runtimeInputs');
  entries.set(
    'runtimeInputs',
    attr(
      thunk(() => withJq(cx, inputs?.value ?? null)),
      inputs?.at ?? null,
    ),
  );
  entries.set(
    'validation',
    attr(unknown('what the helper adds to `validation`', 'helper validation', null), null),
  );
  return attrs(entries, args.origin, args.open);
}

function copy(from: AttrsValue, name: string, into: Map<string, Attr>): void {
  const entry = from.entries.get(name);
  if (entry !== undefined) into.set(name, entry);
}

/**
 * Returns the files as the helper makes them: with a default for `neededFor`, without options that only the helper
 * reads, and with a manifest unless that is disabled.
 */
function filesOf(cx: Evaluation, lazy: Lazy, neededFor: string): Value {
  const files = cx.force(lazy);
  if (files.kind !== 'attrs') return files;
  const change = (entry: Attr): Attr => ({
    ...entry,
    value: thunk(() => {
      const options = cx.force(entry.value);
      if (options.kind !== 'attrs') return options;
      const kept = new Map([...options.entries].filter(([name]) => !HELPER_OPTIONS.has(name)));
      if (!kept.has('neededFor')) kept.set('neededFor', attr(string(neededFor, null), null));
      return { ...options, entries: kept };
    }),
  });
  const entries = new Map([...files.entries].map(([name, entry]) => [name, change(entry)] as const));
  const manifest = attrsOf({ secret: bool(false, null) }, null);
  entries.set('manifest.json', attr(manifest, files.origin, true));
  return { ...files, entries, patterns: files.patterns.map(entry => ({ ...entry, ...change(entry) })) };
}

const HELPER_OPTIONS = new Set(['promptType', 'description', 'additionalReaders']);

/** Returns the prompts that files request by `promptType`, and those that are declared. */
function promptsOf(cx: Evaluation, files: Lazy | null, prompts: Lazy | null): Value {
  const asked = new Map<string, Attr>();
  const set = files === null ? null : cx.force(files);
  if (set?.kind === 'attrs')
    for (const [name, entry] of set.entries) {
      const options = cx.force(entry.value);
      const type = options.kind === 'attrs' ? options.entries.get('promptType') : undefined;
      if (type !== undefined) asked.set(name, { ...entry, value: attrsOf({ type: type.value }, null) });
    }
  const declared = prompts === null ? attrs(new Map(), null) : cx.force(prompts);
  return declared.kind === 'attrs'
    ? { ...declared, entries: new Map([...asked, ...declared.entries]) }
    : declared;
}

/** Returns the script inside of the helper's own script, which prepares `$prompts` and writes the manifest. */
function wrapped(cx: Evaluation, lazy: Lazy): Value {
  const script = cx.force(lazy);
  if (script.kind !== 'string') return script;
  const around = (what: string) => ({
    hole: unknown('what the helper adds to the script', `helper script ${what}`, null),
    source: what,
  });
  return stringOf([around('before'), ...script.pieces, around('after')], script.origin);
}

function withJq(cx: Evaluation, lazy: Lazy | null): Value {
  const jq = cx.select(packages, 'jq', null);
  if (lazy === null) return list([jq], null);
  const inputs = cx.force(lazy);
  return inputs.kind === 'list' ? { ...inputs, items: [...inputs.items, jq] } : inputs;
}
