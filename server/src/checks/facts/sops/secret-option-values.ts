/**
 * Checks the value of a single option of a secret: what is wrong, in words, and what to write instead. An
 * unknown value is accepted.
 *
 * Source: as for fleet/secrets/secrets-schema.ts, and the types of nixpkgs' lib.
 */

import { stringText } from '../../../edits/edits.ts';
import { didYouMean, suggest } from '../../../edits/suggest.ts';
import { type SecretOptionType, SOPS_FORMATS, SOPS_LOGS } from '../../../fleet/secrets/secrets-schema.ts';
import type { Setting } from '../../../modules/settings.ts';
import type { Mistake, Replacement } from '../option/option-values.ts';
import { quoted } from '../wording.ts';
import type { WrittenSecretOption } from './written-secret-options.ts';

export type { Mistake };

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

type Check = (written: WrittenSecretOption) => Mistake | null;

const ofKinds =
  (kinds: readonly string[], takes: string): Check =>
  written =>
    kinds.includes(written.option.kind) ? null : wrong(written, takes);

const CHECKS: Readonly<Record<SecretOptionType, Check | null>> = {
  any: null,
  computed: null,
  bool: written => {
    if (written.option.kind === 'bool') return null;
    const text = textOf(written);
    const instead = text === 'true' || text === 'false' ? writtenAs(stringText(text), text) : null;
    return wrong(written, 'true or false', instead);
  },
  count: written => {
    const { kind, value } = written.option;
    if (kind !== 'int') return wrong(written, 'a whole number');
    const isNegative = value.kind === 'plain' && typeof value.value === 'number' && value.value < 0;
    return isNegative ? { problem: 'takes a whole number that is not below 0', instead: null } : null;
  },
  integer: ofKinds(['int', 'null'], 'a whole number'),
  text: ofKinds(['string'], 'a string'),
  user: written => {
    const takes = isAccount(written) ? 'the name of a user or group in a string' : 'a string';
    return ofKinds(['string', 'null'], takes)(written);
  },
  texts: written => listMistake(written, 'a list of strings', isText),
  // A set may have a path: a package, or the result of `fetchurl`.
  path: written => {
    const takes = 'a path, or a string with a slash in front';
    if (['path', 'attrs'].includes(written.option.kind)) return null;
    if (written.option.kind !== 'string') return wrong(written, takes);
    const text = textOf(written);
    return text === null || text.startsWith('/')
      ? null
      : { problem: `takes ${takes}, not "${text}"`, instead: null };
  },
  paths: written => listMistake(written, 'a list of paths, or of strings with a slash in front', isPath),
  place: ofKinds(['string', 'path', 'null', 'attrs'], 'a path'),
  options: ofKinds(['attrs', 'lambda', 'path'], 'a set'),
  log: written => listMistake(written, `a list of ${quoted(SOPS_LOGS)}`, item => isOneOf(item, SOPS_LOGS)),
  format: written => {
    if (written.option.kind !== 'string') return wrong(written, `one of ${quoted(SOPS_FORMATS, 5)}`);
    const text = textOf(written);
    if (text === null || SOPS_FORMATS.some(format => format === text)) return null;
    const meant = OTHER_FORMATS.get(text) ?? suggest(text, SOPS_FORMATS);
    return {
      problem: `takes one of ${quoted(SOPS_FORMATS, 5)}, not "${text}".${didYouMean(meant)}`.replace(
        /\.$/,
        '',
      ),
      instead: meant === null ? null : writtenAs(stringText(text), stringText(meant), true),
    };
  },
  mode: modeMistake,
};

/** Names of the formats in other programs. */
const OTHER_FORMATS: ReadonlyMap<string, string> = new Map([
  ['yml', 'yaml'],
  ['env', 'dotenv'],
  ['raw', 'binary'],
  ['bin', 'binary'],
]);

/** Returns the mistake in the value of an option, or null if it is valid or not known. */
export function mistakeIn(written: WrittenSecretOption): Mistake | null {
  if (written.known === null || KINDS[written.option.kind] === undefined) return null;
  return CHECKS[written.known.type]?.(written) ?? null;
}

function wrong({ option }: WrittenSecretOption, takes: string, instead: Replacement | null = null): Mistake {
  return { problem: `takes ${takes}, not ${KINDS[option.kind]}`, instead };
}

function writtenAs(written: string, text: string, isGuess = false): Replacement {
  return { text, isGuess, isWritten: candidate => candidate === written };
}

function textOf({ option: { kind, value } }: WrittenSecretOption): string | null {
  return kind === 'string' && value.kind === 'plain' && typeof value.value === 'string' ? value.value : null;
}

function isAccount({ name }: WrittenSecretOption): boolean {
  return name === 'owner' || name === 'group';
}

/** Matches sixteen bits in octal digits, as sops-nix reads them. */
const MODE = /^0*[01]?[0-7]{1,5}$/;

function modeMistake(written: WrittenSecretOption): Mistake | null {
  const takes = 'octal digits in a string, like "0400"';
  const { kind, value } = written.option;
  if (kind === 'string') {
    const text = textOf(written);
    return text === null || MODE.test(text)
      ? null
      : { problem: `takes ${takes}, not "${text}"`, instead: null };
  }
  const isNumber = kind === 'int' && value.kind === 'plain' && /^[0-7]{3}$/.test(String(value.value));
  return wrong(
    written,
    takes,
    // Nix drops a leading zero of a number, so the source text tells which digits were meant.
    isNumber && value.kind === 'plain'
      ? {
          text: stringText(`0${value.value}`),
          isGuess: false,
          isWritten: text => /^0?[0-7]{3}$/.test(text),
        }
      : null,
  );
}

function listMistake(
  written: WrittenSecretOption,
  takes: string,
  isItem: (item: Setting) => boolean,
): Mistake | null {
  const { kind, value } = written.option;
  if (kind === 'list') {
    const stranger = value.kind === 'list' ? value.items.find(item => !isItem(item)) : undefined;
    return stranger === undefined
      ? null
      : { problem: `takes ${takes}; ${settingText(stranger)} is none`, instead: null };
  }
  const text = textOf(written);
  return wrong(written, takes, text === null ? null : writtenAs(stringText(text), `[ ${stringText(text)} ]`));
}

function isText(item: Setting): boolean {
  return item.kind === 'unknown' || (item.kind === 'plain' && typeof item.value === 'string');
}

/** Returns whether the item may be a path. A set may be a package. */
function isPath(item: Setting): boolean {
  if (item.kind === 'plain') return typeof item.value === 'string' && item.value.startsWith('/');
  return item.kind !== 'list';
}

function isOneOf(item: Setting, all: readonly string[]): boolean {
  return item.kind === 'unknown' || (item.kind === 'plain' && all.some(choice => choice === item.value));
}

function settingText(setting: Setting): string {
  if (setting.kind === 'plain') return JSON.stringify(setting.value);
  return setting.kind === 'list' ? 'a list' : 'a set';
}
