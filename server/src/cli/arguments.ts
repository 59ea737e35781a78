/** Reads options and positions, and reports mistakes in sentences. Knows no particular command. */
import { isAbsolute, resolve } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { suggest } from '../edits/suggest.ts';
import { UsageError } from './io.ts';

/** Options by name: a `value` takes an argument, a `flag` does not. */
export type Options = Readonly<Record<string, 'value' | 'flag'>>;

export interface Parsed {
  /** Returns the last value of an option, or undefined if it is absent. */
  option(name: string): string | undefined;
  /** Returns all values of an option. */
  options(name: string): readonly string[];
  flag(name: string): boolean;
  readonly positions: readonly string[];
}

/**
 * Reads the arguments of a command. `--json` means `--format json`; a command that has either also accepts the other.
 * @param commandOptions options by name: a `value` takes an argument, a `flag` does not
 * @param most the maximum number of positions
 * @param shorts short forms of options
 * @throws UsageError
 */
export function readArguments(
  args: readonly string[],
  commandOptions: Options,
  most: number,
  shorts: Readonly<Record<string, string>> = {},
): Parsed {
  const readonly: Options =
    'json' in commandOptions || 'format' in commandOptions
      ? { ...commandOptions, json: 'flag', format: 'value' }
      : commandOptions;
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const [name, kind] of Object.entries(readonly)) {
    options[name] =
      kind === 'value' ? { type: 'string', multiple: true } : { type: 'boolean', multiple: true };
  }
  for (const [letter, name] of Object.entries(shorts))
    options[name] = { ...options[name], short: letter } as never;
  rejectUnknown(args, readonly, shorts);
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true }) as typeof parsed;
  } catch (error) {
    const lines = (error as Error).message.split(/\. |\n/);
    throw new UsageError(`${(lines[0] ?? '').replace(/\.$/, '')}.`);
  }
  const { values, positionals } = parsed;
  if (positionals.length > most) throw new UsageError(`Unexpected argument "${positionals[most]}".`);
  const all = (name: string) => (values[name] ?? []) as readonly string[];
  const isJson = asksForJson(all('json').length > 0, all('format').at(-1), !('format' in commandOptions));
  return {
    option: name => (name === 'format' && isJson ? 'json' : all(name).at(-1)),
    options: all,
    flag: name => (name === 'json' ? isJson : all(name).length > 0),
    positions: positionals,
  };
}

/**
 * Returns whether the output should be JSON.
 * @param isOnly true for a command with no formats other than text and JSON
 * @throws UsageError
 */
function asksForJson(flag: boolean, format: string | undefined, isOnly: boolean): boolean {
  if (isOnly) oneOf('--format', format, ['text', 'json'], 'text');
  if (flag && format !== undefined && format !== 'json')
    throw new UsageError(`--json means --format json: remove --json or --format ${format}.`);
  return flag || format === 'json';
}

function rejectUnknown(
  args: readonly string[],
  values: Readonly<Record<string, unknown>>,
  shorts: Readonly<Record<string, string>>,
): void {
  for (const arg of args) {
    if (arg === '--') return;
    const name = /^--?([^=]+)/.exec(arg)?.[1];
    if (name === undefined || (arg.startsWith('--') && Object.hasOwn(values, name))) continue;
    if (!arg.startsWith('--') && Object.hasOwn(shorts, arg.charAt(1))) continue;
    const near = suggest(name, Object.keys(values));
    throw new UsageError(`There is no option "${arg}".${near ? ` Did you mean "--${near}"?` : ''}`);
  }
}

/**
 * Returns the text if it is among the words.
 * @throws UsageError that lists the words
 */
export function oneOf<Word extends string>(
  option: string,
  text: string | undefined,
  words: readonly Word[],
  fallback: Word,
): Word {
  if (text === undefined) return fallback;
  const match = words.find(word => word === text);
  if (match !== undefined) return match;
  throw new UsageError(`"${text}" is not a value of ${option}: it takes ${words.join(', ')}.`);
}

/** Returns the absolute path of a path that was typed in `cwd`. */
export function absolutePath(cwd: string, path: string): string {
  return isAbsolute(path) ? resolve(path) : resolve(cwd, path);
}
