/**
 * Scripts as tree-sitter-bash reads them, lowered to our own tree: what our reader is held against.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';
import type { ScriptText, Statement } from '../../../server/src/shell/syntax.ts';
import { braced } from './braced.ts';
import { lowerScript } from './lower.ts';
import { copyTree, missedEnd, type RawNode } from './raw-tree.ts';

/** @returns the statements; null where the grammar cannot read the script */
export type Grammar = (script: ScriptText) => readonly Statement[] | null;

/** A script with more commands that the grammar runs together than this is not worth the parses. */
const MAX_REPAIRS = 8;

export async function loadGrammar(): Promise<Grammar> {
  const wasm = (name: string) => readFileSync(createRequire(import.meta.url).resolve(name));
  await Parser.init({ wasmBinary: wasm('web-tree-sitter/web-tree-sitter.wasm') });
  const language = await Language.load(wasm('tree-sitter-bash/tree-sitter-bash.wasm'));
  const parser = new Parser();
  parser.setLanguage(language);
  return script => {
    let text = withoutHoles(script);
    for (let repairs = 0; repairs <= MAX_REPAIRS; repairs++) {
      const root = rawTree(parser, text);
      if (root === null) return null;
      const missed = missedEnd(root, text);
      if (missed === null) {
        const body = lowerScript(root, text, script);
        return JSON.stringify(body).includes('"unreadable"') ? null : body;
      }
      text = `${text.slice(0, missed)};${text.slice(missed + 1)}`;
    }
    return null;
  };
}

/** @returns null for a text with errors */
function rawTree(parser: Parser, text: string): RawNode | null {
  const { text: parsed, original } = braced(text);
  const tree = parser.parse(parsed);
  if (tree === null || tree.rootNode.hasError) return null;
  return copyTree(tree, text, original);
}

/** The text with a name of the same length in the place of each hole, so that offsets stay. */
function withoutHoles({ text, holes }: ScriptText): string {
  return holes.reduce(
    (plain, { start, end }) => plain.slice(0, start) + 'h'.repeat(end - start) + plain.slice(end),
    text,
  );
}
