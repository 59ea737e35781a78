/**
 * Checks the value of a single option: what is wrong, in words, and what to write instead. An unknown value is
 * accepted.
 *
 * Source: clan-core d7c35d912, modules/clan/export-modules/generic-generator.nix, and the types of nixpkgs'
 * lib.
 */

import { stringText } from '../../../edits/edits.ts';
import { didYouMean, suggest } from '../../../edits/suggest.ts';
import { OPTIONS, type OptionType } from '../../../fleet/generators/generator-options.ts';
import type { WrittenOption } from '../../../fleet/model/generators.ts';
import type { Setting } from '../../../modules/settings.ts';
import { packageNames } from '../../../shell/programs/tools.ts';
import { quoted } from '../wording.ts';

export interface Mistake {
  /** The expected and the actual value, as the end of a sentence. */
  readonly problem: string;
  /** The replacement for a value that is written as `isWritten` requires, or null if it is not known. */
  readonly instead: Replacement | null;
}

export interface Replacement {
  readonly text: string;
  readonly isGuess: boolean;
  isWritten(text: string): boolean;
}

/** Names of the kinds of values that are checked; others (`unknown`, a failure) are not. */
const KINDS: Readonly<Record<string, string>> = {
  null: 'null',
  bool: 'true or false',
  int: 'a number',
  float: 'a number',
  string: 'a string',
  path: 'a path',
  list: 'a list',
  attrs: 'a set',
  lambda: 'a function',
};

type Check = (option: WrittenOption) => Mistake | null;

const CHECKS: Readonly<Record<OptionType, Check | null>> = {
  any: null,
  bool: option => {
    if (option.kind === 'bool') return null;
    const text = textOf(option);
    const instead = text === 'true' || text === 'false' ? writtenAs(stringText(text), text) : null;
    return wrong(option, 'true or false', instead);
  },
  text: option => (option.kind === 'string' ? null : wrong(option, 'a string')),
  textOrNull: option =>
    option.kind === 'string' || option.kind === 'null' ? null : wrong(option, 'a string or null'),
  texts: option => listMistake(option, 'a list of strings', isText),
  packages: option => listMistake(option, 'a list of packages', isPackage),
  mode: modeMistake,
  neededFor: option => oneOf(option, ['partitioning', 'activation', 'users', 'services']),
  promptType: option => oneOf(option, ['line', 'hidden', 'multiline', 'multiline-hidden']),
  members: option =>
    ['attrs', 'lambda', 'path'].includes(option.kind) ? null : wrong(option, 'a set with a name for each'),
  // A package is a set and can be used as a script.
  script: option =>
    ['string', 'path', 'attrs'].includes(option.kind) ? null : wrong(option, 'a string or a path'),
  set: option => (option.kind === 'attrs' ? null : wrong(option, 'a set')),
  validation: option => {
    const problem = validationProblem(option, option.value, 0);
    return problem === null ? null : { problem, instead: null };
  },
};

/** Returns the mistake in the value of an option, or null if it is valid or not known. */
export function mistakeIn(option: WrittenOption): Mistake | null {
  if (option.member !== undefined) return wrong(option, 'a set of options');
  if (option.package !== undefined)
    return KNOWN_PACKAGES.has(option.package)
      ? { problem: 'takes a list of packages, not a package', instead: null }
      : null;
  if (KINDS[option.kind] === undefined) return null;
  const type = OPTIONS[option.of].get(option.name);
  return type === undefined ? null : (CHECKS[type]?.(option) ?? null);
}

/** Packages known by name; other names may be lists from an overlay. */
const KNOWN_PACKAGES: ReadonlySet<string> = new Set(packageNames());

function wrong(option: WrittenOption, takes: string, instead: Replacement | null = null): Mistake {
  return { problem: `takes ${takes}, not ${KINDS[option.kind]}`, instead };
}

function writtenAs(written: string, text: string, isGuess = false): Replacement {
  return { text, isGuess, isWritten: candidate => candidate === written };
}

function textOf({ kind, value }: WrittenOption): string | null {
  return kind === 'string' && value.kind === 'plain' && typeof value.value === 'string' ? value.value : null;
}

function oneOf(option: WrittenOption, all: readonly string[]): Mistake | null {
  if (option.kind !== 'string') return wrong(option, `one of ${quoted(all)}`);
  const text = textOf(option);
  if (text === null || all.includes(text)) return null;
  const meant = suggest(text, all);
  return {
    problem: `takes one of ${quoted(all)}, not "${text}".${didYouMean(meant)}`.replace(/\.$/, ''),
    instead: meant === null ? null : writtenAs(stringText(text), stringText(meant), true),
  };
}

function modeMistake(option: WrittenOption): Mistake | null {
  const takes = 'four octal digits in a string, like "0400"';
  if (option.kind === 'string') {
    const text = textOf(option);
    if (text === null || /^[0-7]{4}$/.test(text)) return null;
    const instead = /^[0-7]{3}$/.test(text) ? writtenAs(stringText(text), stringText(`0${text}`)) : null;
    return { problem: `takes ${takes}, not "${text}"`, instead };
  }
  const isNumber = option.kind === 'int';
  return wrong(
    option,
    takes,
    // Nix drops a leading zero of a number, so the source text tells which digits were meant.
    isNumber && option.value.kind === 'plain' && /^[0-7]{3}$/.test(String(option.value.value))
      ? {
          text: stringText(`0${option.value.value}`),
          isGuess: false,
          isWritten: written => /^0?[0-7]{3}$/.test(written),
        }
      : null,
  );
}

function listMistake(
  option: WrittenOption,
  takes: string,
  isItem: (item: Setting) => boolean,
): Mistake | null {
  if (option.kind === 'list') {
    const { value } = option;
    const stranger = value.kind === 'list' ? value.items.find(item => !isItem(item)) : undefined;
    return stranger === undefined
      ? null
      : { problem: `takes ${takes}; ${settingText(stranger)} is none`, instead: null };
  }
  const text = takes === 'a list of strings' ? textOf(option) : null;
  return wrong(option, takes, text === null ? null : writtenAs(stringText(text), `[ ${stringText(text)} ]`));
}

function isText(item: Setting): boolean {
  return item.kind === 'unknown' || (item.kind === 'plain' && typeof item.value === 'string');
}

/** Returns whether an item is a store path, which can be used as a package. */
function isPackage(item: Setting): boolean {
  if (item.kind === 'plain') return typeof item.value === 'string' && item.value.startsWith('/');
  return item.kind !== 'list';
}

function settingText(setting: Setting): string {
  if (setting.kind === 'plain') return JSON.stringify(setting.value);
  return setting.kind === 'list' ? 'a list' : 'a set';
}

/**
 * Describes why a value cannot be a validation: it is nested too deeply, or contains lists, `null` or
 * fractions, which clan cannot compare.
 */
function validationProblem(option: WrittenOption, setting: Setting, depth: number): string | null {
  const takes = 'takes true or false, a whole number, a string, or sets of these, at most two deep';
  if (option.kind === 'lambda' || option.kind === 'path') return `${takes}; not ${KINDS[option.kind]}`;
  switch (setting.kind) {
    case 'unknown':
      return null;
    case 'list':
      return `${takes}; a list is none. builtins.toJSON makes a string of it`;
    case 'plain':
      if (setting.value === null) return depth === 0 ? null : `${takes}; null is none`;
      return typeof setting.value === 'number' && !Number.isInteger(setting.value)
        ? `${takes}; ${setting.value} is none`
        : null;
    case 'set': {
      if (setting.entries.has('outPath') || setting.entries.has('type')) return null;
      if (depth === 2) return `${takes}; this is deeper. builtins.toJSON makes a string of it`;
      for (const inner of setting.entries.values()) {
        const problem = validationProblem(option, inner, depth + 1);
        if (problem !== null) return problem;
      }
      return null;
    }
  }
}
