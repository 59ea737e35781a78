/** Renders the hover card of a registry key: its generator, its variable and its machines. */

import type { GeneratorFile } from '../../fleet/model/generators.ts';
import type { RegistryKey } from '../../fleet/model/registries.ts';
import { code, plain } from '../words/markdown.ts';
import type { HoverContext } from './hover-context.ts';
import { sharePhrase } from './hover-generator.ts';
import {
  definedPhrase,
  deployedLocationPhrase,
  filePhrase,
  machinesPhrase,
  type Placement,
  valuePhrase,
} from './hover-words.ts';

/** Returns the card of a key, or null if the registry does not have it. */
export function keyCard(context: HoverContext, registry: string, key: string): string | null {
  const entry = context.index.key(registry, key);
  if (!entry) return null;
  const machines = context.index.machinesOfKey(registry, key);
  const parts = [
    `**${plain(key)}** · registry key${entry.domain === null ? '' : ` · ${plain(entry.domain)}`}`,
  ];
  const description = entry.description ?? entry.body.prompts[0]?.description ?? null;
  if (description !== null) parts.push(plain(description));
  parts.push(linesOf(context, entry, machines).join('\n'));
  parts.push(...definedPhrase(context, [entry.at]));
  return parts.join('\n\n');
}

function linesOf(context: HoverContext, entry: RegistryKey, machines: readonly string[]): string[] {
  const lines: string[] = [];
  const { generator, body } = entry;
  if (generator) {
    const placement: Placement = { generator: generator.value, share: body.share, machines };
    lines.push(`- Generator ${code(generator.value)}${sharePhrase(body.share)}`);
    for (const file of body.files) {
      lines.push(
        `- ${code(file.name)} ${filePhrase(file)} → ${deployedLocationPhrase(context, placement, file)}`,
      );
    }
    lines.push(...variableLine(context, entry, placement));
  }
  lines.push(`- Machines: ${machinesPhrase(context, machines)}`);
  return lines;
}

/** Describes the exported variable: the path of a secret's file, or a public value itself. */
function variableLine(context: HoverContext, entry: RegistryKey, placement: Placement): string[] {
  if (!entry.envVar) return [];
  const name = entry.envVar.value;
  const file = exportedFile(entry);
  const secret = entry.secret ?? file?.secret ?? null;
  if (secret === null) return [`- Variable ${code(name)} or ${code(`${name}_FILE`)}`];
  if (!secret) {
    const value = file ? ` = ${valuePhrase(context, placement, file.name)}` : '';
    return [`- Variable ${code(name)}${value}`];
  }
  const path = file ? ` = the path of ${code(file.name)}` : '';
  return [`- Variable ${code(`${name}_FILE`)}${path}`];
}

function exportedFile({ fileAttr, body }: RegistryKey): GeneratorFile | null {
  if (fileAttr) return body.files.find(({ name }) => name === fileAttr.value) ?? null;
  return body.files.length === 1 ? (body.files[0] as GeneratorFile) : null;
}
