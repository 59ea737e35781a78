/** Completes the fleet's own options: names where they are read and defined, and values from a fixed set. */

import { choicesOf, textOf } from '../../modules/options/accepts.ts';
import { insideOf, treeAt, typeOf } from '../../modules/options/below.ts';
import type { OptionTree } from '../../modules/options/option.ts';
import { mergeTrees } from '../../modules/options/tree.ts';
import { optionsByFile } from '../names/own-options.ts';
import { type Asked, type CompletionItem, item } from './completion-items.ts';

/** The maximum distance at which the start of a selection is searched for, in UTF-16 units. */
const MAX_SELECTION = 200;
const SELECTION = /(?:^|[^\w.'-])((?:[A-Za-z_][\w'-]*\.)+)$/;

export function ownOptionItems(asked: Asked): readonly CompletionItem[] | null {
  const tree = treeOf(asked);
  if (tree === null) return null;
  const { cursor, text, start } = asked;
  if (cursor.side === 'value') {
    const read = SELECTION.exec(text.slice(Math.max(0, start - MAX_SELECTION), start))?.[1];
    const path = read === undefined ? null : configPath(text, read.slice(0, -1).split('.'));
    if (path !== null) return namesAt(tree, path);
    return read === undefined ? valuesAt(asked, tree) : null;
  }
  const written = [...cursor.path, ...cursor.before];
  const path = written[0] === 'config' ? written.slice(1) : written;
  const [first] = path;
  if (first === undefined || !tree.options.has(first)) return null;
  const siblings = new Set(cursor.before.length === 0 ? cursor.siblings : []);
  return namesAt(tree, path)?.filter(({ label }) => !siblings.has(label)) ?? null;
}

/** Returns the options of the machines that import the file. */
function treeOf({ snapshot, file }: Asked): OptionTree | null {
  const options = snapshot.fleet.options;
  if (options.names.size === 0) return null;
  const modules = snapshot.fleet.modules;
  const trees: OptionTree[] = [];
  for (const [name, { tree }] of options.machines)
    if (modules.get(name)?.files.includes(file) === true) trees.push(tree);
  const isKnown = trees.length > 0 || optionsByFile(options).modules.has(file);
  if (!isKnown) return null;
  const whole = trees.length > 0 ? mergeTrees([...new Set(trees)]) : optionsByFile(options).tree;
  return { ...whole, options: new Map([...whole.options].filter(([name]) => options.names.has(name))) };
}

/** The maximum length of a chain of names bound to parts of the configuration. */
const MAX_NAMES = 4;

/**
 * Returns the path below the configuration at which a selection begins, or null if it selects from something
 * else.
 */
function configPath(text: string, names: readonly string[]): readonly string[] | null {
  let path = names;
  for (let round = 0; round < MAX_NAMES; round++) {
    const [root = '', ...rest] = path;
    if (root === 'config') return rest;
    const bound = boundTo(text, root);
    if (bound === null) return null;
    path = [...bound, ...rest];
  }
  return null;
}

/**
 * Returns the path that a name is bound to by `cfg = config.custom.web;` or `inherit (config.custom) web;`. The
 * text need not parse.
 */
function boundTo(text: string, name: string): string[] | null {
  const escaped = name.replaceAll('$', '\\$');
  const bound = new RegExp(`(?<![\\w.'-])${escaped}\\s*=\\s*([A-Za-z_][\\w'-]*(?:\\.[\\w'-]+)*)\\s*;`).exec(
    text,
  );
  if (bound?.[1] !== undefined) return bound[1].split('.');
  const inherited = new RegExp(
    `inherit\\s*\\(\\s*([A-Za-z_][\\w'.-]*)\\s*\\)[^;]*(?<![\\w'-])${escaped}(?![\\w'-])[^;]*;`,
  ).exec(text);
  return inherited?.[1] === undefined ? null : [...inherited[1].split('.'), name];
}

function namesAt(tree: OptionTree, path: readonly string[]): CompletionItem[] | null {
  const at = treeAt(tree, path);
  const inside = at === null ? null : insideOf(at);
  if (inside === null || inside.isChosen) return null;
  return [...inside.tree.options].map(([name, below], rank) => itemOf(name, below, [...path, name], rank));
}

function itemOf(name: string, below: OptionTree, path: readonly string[], rank: number): CompletionItem {
  const [option] = below.declared;
  if (option === undefined) return item(name, 'option', 'options of the fleet', { rank });
  return item(name, 'option', textOf(option.type), {
    subject: { kind: 'option', path: path.join('.') },
    rank,
  });
}

/** Returns items for the values of the option before the `=`, or `null`. */
function valuesAt({ cursor, line }: Asked, tree: OptionTree): CompletionItem[] | null {
  const inString = cursor.frames.at(-1)?.kind === 'string';
  const written = inString ? cursor.path : [...cursor.path, ...cursor.before];
  const path = written[0] === 'config' ? written.slice(1) : written;
  const [first] = path;
  const at = first === undefined || !tree.options.has(first) ? null : treeAt(tree, path);
  if (at === null || at.declared.length === 0) return null;
  const values = choicesOf(typeOf(at)).filter(value => !inString || typeof value === 'string');
  if (values.length === 0 || (!inString && !/=\s*$/.test(line))) return null;
  return values.map((value, rank) => {
    const text = String(value);
    const insert = inString || typeof value !== 'string' ? text : JSON.stringify(value);
    return item(text, 'value', at.declared[0]?.description ?? '', { insert, rank });
  });
}
