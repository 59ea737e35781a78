/**
 * The parser of Bash: text in, plain tree out. The only module here that runs tree-sitter; nothing of it leaves
 * `parse`. The grammar is 1.4 MB of wasm, so nothing is loaded until somebody has a script to look at.
 */
import { readFileSync } from 'node:fs';
import { Language, Parser } from 'web-tree-sitter';
import type { ScriptText, ShellTree, Statement } from '../syntax.ts';
import { braced } from './braced.ts';
import { lowerScript } from './lower.ts';
import { pieceReader } from './pieces.ts';
import { copyTree, missedEnd, type RawNode } from './raw-tree.ts';
import { objectionsTo } from './syntax-errors.ts';
import { type ShellWasm, shellWasm } from './wasm.ts';

export interface ShellParser {
  /** Parses a script. Never throws; what could not be read is an `unreadable` statement. */
  parse(script: ScriptText): ShellTree;
}

let shared: Promise<ShellParser> | null = null;
let loaded: ShellParser | null = null;

/**
 * Loads the parser, once a process. tree-sitter has one runtime for all its languages, and two first loads at the
 * same time would make two: where other languages are parsed too, let the load of the first one end before.
 * @param wasm left out: they are read from the files beside the program
 * @throws if a wasm file cannot be read or does not load
 */
export function loadShell(wasm?: ShellWasm<Uint8Array>): Promise<ShellParser> {
  shared ??= load(wasm);
  return shared;
}

/** The parser if `loadShell` has ended, else null: for callers that cannot wait. */
export function loadedShell(): ShellParser | null {
  return loaded;
}

function wasmFromFiles(): ShellWasm<Uint8Array> {
  const { runtime, grammar } = shellWasm(__dirname);
  return { runtime: readFileSync(runtime), grammar: readFileSync(grammar) };
}

async function load(wasm = wasmFromFiles()): Promise<ShellParser> {
  await Parser.init({ wasmBinary: wasm.runtime });
  const language = await Language.load(wasm.grammar);
  const parser = new Parser();
  parser.setLanguage(language);
  const read = pieceReader((piece, plain) => parsePiece(parser, piece, plain));
  loaded = {
    parse(script) {
      const plain = withoutHoles(script);
      const body = plain.length > MAX_LENGTH ? null : read(script, plain);
      return body === null ? parseScript(parser, script, plain) : { body, errors: [], unended: [] };
    },
  };
  return loaded;
}

/** No script that people wrote is this long. */
const MAX_LENGTH = 200_000;

/** A script with more commands that the grammar runs together than this is not worth the parses. */
const MAX_REPAIRS = 8;

function parseScript(parser: Parser, script: ScriptText, plain: string): ShellTree {
  let text = plain;
  for (let repairs = 0; text.length <= MAX_LENGTH && repairs <= MAX_REPAIRS; repairs++) {
    const root = parseOnce(parser, text);
    if (root === null) break;
    const missed = missedEnd(root, text);
    if (missed === null) {
      const objections = objectionsTo(plain, script.holes);
      return { body: lowerScript(root, text, script), ...objections };
    }
    text = `${text.slice(0, missed)};${text.slice(missed + 1)}`;
  }
  return unreadable(text);
}

/** Some lines of a script; null if the grammar does not read them as they stand. */
function parsePiece(parser: Parser, script: ScriptText, plain: string): Statement[] | null {
  const root = parseOnce(parser, plain);
  if (root === null || root.hasError || missedEnd(root, plain) !== null) return null;
  return lowerScript(root, plain, script);
}

function parseOnce(parser: Parser, text: string): RawRoot | null {
  // The parser may take very long to recover from garbage: no readable text needs this many steps.
  let left = 10_000 + text.length;
  const { text: parsed, original } = braced(text);
  const tree = parser.parse(parsed, null, { progressCallback: () => --left < 0 });
  if (!tree) {
    parser.reset();
    return null;
  }
  try {
    return { ...copyTree(tree, text, original), hasError: tree.rootNode.hasError };
  } finally {
    tree.delete();
  }
}

interface RawRoot extends RawNode {
  readonly hasError: boolean;
}

function unreadable(text: string): ShellTree {
  return { body: [{ kind: 'unreadable', start: 0, end: text.length }], errors: [], unended: [] };
}

/** The text with a name of the same length in the place of each hole, so that offsets stay. */
function withoutHoles({ text, holes }: ScriptText): string {
  let plain = '';
  let at = 0;
  for (const hole of holes) {
    plain += text.slice(at, hole.start) + 'h'.repeat(hole.end - hole.start);
    at = hole.end;
  }
  return plain + text.slice(at);
}
