/**
 * Writes an inspection as JSON in the layout of `JSON.stringify` with two spaces. Each item of a long list is made,
 * written and dropped, since a large fleet's complete inspection would dominate the memory use of the command.
 */

import type { Io } from '../io.ts';
import type { InspectionParts } from './inspection.ts';
import { jsonLine, jsonText } from './json-text.ts';

/** An inspection with the additions of options. */
type ShownParts = InspectionParts & { readonly nix?: unknown };

/** UTF-16 units to buffer before writing. */
const ENOUGH = 1 << 16;

/**
 * Prints an inspection as JSON.
 * @param parts the parts by name; a function makes the items of a list
 */
export async function writeInspectionJson(parts: ShownParts, { stdout }: Io): Promise<void> {
  let pending = '';
  for (const text of textsOf(parts)) {
    pending += text;
    if (pending.length < ENOUGH) continue;
    stdout.write(pending);
    pending = '';
    await stdout.drained?.();
  }
  stdout.write(pending);
}

function* textsOf(parts: ShownParts): Generator<string> {
  let before = '{\n';
  for (const [name, part] of Object.entries(parts)) {
    yield `${before}  ${jsonLine(name)}: `;
    if (typeof part === 'function') yield* listTexts(part());
    else yield within(part, 1);
    before = ',\n';
  }
  yield '\n}\n';
}

function* listTexts(items: Iterable<unknown>): Generator<string> {
  let before = '[\n    ';
  for (const item of items) {
    yield before + within(item, 2);
    before = ',\n    ';
  }
  yield before.startsWith('[') ? '[]' : '\n  ]';
}

/**
 * Writes a value as it stands inside of one or two lists, whose own brackets are cut off: that costs less than to indent
 * each line.
 */
function within(value: unknown, depth: 1 | 2): string {
  if (depth === 1) return jsonText([value]).slice('[\n  '.length, -'\n]'.length);
  return jsonText([[value]]).slice('[\n  [\n    '.length, -'\n  ]\n]'.length);
}
