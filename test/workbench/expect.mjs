// What the walks ask of the world beside the editor: values, files, and that something comes to be.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { LIMIT_MS } from './browser.mjs';

/** @throws where the two are not the same */
export function equal(actual, expected) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`expected ${b}, found ${a}`);
}

/** Waits until something is so, or comes to be so, for so many milliseconds; Playwright waits for what is seen, this for what is not. */
export async function until(what, isSo, limit = LIMIT_MS) {
  const end = performance.now() + limit;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`${what}: it did not come to be`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

/** The files below a folder that hold a text. What goes away meanwhile holds nothing: the editor's own files come and go. */
export function holding(place, text) {
  return ifThere(() => fs.readdirSync(place, { withFileTypes: true }), []).flatMap(entry => {
    const file = path.join(place, entry.name);
    if (entry.isDirectory()) return holding(file, text);
    return entry.isFile() && ifThere(() => fs.readFileSync(file, 'latin1'), '').includes(text) ? [file] : [];
  });
}

function ifThere(read, otherwise) {
  try {
    return read();
  } catch (error) {
    if (error.code === 'ENOENT') return otherwise;
    throw error;
  }
}
