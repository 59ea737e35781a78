/** Creates completion items for registry keys. */

import { machinesPhrase } from '../hover/hover-words.ts';
import { type Asked, type CompletionItem, item } from './completion-items.ts';

/**
 * Returns the keys of a registry as items.
 *
 * @param withQuotes true if the cursor is outside of a string
 */
export function keyItems({ index, snapshot }: Asked, registry: string, withQuotes = false): CompletionItem[] {
  return (index.registries.get(registry)?.keys ?? []).map(({ key, description, generator, envVar }) => {
    const machines = index.machinesOfKey(registry, key);
    const lines = [
      ...(generator === null ? [] : [`Generator \`${generator.value}\``]),
      ...(envVar === null ? [] : [`Variable \`${envVar.value}\``]),
      `Machines: ${machinesPhrase({ snapshot, index, link: () => null }, machines)}`,
    ];
    return item(key, 'key', description ?? generator?.value ?? 'registry key', {
      documentation: lines.map(line => `- ${line}`).join('\n'),
      subject: { kind: 'key', registry, key },
      ...(withQuotes ? { insert: `"${key}"` } : {}),
    });
  });
}
