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
    else yield indented(part, '  ');
    before = ',\n';
  }
  yield '\n}\n';
}

function* listTexts(items: Iterable<unknown>): Generator<string> {
  let before = '[\n    ';
  for (const item of items) {
    yield before + indented(item, '    ');
    before = ',\n    ';
  }
  yield before.startsWith('[') ? '[]' : '\n  ]';
}

/** Indents JSON text. Line breaks inside strings are escaped, so all others belong to the layout. */
function indented(value: unknown, by: string): string {
  return jsonText(value).replaceAll('\n', `\n${by}`);
}
