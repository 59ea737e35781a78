/**
 * Computes completions at the cursor: options, names of generators and their files, registry keys, machines,
 * packages, secrets of sops-nix and agenix, paths, and words of scripts. Determines the position from the text before
 * the cursor, and the items from the fleet. Pure.
 */

import { cursorIn } from '../names/cursor.ts';
import { indexOf } from '../names/fleet-index.ts';
import type { Snapshot } from '../snapshot.ts';
import { inventoryItems } from './complete-inventory.ts';
import { matrixItems } from './complete-matrix.ts';
import { nameItems } from './complete-names.ts';
import { optionItems } from './complete-options.ts';
import { ownOptionItems } from './complete-own-options.ts';
import { packageItems } from './complete-packages.ts';
import { pathItems } from './complete-paths.ts';
import { registryItems } from './complete-registry.ts';
import { scriptItems } from './complete-script.ts';
import { secretItems } from './complete-secrets.ts';
import type { Asked, Completion, CompletionItem } from './completion-items.ts';

const WORD = /[\w'-]*$/;
/** Matches a word in a string, where names may have more characters. */
const STRING_WORD = /[\w'.+@-]*$/;

/**
 * Returns the completion at a cursor, or null.
 *
 * @param offset 0-based UTF-16 offset
 */
export function completion(snapshot: Snapshot, file: string, offset: number): Completion | null {
  const text = snapshot.files.text(file);
  if (text === null || !file.endsWith('.nix')) return null;
  const cursor = cursorIn(text, offset);
  const inString = cursor.frames.at(-1)?.kind === 'string';
  const begun =
    (inString ? STRING_WORD : WORD).exec(text.slice(Math.max(0, offset - 100), offset))?.[0] ?? '';
  const start = offset - begun.length;
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  const asked: Asked = { snapshot, index: indexOf(snapshot), file, text, start, line, cursor };
  const own = secretItems(asked, offset) ?? pathItems(asked, offset);
  if (own !== null) return { at: { file, start: own.start, end: offset }, items: once(own.items) };
  for (const source of SOURCES) {
    const items = source(asked);
    if (items !== null) return { at: { file, start, end: offset }, items: once(items) };
  }
  return null;
}

/** The first source that knows the position provides the items. */
const SOURCES: readonly ((asked: Asked) => readonly CompletionItem[] | null)[] = [
  scriptItems,
  matrixItems,
  registryItems,
  nameItems,
  inventoryItems,
  packageItems,
  optionItems,
  ownOptionItems,
];

function once(items: readonly CompletionItem[]): CompletionItem[] {
  return [...new Map(items.map(item => [item.label, item])).values()];
}
