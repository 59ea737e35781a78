/**
 * The options that clan-core knows: of generators, of their files and of their prompts, and what became of those that
 * it knew once. Reads `data/generator-options.json`.
 */

import { suggest } from '../../nix/near-names.ts';
import type { WrittenOption } from '../model/generators.ts';
import data from './data/generator-options.json' with { type: 'json' };

/** What an option takes; `any` where only clan itself sets it. */
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

/** Options that clan itself sets, once: another definition ends evaluation. */
export const READ_ONLY = ofEach((written): ReadonlySet<string> => new Set(written.readOnly));

/** What a module may say besides options: then it may declare options of its own. */
export const MODULE_KEYS: ReadonlySet<string> = new Set(['imports', 'options', 'config', 'freeformType']);

/** Sayings of the module system that are no options. */
export const MODULE_WORDS: ReadonlySet<string> = new Set([...MODULE_KEYS, 'key', 'disabledModules']);

/** An option that clan-core had once. */
export interface Former {
  /** Its name today; null if there is nothing like it any more. */
  readonly now: string | null;
  readonly since: string;
}

export const FORMER = ofEach(
  (written): ReadonlyMap<string, Former> => new Map(Object.entries(written.former)),
);

/** Names that people bring from elsewhere, and what they mean by them. */
const OTHER_WORDS = ofEach(
  (written): ReadonlyMap<string, string> => new Map(Object.entries(written.otherWords)),
);

const OWNERS = ['generator', 'file', 'prompt'] as const;

/**
 * Returns where an option that is unknown here belongs; null if it is one of nothing else. Names that several have are
 * nobody's.
 */
export function ownerOf(name: string, besides: OptionOwner): OptionOwner | null {
  if (name === 'name') return null;
  // What a form shows of a prompt is meant by nobody but who writes prompts.
  const all: readonly OptionOwner[] =
    besides === 'prompt' || besides === 'display' ? [...OWNERS, 'display'] : OWNERS;
  const owners = all.filter(
    one => one !== besides && OPTIONS[one].has(name) && OPTIONS[one].get(name) !== 'any',
  );
  return owners.length === 1 ? (owners[0] ?? null) : null;
}

/** Returns the option that somebody most likely means by a name that is none here; null if no option is near. */
export function meantBy(of: OptionOwner, name: string): string | null {
  const usual = [...OPTIONS[of]].filter(([, type]) => type !== 'any').map(([option]) => option);
  return OTHER_WORDS[of].get(name) ?? suggest(name, usual);
}

/** An option, and what it is an option of. */
export interface OwnedOption {
  readonly of: OptionOwner;
  readonly name: string;
}

/**
 * Returns whether a name is no option of clan-core's, of today or of once, and resembles none: then something that is not
 * known here declares it, and may set other options by it.
 */
export function isForeignOption(of: OptionOwner, name: string): boolean {
  const isKnown = OPTIONS[of].has(name) || MODULE_WORDS.has(name) || FORMER[of].has(name);
  return !isKnown && !name.startsWith('_') && perhapsMeant(of, name) === null;
}

/**
 * Returns the option that a name that is none here may stand for: its name of today, the one of another thing (`secret`
 * of a generator), or the nearest. Null for options, and for what resembles none.
 */
export function perhapsMeant(of: OptionOwner, name: string): OwnedOption | null {
  if (OPTIONS[of].has(name) || MODULE_WORDS.has(name) || name.startsWith('_')) return null;
  const former = FORMER[of].get(name);
  if (former !== undefined) return former.now === null ? null : { of, name: former.now };
  const owner = ownerOf(name, of);
  if (owner !== null) return { of: owner, name };
  const meant = meantBy(of, name);
  return meant === null ? null : { of, name: meant };
}
