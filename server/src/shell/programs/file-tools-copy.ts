/** Follows `cp`, `mv`, `install` and `ln`, whose result depends on whether the last operand is a directory. */

import type { Field } from '../flow/flow-facts.ts';
import { noteRemoval } from '../flow/flow-run.ts';
import { baseName, childPath, literal, pathKey, type ShellPath } from '../flow/values.ts';
import { SPECIAL_OPTIONS } from './file-tools.ts';
import { readOptions } from './tool-options.ts';
import type { ToolRun } from './tool-run.ts';

interface Copy {
  readonly moves: boolean;
  readonly how: 'command' | 'link';
  readonly reads: boolean;
}

function copy(run: ToolRun, kind: Copy): void {
  const { options, operands } = readOptions(run.words, SPECIAL_OPTIONS.copy);
  const letters = options.filter(option => option.role === null).map(option => option.name);
  const has = (letter: string, ...names: string[]): boolean =>
    letters.some(name =>
      names.includes(name.replace(/^-/, ''))
        ? true
        : !name.startsWith('-') && name.length <= 6 && name.includes(letter),
    );
  for (const { word, name } of options) if (name !== 't' && name !== 'target-directory') run.option(word);
  if (run.fact.name === 'install' && has('d', 'directory')) {
    for (const word of operands) run.write(word, run.path(word), true, 'directory');
    return;
  }
  const target = options.find(option => option.name === 't' || option.name === 'target-directory');
  const destination = target?.value ? { ...target.word, value: target.value } : operands.at(-1);
  const sources = target?.value ? operands : operands.slice(0, -1);
  if (!destination || sources.length === 0) return;
  const whole = has('r', 'recursive') || has('R') || has('a', 'archive');
  const careful = has('n', 'no-clobber') || has('u', 'update') || has('i', 'interactive');
  const path = run.path(destination);
  const exact = has('T', 'no-target-directory');
  const inside = !exact && (target?.value !== undefined || sources.length > 1 || isDirectory(run, path));
  for (const source of sources) {
    if (kind.reads) run.read(source);
    else run.option(source);
    const unseen = kind.moves && mayBeDirectory(run, run.path(source));
    if (kind.moves) noteRemoval(run.cx.run, run.cx.state, run.path(source), !careful);
    writeCopy(run, kind, {
      source,
      destination,
      path,
      inside,
      sure: !careful,
      whole: whole && !kind.moves,
      unseen,
    });
  }
}

interface CopiedPath {
  readonly source: Field;
  readonly destination: Field;
  readonly path: ShellPath;
  readonly inside: boolean;
  readonly sure: boolean;
  readonly whole: boolean;
  /** True if the source may be a directory. */
  readonly unseen: boolean;
}

function writeCopy(run: ToolRun, kind: Copy, copied: CopiedPath): void {
  const source = run.path(copied.source);
  const name = baseName(source);
  // A tree is copied with all of its content.
  if (copied.whole || copied.source.many) {
    run.directory(copied.destination);
    return;
  }
  const target = copied.inside ? childPath(copied.path, name) : copied.path;
  run.write(copied.destination, target, copied.sure, kind.how);
  if (copied.unseen) run.below(copied.destination, target);
}

function isDirectory(run: ToolRun, path: ShellPath): boolean {
  const key = pathKey(path);
  return path.directory || path.rest === '' || (key !== null && run.cx.state.directories.has(key));
}

/** Returns whether `source` may be a directory: the script did not create it as a file, and it is not an input. */
function mayBeDirectory(run: ToolRun, source: ShellPath): boolean {
  const { options } = run.cx.run;
  const key = pathKey(source);
  if (key !== null && run.cx.state.directories.has(key)) return true;
  if (source.root === 'variable' && options.directories.includes(source.variable ?? '')) return false;
  return key === null || !run.cx.state.written.has(key);
}

/** Follows `ln`. With a single operand the link is created in the current directory. */
function link(run: ToolRun): void {
  const operands = run.words.filter(word => !/^-./.test(literal(word.value) ?? ''));
  if (operands.length === 2) {
    copy(run, { moves: false, how: 'link', reads: false });
    return;
  }
  for (const word of operands) run.unknown(word);
}

export const copyTools: Readonly<Record<string, (run: ToolRun) => void>> = {
  cp: run => copy(run, { moves: false, how: 'command', reads: true }),
  mv: run => copy(run, { moves: true, how: 'command', reads: true }),
  install: run => copy(run, { moves: false, how: 'command', reads: true }),
  ln: link,
};
