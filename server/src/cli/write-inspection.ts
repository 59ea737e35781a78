/**
 * An inspection as JSON, laid out as `JSON.stringify` does with two spaces. Each item of a long list is made, written
 * and forgotten: all of a large fleet at once would be the most that the command ever holds.
 */
import type { InspectionParts } from './inspection.ts';
import type { Io } from './io.ts';

/** UTF-16 units that are written at once. */
const ENOUGH = 1 << 16;

export function writeInspectionJson(parts: InspectionParts, { stdout }: Io): void {
  let pending = '';
  const add = (text: string) => {
    pending += text;
    if (pending.length < ENOUGH) return;
    stdout.write(pending);
    pending = '';
  };
  let before = '{\n';
  for (const [name, part] of Object.entries(parts)) {
    add(`${before}  ${JSON.stringify(name)}: `);
    if (typeof part === 'function') addList(part(), add);
    else add(indented(part, '  '));
    before = ',\n';
  }
  stdout.write(`${pending}\n}\n`);
}

function addList(items: Iterable<unknown>, add: (text: string) => void): void {
  let before = '[\n    ';
  for (const item of items) {
    add(before + indented(item, '    '));
    before = ',\n    ';
  }
  add(before.startsWith('[') ? '[]' : '\n  ]');
}

/** Line ends inside texts are escaped in JSON: those that are there are of the layout. */
function indented(value: unknown, by: string): string {
  return JSON.stringify(value, null, 2).replaceAll('\n', `\n${by}`);
}
