// What the walks ask of the world beside the editor: values, files, and that something comes to be.

import * as fs from 'node:fs';
import * as path from 'node:path';

/** @throws where the two are not the same */
export function equal(actual, expected) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`expected ${b}, found ${a}`);
}

/** Waits until something is so; Playwright waits for what is seen, this for what is not. */
export async function until(isSo) {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (isSo()) return;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error('it did not come to be');
}

/** The files below a folder that hold a text. */
export function holding(place, text) {
  return fs
    .readdirSync(place, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name))
    .filter(file => fs.readFileSync(file, 'latin1').includes(text));
}
