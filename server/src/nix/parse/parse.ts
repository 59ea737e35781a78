/**
 * The parser: text in, typed tree out. The only module that runs tree-sitter; nothing of it leaves `parse`.
 *
 * Nearly every valid text is read by `quick.ts` and never reaches tree-sitter. A broken text is repaired, by its tokens
 * and if necessary by its layout, and parsed again. The reading that explains most of the text wins; its ranges are moved
 * back to the offsets of the broken text.
 */
import { readFileSync } from 'node:fs';
import { Language, type Node, Parser, type Tree } from 'web-tree-sitter';
import { once } from '../../std.ts';
import type { SyntaxTree } from '../syntax.ts';
import { lowerTree } from './lower.ts';
import { collectErrors, damage, MAX_ERRORS } from './lower-errors.ts';
import { shiftTree } from './lower-shift.ts';
import { readQuickly } from './quick.ts';
import { type Repaired, repairText } from './repair.ts';
import { defaultWasm } from './wasm.ts';

export interface NixParser {
  /** Parses a whole file. Never throws: broken input yields `errors` and as much of a tree as could be read. */
  parse(text: string): SyntaxTree;
  /** Parses with the grammar alone, for tests that compare the quick reader with it. */
  parseByGrammar(text: string): SyntaxTree;
}

/** The two wasm modules, as bytes or as paths. `defaultWasm` finds those that are left out. */
export interface ParserWasm {
  readonly runtime?: Uint8Array | string;
  readonly grammar?: Uint8Array | string;
}

const sharedParser = once(() => load({}));

/**
 * Loads the parser. Without arguments it is loaded once per process and shared.
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
    parse: text => parseQuickly(parser, text),
    parseByGrammar: text => parseText(parser, text),
  };
}

function bytes(source: Uint8Array | string | undefined): Uint8Array {
  return typeof source === 'object' ? source : readFileSync(source ?? '');
}

/** A tree and how much of the text it leaves unexplained. */
interface Reading {
  readonly tree: SyntaxTree;
  readonly damage: number;
}

/** Tree-sitter needs some hundred bytes of memory per character. No handwritten Nix is this long. */
const MAX_LENGTH = 10_000_000;

function parseQuickly(parser: Parser, text: string): SyntaxTree {
  const quick = text.length > MAX_LENGTH ? 'unsure' : readQuickly(text);
  if (typeof quick === 'object') return quick;
  if (quick === 'unsure') return parseText(parser, text, true);
  const repaired = readRepaired(parser, text, true);
  return repaired?.damage === 0 ? repaired.tree : parseText(parser, text, true, repaired);
}

/**
 * Parses with the grammar.
 * @param quickly true to try the quick reader on repaired texts first
 * @param known the reading of the repaired text, if it is known
 */
function parseText(parser: Parser, text: string, quickly = false, known?: Reading | null): SyntaxTree {
  if (text.length > MAX_LENGTH) return unreadable(text, 'This file is too long to analyse.');
  const parsed = parseWithin(parser, text);
  if (!parsed) return unreadable(text, 'This file could not be read as Nix.');
  try {
    const { rootNode } = parsed;
    if (!rootNode.hasError) return inOrder(lowered(rootNode, text, null));
    const repaired = known === undefined ? readRepaired(parser, text, quickly) : known;
    if (repaired !== null && repaired.damage <= damage(rootNode)) return repaired.tree;
    return inOrder(lowered(rootNode, text, null));
  } finally {
    parsed.delete();
  }
}

/** Returns the reading of a repaired text that leaves the least unexplained; among equals, the one with the fewest edits. */
function readRepaired(parser: Parser, text: string, quickly: boolean): Reading | null {
  const byTokens = repairText(text, false);
  const byLayout = !byTokens || byTokens.unbalanced ? repairText(text, true) : null;
  const repairs = [byLayout, byTokens].filter(repaired => repaired !== null);
  let best: Reading | null = null;
  for (const repaired of repairs.sort((left, right) => left.edits - right.edits)) {
    const reading = read(parser, repaired, quickly);
    if (reading !== null && (best === null || reading.damage < best.damage)) best = reading;
    if (best?.damage === 0) break;
  }
  return best;
}

function read(parser: Parser, repaired: Repaired, quickly: boolean): Reading | null {
  // A text that it accepts has no mistakes, and lowering costs several times as much.
  const quick = quickly ? readQuickly(repaired.text, repaired.placeholder) : 'unsure';
  if (typeof quick === 'object') return { tree: unrepaired(quick, repaired), damage: 0 };
  const parsed = parseWithin(parser, repaired.text);
  if (!parsed) return null;
  try {
    const { rootNode } = parsed;
    const tree = lowered(rootNode, repaired.text, repaired.placeholder);
    return { tree: unrepaired(tree, repaired), damage: damage(rootNode) };
  } finally {
    parsed.delete();
  }
}

/** Returns the tree with all errors that the parser and the lowering find, in no particular order. */
function lowered(root: Node, text: string, placeholder: string | null): SyntaxTree {
  const tree = lowerTree(root, text, placeholder);
  return root.hasError ? { ...tree, errors: [...collectErrors(root, text), ...tree.errors] } : tree;
}

/** Moves a tree to the offsets of the broken text. Errors that the parser finds in a repaired text say little and are dropped. */
function unrepaired(tree: SyntaxTree, repaired: Repaired): SyntaxTree {
  const shifted = shiftTree(tree, repaired);
  const reported = new Set(repaired.errors.map(error => error.start));
  const rest = shifted.errors.filter(error => error.start < error.end && !reported.has(error.start));
  return inOrder({ ...shifted, errors: [...repaired.errors, ...rest] });
}

function inOrder({ root, comments, errors }: SyntaxTree): SyntaxTree {
  return { root, comments, errors: [...errors].sort((a, b) => a.start - b.start).slice(0, MAX_ERRORS) };
}

/**
 * Parses within a limit of steps that no sensible text reaches (real files take about one callback per twenty
 * characters), because recovering from garbage may take the parser much longer than reading it.
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
