/**
 * YAML and JSON as plain data with places, by way of the library `yaml`, whose own classes end here. Texts come from
 * anyone: a broken one is read as far as it goes, and one that is meant to harm costs no more than a large one.
 * Knows nothing of sops.
 */
import type * as Yaml from 'yaml';
import { sizeOf, type YamlEntry, type YamlNode, type YamlText } from './secrets-yaml-node.ts';

/** Far deeper than any real file; keeps a hostile one from the stack, ours and that of whoever reads on. */
const MAX_DEPTH = 100;

/** Nodes that aliases may stand for in all: an alias to aliases to aliases is meant to harm. */
const MAX_COPIED = 10_000;

/** Tokens read of one text, spaces and line ends among them: some 40,000 keys. The rest is left out. */
const MAX_TOKENS = 300_000;

/**
 * Every scalar is the text that it is written as. Keys may be double, as nobody here has to choose between them,
 * and looking for doubles takes the square of their number.
 */
const OPTIONS = { schema: 'failsafe', uniqueKeys: false, logLevel: 'silent', prettyErrors: false } as const;

export function parseYaml(text: string): YamlText {
  // Loaded by the first text that needs it: most workspaces have none, and a start must not pay for it.
  const yaml = require('yaml') as typeof Yaml;
  let complete = true;
  const leaveOut = () => {
    complete = false;
  };
  const documents: YamlNode[] = [];
  const anchors = new Map<string, YamlNode>();
  const convert = createConverter(yaml, text.length, leaveOut, anchors);
  for (const document of new yaml.Composer(OPTIONS).compose(tokensOf(text, yaml, leaveOut))) {
    // A tag that is not known leaves the text as it is.
    if (document.errors.some(error => error.code !== 'TAG_RESOLVE_FAILED')) leaveOut();
    documents.push(convert(document.contents));
  }
  return { documents, complete, anchors };
}

function* tokensOf(text: string, yaml: typeof Yaml, leaveOut: () => void): Generator<Yaml.CST.Token> {
  const parser = new yaml.Parser();
  let count = 0;
  for (const lexeme of new yaml.Lexer().lex(text)) {
    if (++count > MAX_TOKENS) {
      leaveOut();
      break;
    }
    // The parser's own stack has what is open and not yet a token.
    if (parser.stack.length > 2 * MAX_DEPTH) {
      leaveOut();
      return;
    }
    yield* parser.next(lexeme);
  }
  yield* parser.end();
}

/** Turns documents of one text into plain data. */
function createConverter(
  yaml: typeof Yaml,
  length: number,
  leaveOut: () => void,
  all: Map<string, YamlNode>,
) {
  const empty = (at: number): YamlNode => ({ kind: 'scalar', text: '', start: at, end: at });
  const missing = (at: number): YamlNode => {
    leaveOut();
    return empty(at);
  };
  let anchors = new Map<string, YamlNode>();
  let copied = 0;

  return (contents: Yaml.ParsedNode | null): YamlNode => {
    anchors = new Map();
    return contents === null ? empty(0) : nodeOf(contents, 0);
  };

  function nodeOf(node: Yaml.ParsedNode, depth: number): YamlNode {
    // In broken text the library ends a node one past the end of the text now and then.
    const [start, end] = [Math.min(node.range[0], length), Math.min(node.range[1], length)];
    if (depth > MAX_DEPTH) return missing(start);
    if (yaml.isAlias(node)) return aliased(node.source, start, end);
    const read = plainOf(node, start, end, depth);
    if (node.anchor !== undefined) {
      anchors.set(node.anchor, read);
      all.set(node.anchor, read);
    }
    return read;
  }

  function plainOf(
    node: Exclude<Yaml.ParsedNode, Yaml.Alias.Parsed>,
    start: number,
    end: number,
    depth: number,
  ): YamlNode {
    if (yaml.isScalar(node)) return { kind: 'scalar', text: node.source, start, end };
    if (yaml.isSeq(node)) {
      const items = node.items.map(item => (yaml.isPair(item) ? missing(start) : nodeOf(item, depth + 1)));
      return { kind: 'list', items, start, end };
    }
    const entries: YamlEntry[] = [];
    for (const { key, value } of node.items) {
      const name = nodeOf(key, depth + 1);
      // `? [a, b]`: no key that anybody could ask for.
      if (name.kind !== 'scalar') leaveOut();
      else {
        const inner = value === null ? empty(name.end) : nodeOf(value, depth + 1);
        entries.push({ key: name.text, start: name.start, end: name.end, value: inner });
      }
    }
    return { kind: 'map', entries, start, end };
  }

  function aliased(anchor: string, start: number, end: number): YamlNode {
    const target = anchors.get(anchor);
    if (target === undefined || copied > MAX_COPIED) return missing(start);
    copied += sizeOf(target);
    return copied > MAX_COPIED ? missing(start) : { ...target, start, end };
  }
}
