/**
 * The options that clan-core has for generators, their files and their prompts, and its former options. Reads
 * `data/generator-options.json`.
 */

import { suggest } from '../../nix/near-names.ts';
import type { WrittenOption } from '../model/generators.ts';
import data from './data/generator-options.json' with { type: 'json' };

/** The kind of value that an option takes; `any` if only clan itself sets it. */
export type OptionType =
  | 'bool'
  | 'text'
  | 'textOrNull'
  | 'texts'
  | 'mode'
  | 'neededFor'
  | 'promptType'
  | 'members'
  | 'packages'
  | 'script'
  | 'set'
  | 'validation'
  | 'any';

export type OptionOwner = WrittenOption['of'];

type Options = ReadonlyMap<string, OptionType>;

interface Written {
  readonly options: Readonly<Record<string, OptionType>>;
  readonly readOnly: readonly string[];
  readonly former: Readonly<Record<string, Former>>;
  readonly otherWords: Readonly<Record<string, string>>;
}

const WRITTEN: Readonly<Record<OptionOwner, Written>> = {
  generator: data.generator as Written,
  file: data.file as Written,
  prompt: data.prompt as Written,
  display: data.display as Written,
};

function ofEach<T>(read: (written: Written) => T): Readonly<Record<OptionOwner, T>> {
  const { generator, file, prompt, display } = WRITTEN;
  return { generator: read(generator), file: read(file), prompt: read(prompt), display: read(display) };
}

export const OPTIONS = ofEach((written): Options => new Map(Object.entries(written.options)));

/** Options that clan itself sets: a second definition makes evaluation fail. */
export const READ_ONLY = ofEach((written): ReadonlySet<string> => new Set(written.readOnly));

/** Keys of a module besides options. A set with one of them may declare options of its own. */
export const MODULE_KEYS: ReadonlySet<string> = new Set(['imports', 'options', 'config', 'freeformType']);

/** Keys of the module system that are not options. */
export const MODULE_WORDS: ReadonlySet<string> = new Set([...MODULE_KEYS, 'key', 'disabledModules']);

/** A former option of clan-core. */
export interface Former {
  /** Its present name; null if there is no replacement. */
  readonly now: string | null;
  readonly since: string;
}

export const FORMER = ofEach(
  (written): ReadonlyMap<string, Former> => new Map(Object.entries(written.former)),
);

/** Names from other tools, with the options that they correspond to. */
const OTHER_WORDS = ofEach(
  (written): ReadonlyMap<string, string> => new Map(Object.entries(written.otherWords)),
);

const OWNERS = ['generator', 'file', 'prompt'] as const;

/**
 * Returns the kind of thing that has an option of this name, other than `besides`; null if none or several have one.
 */
export function ownerOf(name: string, besides: OptionOwner): OptionOwner | null {
  if (name === 'name') return null;
  // `display` options are considered only for prompts, since no other part has a form.
  const all: readonly OptionOwner[] =
    besides === 'prompt' || besides === 'display' ? [...OWNERS, 'display'] : OWNERS;
  const owners = all.filter(
    owner => owner !== besides && OPTIONS[owner].has(name) && OPTIONS[owner].get(name) !== 'any',
  );
  return owners.length === 1 ? (owners[0] ?? null) : null;
}

/** Returns the option that an unknown name most likely stands for; null if no option is similar. */
export function likelyOption(of: OptionOwner, name: string): string | null {
  const usual = [...OPTIONS[of]].filter(([, type]) => type !== 'any').map(([option]) => option);
  return OTHER_WORDS[of].get(name) ?? suggest(name, usual);
}

/** An option, with the kind of thing that has it. */
export interface OwnedOption {
  readonly of: OptionOwner;
  readonly name: string;
}

/**
 * Returns whether a name is neither a present nor a former option of clan-core and resembles none. Such an option is
 * declared by an unknown module, which may set other options with it.
 */
export function isForeignOption(of: OptionOwner, name: string): boolean {
  const isKnown = OPTIONS[of].has(name) || MODULE_WORDS.has(name) || FORMER[of].has(name);
  return !isKnown && !name.startsWith('_') && possibleOption(of, name) === null;
}

/**
 * Returns the option that an unknown name may stand for: its present name, an option of another kind of thing (`secret`
 * of a generator), or the most similar one. Returns null for existing options, and if none is similar.
 */
export function possibleOption(of: OptionOwner, name: string): OwnedOption | null {
  if (OPTIONS[of].has(name) || MODULE_WORDS.has(name) || name.startsWith('_')) return null;
  const former = FORMER[of].get(name);
  if (former !== undefined) return former.now === null ? null : { of, name: former.now };
  const owner = ownerOf(name, of);
  if (owner !== null) return { of: owner, name };
  const meant = likelyOption(of, name);
  return meant === null ? null : { of, name: meant };
}
