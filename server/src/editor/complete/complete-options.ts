/** Completes options, their values, and whole generators. */

import { generatorAround } from '../names/enclosing-generator.ts';
import {
  DISPLAY_OPTIONS,
  FILE_OPTIONS,
  GENERATOR_OPTIONS,
  type OptionWords,
  PROMPT_OPTIONS,
} from '../names/option-words.ts';
import { wordsOf } from '../names/script-words.ts';
import { filledIn, TEMPLATES } from '../scaffold/templates.ts';
import { type Asked, type CompletionItem, item } from './completion-items.ts';

/** The kind of set that contains the cursor. */
type Level =
  | { readonly of: 'generators' | 'generator' | 'file' | 'prompt' | 'display' }
  | { readonly of: 'files' | 'prompts'; readonly generator: string | null };

export function optionItems(asked: Asked): readonly CompletionItem[] | null {
  const { cursor } = asked;
  if (cursor.side === 'value') return valueItems(asked);
  const level = levelAt(asked);
  if (level === null) return null;
  switch (level.of) {
    case 'generators':
      return TEMPLATES.map(({ label, text, body }) =>
        item(label, 'template', text, {
          insert: indented(body, asked),
          snippet: true,
          rank: 2,
          documentation: `\`\`\`nix\n${filledIn(body)}\n\`\`\``,
        }),
      );
    case 'generator':
      return optionsOf(GENERATOR_OPTIONS, asked);
    case 'file':
      return optionsOf(FILE_OPTIONS, asked);
    case 'prompt':
      return optionsOf(PROMPT_OPTIONS, asked);
    case 'display':
      return optionsOf(DISPLAY_OPTIONS, asked);
    default:
      return undeclared(asked, level.of, level.generator);
  }
}

/**
 * Determines the level from `…generators.<name>.files.<name>`. In registries, sets are recognised by their
 * contents.
 */
function levelAt(asked: Asked): Level | null {
  const { cursor, index, file } = asked;
  const path = [...cursor.path, ...cursor.before];
  const at = path.lastIndexOf('generators');
  if (at !== -1) return levelOf(path.slice(at + 1), path[at + 1] ?? null);
  const isRegistry = index.registries.has(file);
  const looksLike = cursor.siblings.some(name => /^(script|files|prompts|runtimeInputs)(\.|$)/.test(name));
  if (!isRegistry && !looksLike) return null;
  const inner = path.findIndex(name => name === 'files' || name === 'prompts');
  if (inner !== -1) return levelOf(['', ...path.slice(inner)], generatorAround(asked));
  return looksLike ? { of: 'generator' } : null;
}

function levelOf(rest: readonly string[], generator: string | null): Level | null {
  const [, kind] = rest;
  if (rest.length === 0) return { of: 'generators' };
  if (rest.length === 1) return { of: 'generator' };
  if (kind !== 'files' && kind !== 'prompts') return null;
  if (rest.length === 2) return { of: kind, generator };
  if (rest.length === 3) return { of: kind === 'files' ? 'file' : 'prompt' };
  return rest.length === 4 && kind === 'prompts' && rest[3] === 'display' ? { of: 'display' } : null;
}

/** Returns the options that are not set yet. */
export function optionsOf(
  options: readonly OptionWords[],
  { cursor, line }: Pick<Asked, 'cursor' | 'line'>,
): CompletionItem[] {
  // After a dot, the preceding names belong to the same binding.
  const siblings = new Set(cursor.before.length === 0 ? cursor.siblings : []);
  const indent = /^\s*/.exec(line)?.[0] ?? '';
  return options
    .filter(({ name }) => !siblings.has(name))
    .map(({ name, type, fallback, text, body = ' = $0;' }, position) =>
      item(name, 'option', type, {
        documentation: documentationOf(text, type, fallback),
        insert: name + body.replaceAll('\n', `\n${indent}`),
        snippet: true,
        rank: position,
      }),
    );
}

function documentationOf(text: string, type: string, fallback: string | null): string {
  return `${text}\n\nType: ${type}. ${fallback === null ? 'It must be set.' : `Default: \`${fallback}\`.`}`;
}

/** Returns the undeclared files or prompts that the script mentions. */
function undeclared(asked: Asked, of: 'files' | 'prompts', generator: string | null): CompletionItem[] {
  const root = of === 'files' ? 'out' : 'prompts';
  const bodies = (asked.index.generators.get(generator ?? '') ?? []).map(candidate => candidate.body());
  const declared = new Set(bodies.flatMap(body => body[of].map(({ name }) => name)));
  const named = bodies
    .flatMap(body => wordsOf(body.script))
    .flatMap(({ word }) => {
      return word.root === root && word.name !== null && !declared.has(word.name) ? [word.name] : [];
    });
  const kind = of === 'files' ? 'file' : 'prompt';
  return named.map(name =>
    item(name, kind, `the script ${of === 'files' ? 'writes' : 'reads'} it`, {
      insert: /^[A-Za-z_][\w'-]*$/.test(name) ? `${name} = { $0};` : `"${name}" = { $0};`,
      snippet: true,
    }),
  );
}

function valueItems({ cursor, line }: Asked): readonly CompletionItem[] | null {
  const inString = cursor.frames.at(-1)?.kind === 'string';
  const path = inString ? cursor.path : [...cursor.path, ...cursor.before];
  const name = path.at(-1) ?? '';
  const options = !path.includes('prompts')
    ? FILE_OPTIONS
    : path.at(-2) === 'display'
      ? DISPLAY_OPTIONS
      : PROMPT_OPTIONS;
  return isInGenerator(path) ? valuesOf([...options, ...GENERATOR_OPTIONS], name, inString, line) : null;
}

/** Returns items for the values of an option, or `null` if there is no fixed set of them. */
export function valuesOf(
  options: readonly OptionWords[],
  name: string,
  inString: boolean,
  line: string,
): readonly CompletionItem[] | null {
  const option = options.find(words => words.name === name);
  if (option === undefined) return null;
  if (option.values !== undefined)
    return option.values.map(({ value, text }, rank) =>
      item(value, 'value', text, { insert: inString ? value : `"${value}"`, rank }),
    );
  if (option.type === 'boolean' && !inString && /=\s*$/.test(line))
    return ['true', 'false'].map(value => item(value, 'value', option.text));
  return null;
}

function isInGenerator(path: readonly string[]): boolean {
  return path.some(name => name === 'generators' || name === 'files' || name === 'prompts');
}

/** Indents all lines but the first like the current line. */
function indented(body: string, { line }: Asked): string {
  const indent = /^\s*/.exec(line)?.[0] ?? '';
  return body.replaceAll('\n', `\n${indent}`);
}
