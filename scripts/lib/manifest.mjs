// package.json as people see it: VS Code puts the texts of package.nls.json in the place of %keys%.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT } from './root.mjs';

/** The manifest in English. */
export function readManifest() {
  const read = name => JSON.parse(fs.readFileSync(path.join(ROOT, name), 'utf8'));
  return resolved(read('package.json'), read('package.nls.json'));
}

/**
 * The same value with the texts in their places.
 * @throws there is no text for a key
 */
export function resolved(value, texts) {
  if (Array.isArray(value)) return value.map(each => resolved(each, texts));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, resolved(each, texts)]));
  const key = typeof value === 'string' ? /^%([\w.-]+)%$/.exec(value)?.[1] : undefined;
  if (key === undefined) return value;
  if (texts[key] === undefined) throw new Error(`package.nls.json has no text for ${key}`);
  return texts[key];
}

/** All keys that a manifest names. */
export function textKeys(manifest) {
  return [...JSON.stringify(manifest).matchAll(/"%([\w.-]+)%"/g)].map(match => match[1]);
}
