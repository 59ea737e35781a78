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
import { type ParsedText, readQuickly } from './quick.ts';
import { type Repaired, repairText } from './repair.ts';
import type { Reading } from './reused-bindings.ts';
import { defaultWasm } from './wasm.ts';

export type { ParsedText, Reading };

export interface NixParser {
  /**
   * Parses a whole file. Never throws: broken input yields `errors` and as much of a tree as could be read.
   * @param earlier how an earlier text of the file was read, so that only what is new is read; null if there is none yet,
   * absent if no later text will be parsed
   */
  parse(text: string, earlier?: Reading | null): ParsedText;
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
    parse: (text, earlier) => parseQuickly(parser, text, earlier),
    parseByGrammar: text => parseText(parser, text),
  };
}

function bytes(source: Uint8Array | string | undefined): Uint8Array {
  return typeof source === 'object' ? source : readFileSync(source ?? '');
}

/** How texts before were read; see `NixParser.parse`. */
type Before = Reading | null | undefined;

/** A tree and how much of the text it leaves unexplained. */
interface Attempt {
  readonly tree: ParsedText;
  readonly damage: number;
}

/** Tree-sitter needs some hundred bytes of memory per character. No handwritten Nix is this long. */
const MAX_LENGTH = 10_000_000;

function parseQuickly(parser: Parser, text: string, earlier: Before): ParsedText {
  const quick = text.length > MAX_LENGTH ? 'unsure' : readQuickly(text, { earlier });
  if (typeof quick === 'object') return quick;
  const manner = { quickly: true, earlier };
  if (quick === 'unsure') return parseText(parser, text, manner);
  const repaired = readRepaired(parser, text, manner);
  return repaired?.damage === 0 ? repaired.tree : parseText(parser, text, manner, repaired);
}

/** The way in which repaired texts are read. */
interface Manner {
  /** True to try the quick reader first. */
  readonly quickly: boolean;
  readonly earlier?: Before;
}

const BY_GRAMMAR: Manner = { quickly: false };

/**
 * Parses with the grammar.
 * @param known the reading of the repaired text, if it is known
 */
function parseText(parser: Parser, text: string, manner = BY_GRAMMAR, known?: Attempt | null): ParsedText {
  if (text.length > MAX_LENGTH) return unreadable(text, 'This file is too long to analyse.');
  const parsed = parseWithin(parser, text);
  if (!parsed) return unreadable(text, 'This file could not be read as Nix.');
  try {
    const { rootNode } = parsed;
    if (!rootNode.hasError) return inOrder(lowered(rootNode, text, null));
    const repaired = known === undefined ? readRepaired(parser, text, manner) : known;
    if (repaired !== null && repaired.damage <= damage(rootNode)) return repaired.tree;
    return inOrder(lowered(rootNode, text, null));
  } finally {
    parsed.delete();
  }
}

/** Returns the reading of a repaired text that leaves the least unexplained; among equals, the one with the fewest edits. */
function readRepaired(parser: Parser, text: string, manner: Manner): Attempt | null {
  const byTokens = repairText(text, false);
  const byLayout = !byTokens || byTokens.unbalanced ? repairText(text, true) : null;
  const repairs = [byLayout, byTokens].filter(repaired => repaired !== null);
  let best: Attempt | null = null;
  for (const repaired of repairs.sort((left, right) => left.edits - right.edits)) {
    const attempt = read(parser, repaired, manner);
    if (attempt !== null && (best === null || attempt.damage < best.damage)) best = attempt;
    if (best?.damage === 0) break;
  }
  return best;
}

function read(parser: Parser, repaired: Repaired, { quickly, earlier }: Manner): Attempt | null {
  // A text that it accepts has no mistakes, and lowering costs several times as much.
  const { text, placeholder } = repaired;
  const quick = quickly ? readQuickly(text, { placeholder, earlier }) : 'unsure';
  if (typeof quick === 'object') {
    const tree = unrepaired(quick, repaired);
    return { tree: quick.reading === undefined ? tree : { ...tree, reading: quick.reading }, damage: 0 };
  }
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
