/**
 * The parser: text in, typed tree out. The only module that runs tree-sitter; nothing of it leaves `parse`.
 *
 * Nearly every valid text is read by quick.ts and does not come to tree-sitter at all. A broken one is repaired, by its
 * tokens and if need be by its layout, and parsed again; the reading that explains most is taken, at the offsets of the
 * text as it is.
 */
import { readFileSync } from 'node:fs';
import { Language, Parser, type Tree } from 'web-tree-sitter';
import { once } from '../../std.ts';
import type { NixSyntaxError, SyntaxTree } from '../syntax.ts';
import { lowerTree } from './lower.ts';
import { collectErrors, damage, MAX_ERRORS } from './lower-errors.ts';
import { shiftTree } from './lower-shift.ts';
import { readQuickly } from './quick.ts';
import { type Repaired, repairText } from './repair.ts';
import { defaultWasm } from './wasm.ts';

export interface NixParser {
  /** Parses a whole file. Never throws; broken input has `errors` and as much of a tree as could be read. */
  parse(text: string): SyntaxTree;
  /** Does the same by the grammar alone: tests compare the quick reader with it. */
  parseByGrammar(text: string): SyntaxTree;
}

/** The two wasm modules, as bytes or as paths; what is left out is found by `defaultWasm`. */
export interface ParserWasm {
  readonly runtime?: Uint8Array | string;
  readonly grammar?: Uint8Array | string;
}

const sharedParser = once(() => load({}));

/**
 * Loads the parser. Without arguments it is loaded once a process and shared.
 * @throws if a wasm file cannot be read or does not load
 */
export function createParser(wasm?: ParserWasm): Promise<NixParser> {
  return wasm ? load(wasm) : sharedParser();
}

async function load(wasm: ParserWasm): Promise<NixParser> {
  const files = wasm.runtime && wasm.grammar ? null : defaultWasm(__dirname);
  await Parser.init({ wasmBinary: bytes(wasm.runtime ?? files?.runtime) });
  const language = await Language.load(bytes(wasm.grammar ?? files?.grammar));
  const parser = new Parser();
  parser.setLanguage(language);
  return {
    parse: text => (text.length > MAX_LENGTH ? null : readQuickly(text)) ?? parseText(parser, text),
    parseByGrammar: text => parseText(parser, text),
  };
}

function bytes(source: Uint8Array | string | undefined): Uint8Array {
  return typeof source === 'object' ? source : readFileSync(source ?? '');
}

/** A tree and how little of the text it leaves unexplained. */
interface Reading {
  readonly tree: SyntaxTree;
  readonly damage: number;
  readonly edits: number;
}

/** Tree-sitter takes some hundred bytes of memory a character; no Nix that people wrote is this long. */
const MAX_LENGTH = 10_000_000;

function parseText(parser: Parser, text: string): SyntaxTree {
  if (text.length > MAX_LENGTH) return unreadable(text, 'This file is too long to analyse.');
  const plain = read(parser, text, null);
  if (!plain) return unreadable(text, 'This file could not be read as Nix.');
  if (plain.damage === 0) return plain.tree;
  const readings = [plain];
  const repaired = repairText(text, false);
  const byLayout = !repaired || repaired.unbalanced ? repairText(text, true) : null;
  for (const candidate of [byLayout, repaired]) {
    const reading = candidate && read(parser, candidate.text, candidate);
    if (reading) readings.push(reading);
  }
  return best(readings).tree;
}

/** Returns the reading of least damage; then a repaired text before the broken one, and the fewer edits. */
function best(readings: readonly Reading[]): Reading {
  const rank = (reading: Reading): number => (reading.edits === 0 ? Number.MAX_VALUE : reading.edits);
  return readings.reduce((a, b) => {
    if (a.damage !== b.damage) return a.damage < b.damage ? a : b;
    return rank(a) <= rank(b) ? a : b;
  });
}

function read(parser: Parser, text: string, repaired: Repaired | null): Reading | null {
  const parsed = parseWithin(parser, text);
  if (!parsed) return null;
  try {
    const root = parsed.rootNode;
    const broken = root.hasError;
    const lowered = lowerTree(root, text, repaired?.placeholder);
    const errors = broken ? [...collectErrors(root, text), ...lowered.errors] : lowered.errors;
    const tree: SyntaxTree = { root: lowered.root, comments: lowered.comments, errors };
    return {
      tree: repaired ? unrepaired(tree, repaired) : inOrder(tree, errors),
      damage: broken ? damage(root) : 0,
      edits: repaired?.edits ?? 0,
    };
  } finally {
    parsed.delete();
  }
}

/** Moves a tree to the offsets of the broken text. Errors that the parser still finds in a repair say little. */
function unrepaired(tree: SyntaxTree, repaired: Repaired): SyntaxTree {
  const shifted = shiftTree(tree, repaired.original);
  const reported = new Set(repaired.errors.map(error => error.start));
  const rest = shifted.errors.filter(error => error.start < error.end && !reported.has(error.start));
  return inOrder(shifted, [...repaired.errors, ...rest]);
}

function inOrder(tree: SyntaxTree, errors: readonly NixSyntaxError[]): SyntaxTree {
  const sorted = [...errors].sort((a, b) => a.start - b.start);
  return { root: tree.root, comments: tree.comments, errors: sorted.slice(0, MAX_ERRORS) };
}

/**
 * Parses within a number of steps that no readable text needs (real files take about one callback in twenty
 * characters), since what a parser does to recover from garbage may take much longer than reading it.
 */
function parseWithin(parser: Parser, text: string): Tree | null {
  let left = 10_000 + text.length;
  const tree = parser.parse(text, null, { progressCallback: () => --left < 0 });
  if (!tree) parser.reset();
  return tree;
}

function unreadable(text: string, message: string): SyntaxTree {
  return {
    root: { kind: 'error', start: 0, end: text.length },
    comments: [],
    errors: [{ start: 0, end: Math.min(1, text.length), message, isLimit: true }],
  };
}
