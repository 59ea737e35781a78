/**
 * An inspection as JSON, laid out as `JSON.stringify` does with two spaces. Each item of a long list is made, written
 * and forgotten: all of a large fleet at once would be the most that the command ever holds.
 */

import type { Io } from '../io.ts';
import type { InspectionParts } from './inspection.ts';
import { jsonLine, jsonText } from './json-text.ts';

/** An inspection, with what options add to it. */
type ShownParts = InspectionParts & { readonly nix?: unknown };

/** UTF-16 units that are written at once. */
const ENOUGH = 1 << 16;

/** @param parts what is shown, by name: a function makes the items of a list */
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

/** Line ends inside texts are escaped in JSON: those that are there are of the layout. */
function indented(value: unknown, by: string): string {
  return jsonText(value).replaceAll('\n', `\n${by}`);
}
