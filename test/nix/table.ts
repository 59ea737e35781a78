/**
 * The tables of expressions in `expressions/`: one expression a line, or blocks between lines of `---`.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export const EXPRESSIONS = join(import.meta.dirname, 'expressions');
/** The folder in which expressions are evaluated: what `./x` in them means. */
export const FILES = join(EXPRESSIONS, 'files');

/** The expressions of a table, comments left out. */
export function expressions(name: string): string[] {
  const text = readFileSync(join(EXPRESSIONS, `${name}.txt`), 'utf8');
  const body = text.replace(/^#.*\n/gm, name === 'blocks' ? '' : '\n');
  const parts = name === 'blocks' ? text.slice(text.indexOf('\n') + 1).split(/^---$/m) : body.split('\n');
  return parts.map(part => part.replace(/^\n+|\n+$/g, '')).filter(part => part !== '');
}

/** All tables of expressions that Nix evaluates to a value. */
export const TABLES = [
  'literals',
  'blocks',
  'operators',
  'scopes',
  'functions',
  'strings',
  'lists',
  'attrs',
  'numbers',
  'patterns',
  'json',
  'control',
] as const;

/** The files beside the tables, by path. */
export function tableFiles(folder = ''): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const name of readdirSync(join(FILES, folder))) {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (statSync(join(FILES, path)).isDirectory()) Object.assign(texts, tableFiles(path));
    else texts[path] = readFileSync(join(FILES, path), 'utf8');
  }
  return texts;
}
