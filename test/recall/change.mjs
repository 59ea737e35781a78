// Makes a mutant's changes on disk, and takes them back.

import {
  lstatSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/**
 * @param {string} root
 * @param {import('./mutant.mjs').Mutant} mutant
 * @returns {() => void} takes it back
 */
export function applied(root, { edits, changes = [] }) {
  const undo = [
    ...edits.map(edit => applyEdit(join(root, edit.file), edit)),
    ...changes.map(change => applyChange(root, change)),
  ];
  return () => {
    for (const step of undo.reverse()) step();
  };
}

function applyEdit(path, { start, end, text }) {
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, before.slice(0, start) + text + before.slice(end));
  return () => writeFileSync(path, before);
}

function applyChange(root, change) {
  if ('rename' in change) {
    const [from, to] = [join(root, change.rename), join(root, change.to)];
    renameSync(from, to);
    return () => renameSync(to, from);
  }
  if ('write' in change) {
    const path = join(root, change.write);
    const before = readFileSync(path);
    writeFileSync(path, change.text);
    return () => writeFileSync(path, before);
  }
  const path = join(root, change.remove ?? change.link);
  const restore = restorer(path);
  unlinkSync(path);
  if (change.to === undefined) return restore;
  symlinkSync(change.to, path);
  return () => {
    unlinkSync(path);
    restore();
  };
}

/** Makes a file or link as it is now. */
function restorer(path) {
  if (lstatSync(path).isSymbolicLink()) {
    const target = readlinkSync(path);
    return () => symlinkSync(target, path);
  }
  const content = readFileSync(path);
  return () => writeFileSync(path, content);
}
