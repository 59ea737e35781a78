/**
 * Renders hovers of things other than names: options and their values, tags of the inventory, environment variables of
 * the registry, the directories of a script, lists shared by rows, and functions that look up keys. Pure;
 * independent of any editor.
 */

import type { WrittenOption } from '../../fleet/model/generators.ts';
import type { RegistryKey } from '../../fleet/model/registries.ts';
import { cursorIn } from '../names/cursor.ts';
import { bodiesIn } from '../names/fleet-index.ts';
import {
  DISPLAY_OPTIONS,
  FILE_OPTIONS,
  GENERATOR_OPTIONS,
  type OptionWords,
  PROMPT_OPTIONS,
} from '../names/option-words.ts';
import { scriptsIn } from '../names/scripts.ts';
import { code, plain } from '../words/markdown.ts';
import { accessorCard } from './hover-accessor.ts';
import type { CardAt, HoverContext } from './hover-context.ts';
import { tagParts } from './hover-inventory.ts';
import { keyCard } from './hover-key.ts';
import { sharedListCard } from './hover-list.ts';
import { programCard } from './hover-program.ts';

/**
 * Returns the card at an offset, or null.
 *
 * @param offset 0-based UTF-16 offset without a name of the fleet
 */
export function cardAround(context: HoverContext, file: string, offset: number): CardAt | null {
  return (
    programCard(context, file, offset) ??
    optionCard(context, file, offset) ??
    directoryCard(context, file, offset) ??
    tagCard(context, file, offset) ??
    variableCard(context, file, offset) ??
    sharedListCard(context, file, offset) ??
    accessorCard(context, file, offset)
  );
}

const OPTIONS: Readonly<Record<WrittenOption['of'], readonly OptionWords[]>> = {
  generator: GENERATOR_OPTIONS,
  file: FILE_OPTIONS,
  prompt: PROMPT_OPTIONS,
  display: DISPLAY_OPTIONS,
};

const OWNERS: Readonly<Record<WrittenOption['of'], string>> = {
  generator: 'generator',
  file: 'file',
  prompt: 'prompt',
  display: "prompt's display",
};

const OPTION_NAMES: ReadonlySet<string> = new Set(
  Object.values(OPTIONS).flatMap(all => all.map(({ name }) => name)),
);

/** Returns the card of an option of a generator, file or prompt: type, default, and description. */
function optionCard({ snapshot }: HoverContext, file: string, offset: number): CardAt | null {
  const word = wordAt(snapshot.files.text(file), offset, /[\w-]/);
  if (word === null || !OPTION_NAMES.has(word.text)) return null;
  for (const body of bodiesIn(snapshot, file))
    for (const { of, name, at } of body.options()) {
      if (at.file !== file || offset < at.start || offset > at.end) continue;
      const words = OPTIONS[of].find(optionWords => optionWords.name === name);
      if (words !== undefined)
        return { at, markdown: `${optionText(words, OWNERS[of])}\n\n[Reference of clan](${REFERENCE})` };
    }
  return null;
}

/** Clan's documentation of these options (clan-core d7c35d912, `clan_lib/docs.py`). */
const REFERENCE = 'https://clan.lol/docs/unstable/reference/clan.core/vars';

/**
 * Describes an option: its type, its default and its effect.
 *
 * @param of the owner of the option: `generator`, `secret of sops-nix`
 */
export function optionText({ name, type, fallback, text, values }: OptionWords, of: string): string {
  const lines = [
    `- Type: ${plain(type)}`,
    fallback === null ? '- It must be set' : `- Default: ${code(fallback)}`,
  ];
  const choices = (values ?? []).map(({ value, text: what }) => `- ${code(value)}: ${what}`);
  return [`**${name}** · option of a ${of}`, text, [...lines, ...choices].join('\n')].join('\n\n');
}

const DIRECTORIES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    in: 'The files of the dependencies: `$in/<generator>/<file>`. It contains only generators listed in `dependencies`.',
    out: 'Where the script writes its files: `$out/<file>`. Each declared file must exist when the script ends.',
    prompts:
      'The answers to prompts, one file each: `$prompts/<prompt>`. The answer itself is `$(cat "$prompts/<prompt>")`.',
  }),
);

function directoryCard({ snapshot }: HoverContext, file: string, offset: number): CardAt | null {
  for (const { followed } of scriptsIn(snapshot, file))
    for (const { name, nameAt } of followed.flow.variables) {
      const text = DIRECTORIES.get(name);
      const at = text === undefined ? null : followed.placeOf(nameAt);
      if (text === undefined || at?.file !== file || offset < at.start || offset > at.end) continue;
      return { at, markdown: `**$${name}** · directory of the script\n\n${text}` };
    }
  return null;
}

/** Returns the card of a tag in a machine's list or in a role. */
function tagCard(context: HoverContext, file: string, offset: number): CardAt | null {
  const { snapshot } = context;
  const word = wordAt(snapshot.files.text(file), offset, /[\w.-]/);
  if (word === null) return null;
  const { inventory } = snapshot.fleet;
  if (!inventory.tagNames.includes(word.text)) return null;
  const cursor = cursorIn(snapshot.files.text(file) ?? '', word.start);
  const path = cursor.side === 'name' ? [...cursor.path, ...cursor.before] : cursor.path;
  if (
    path.at(-1) !== 'tags' ||
    !(path.includes('machines') || path.includes('roles') || path.includes('inventory'))
  )
    return null;
  const parts = tagParts(context, word.text);
  if (parts === null) return null;
  return {
    at: { file, start: word.start, end: word.end },
    markdown: parts.filter(part => part !== '').join('\n\n'),
  };
}

/** Returns the card of a variable exported by the registry, with or without `_FILE`. */
function variableCard(context: HoverContext, file: string, offset: number): CardAt | null {
  const word = wordAt(context.snapshot.files.text(file), offset, /[A-Z0-9_]/);
  if (word === null) return null;
  for (const registry of context.snapshot.fleet.registries)
    for (const key of registry.keys) {
      if (!exports(key, word.text)) continue;
      const card = keyCard(context, registry.file, key.key);
      if (card === null) continue;
      const what = word.text.endsWith('_FILE')
        ? `**${plain(word.text)}** · environment variable: the path of a file`
        : `**${plain(word.text)}** · environment variable`;
      return { at: { file, start: word.start, end: word.end }, markdown: `${what}\n\n---\n\n${card}` };
    }
  return null;
}

function exports({ envVar, body, secret, fileAttr }: RegistryKey, name: string): boolean {
  if (envVar === null) return false;
  const file = fileAttr
    ? body.files.find(generatorFile => generatorFile.name === fileAttr.value)
    : body.files[0];
  const isSecret = secret ?? file?.secret ?? null;
  if (name === `${envVar.value}_FILE`) return isSecret !== false;
  return name === envVar.value && isSecret !== true;
}

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function wordAt(text: string | null, offset: number, letter: RegExp): Word | null {
  if (text === null) return null;
  let start = offset;
  while (start > 0 && letter.test(text.charAt(start - 1))) start--;
  let end = offset;
  while (end < text.length && letter.test(text.charAt(end))) end++;
  return start === end ? null : { text: text.slice(start, end), start, end };
}
