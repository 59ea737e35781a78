/** Renders the hover card of a prompt. */
import type { GeneratorPrompt } from '../../fleet/model/generators.ts';
import { plain } from '../words/markdown.ts';
import type { HoverContext } from './hover-context.ts';
import { generatorCard } from './hover-generator.ts';
import { definedPhrase } from './hover-words.ts';

const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    line: 'one line, shown while it is typed',
    hidden: 'hidden while it is typed',
    multiline: 'several lines, shown while they are typed',
    'multiline-hidden': 'several lines, hidden while they are typed',
  }),
);

/** Returns the card of a prompt, or of the generator if the prompt is not known. */
export function promptCard(context: HoverContext, generator: string, prompt: string): string | null {
  const same = context.index.generators.get(generator) ?? [];
  const prompts = same.flatMap(candidate => candidate.body().prompts.filter(({ name }) => name === prompt));
  const [first] = prompts;
  if (first === undefined) return generatorCard(context, generator);
  return [
    `**${plain(generator)}/${plain(prompt)}** · prompt`,
    linesOf(first)
      .map(line => `- ${line}`)
      .join('\n'),
    ...definedPhrase(
      context,
      prompts.map(({ at }) => at),
    ),
  ].join('\n\n');
}

function linesOf({ name, description, type, persist }: GeneratorPrompt): string[] {
  const lines: string[] = [];
  if (description !== null && description !== name) lines.push(`Asks “${plain(description)}”`);
  if (type !== null) lines.push(TYPES.get(type) ?? plain(type));
  if (persist === true) lines.push('The answer is stored as a file of the same name');
  if (persist === false) lines.push('The answer is not stored: each generation asks for it');
  return lines;
}
