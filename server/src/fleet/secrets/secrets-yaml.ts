/**
 * Reads YAML and JSON into plain data with places. This is the only user of the library `yaml`. A broken text is read
 * as far as possible, and a hostile one costs no more than a large one. Knows nothing of sops.
 */
import type * as Yaml from 'yaml';
import { mergeMark } from '../../nix/merge-marks.ts';
import { suggest } from '../../nix/near-names.ts';
import { sizeOf, type TextFlaw, type YamlEntry, type YamlNode, type YamlText } from './secrets-yaml-node.ts';

/**
 * The nesting allowed, far above that of real files. It protects the stacks of the reader and of its callers from
 * hostile texts.
 */
const MAX_DEPTH = 100;

/** The number of nodes that aliases may expand to in total, against exponential expansion. */
const MAX_COPIED = 10_000;

/** The number of tokens read of one text, including spaces and line ends: about 40,000 keys. The rest is skipped. */
const MAX_TOKENS = 300_000;

/** Scalars keep their source text. The library would look for duplicate keys in quadratic time. */
const OPTIONS = { schema: 'failsafe', uniqueKeys: false, logLevel: 'silent', prettyErrors: false } as const;

export function parseYaml(text: string): YamlText {
  // Loaded on first use, since most workspaces have no such file and startup should not pay for it.
  const yaml = require('yaml') as typeof Yaml;
  let complete = true;
  let isWhole = true;
  const leaveOut = () => {
    complete = false;
  };
  // Past a limit, what is read looks cut off.
  const giveUp = () => {
    complete = false;
    isWhole = false;
  };
  const mark = mergeMark(text);
  const flaws: TextFlaw[] = mark === null ? [] : [{ ...mark, reason: MERGE }];
  const documents: YamlNode[] = [];
  const anchors = new Map<string, YamlNode>();
  const convert = createConverter(yaml, text.length, { leaveOut, giveUp }, anchors, flaws);
  for (const document of new yaml.Composer(OPTIONS).compose(tokensOf(text, yaml, giveUp))) {
    // With an unknown tag, the text is kept as it is.
    if (document.errors.some(error => error.code !== 'TAG_RESOLVE_FAILED')) leaveOut();
    for (const { code, message, pos } of document.errors)
      if (!isLenient(code, message)) flaws.push({ ...within(pos, text.length), reason: reasonOf(code) });
    documents.push(convert(document.contents));
  }
  if (flaws.length > 0) leaveOut();
  const [first = null] = mark === null ? flaws.sort((a, b) => a.start - b.start) : flaws;
  return { documents, complete, anchors, flaw: isWhole || mark !== null ? first : null };
}

const MERGE = 'a merge in it is not finished';

/** Returns whether other readers of YAML accept what the library complains about. */
function isLenient(code: Yaml.ErrorCode, message: string): boolean {
  return (
    LENIENT.has(code) || (code === 'BAD_INDENT' && /multi-?line|sufficiently|more indented/i.test(message))
  );
}

const LENIENT: ReadonlySet<Yaml.ErrorCode> = new Set([
  'TAG_RESOLVE_FAILED',
  'RESOURCE_EXHAUSTION',
  'NON_STRING_KEY',
  'BAD_PROP_ORDER',
  'BAD_DIRECTIVE',
]);

/** Returns a range of the library as one of the text: an error at the end of a text stands behind it. */
function within([start, end]: readonly [number, number], length: number): Pick<TextFlaw, 'start' | 'end'> {
  return { start: Math.min(start, length), end: Math.min(end, length) };
}

function reasonOf(code: Yaml.ErrorCode): string {
  if (code === 'TAB_AS_INDENT') return 'a line of it begins with a tab, and YAML indents with spaces only';
  return 'it is not valid YAML from here on';
}

function* tokensOf(text: string, yaml: typeof Yaml, giveUp: () => void): Generator<Yaml.CST.Token> {
  const parser = new yaml.Parser();
  let count = 0;
  for (const lexeme of new yaml.Lexer().lex(text)) {
    if (++count > MAX_TOKENS) {
      giveUp();
      break;
    }
    // The parser's stack contains open nodes that are not yet tokens.
    if (parser.stack.length > 2 * MAX_DEPTH) {
      giveUp();
      return;
    }
    yield* parser.next(lexeme);
  }
  yield* parser.end();
}

/** Creates a function that converts the documents of one text to plain data. */
function createConverter(
  yaml: typeof Yaml,
  length: number,
  { leaveOut, giveUp }: { readonly leaveOut: () => void; readonly giveUp: () => void },
  all: Map<string, YamlNode>,
  flaws: TextFlaw[],
) {
  const empty = (at: number): YamlNode => ({ kind: 'scalar', text: '', start: at, end: at });
  const missing = (at: number): YamlNode => {
    giveUp();
    return empty(at);
  };
  let anchors = new Map<string, YamlNode>();
  let copied = 0;

  return (contents: Yaml.ParsedNode | null): YamlNode => {
    anchors = new Map();
    return contents === null ? empty(0) : nodeOf(contents, 0);
  };

  function nodeOf(node: Yaml.ParsedNode, depth: number): YamlNode {
    // In broken text, the library may end a node one past the end of the text.
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
    const names = new Set<string>();
    for (const { key, value } of node.items) {
      const name = nodeOf(key, depth + 1);
      // A key such as `? [a, b]` cannot be looked up.
      if (name.kind !== 'scalar') leaveOut();
      else {
        // Readers of JSON take the last of equal keys.
        if (names.has(name.text) && !node.flow && name.text !== '<<')
          flaws.push({ start: name.start, end: name.end, reason: `it has the key "${name.text}" twice` });
        names.add(name.text);
        const inner = value === null ? empty(name.end) : nodeOf(value, depth + 1);
        entries.push({ key: name.text, start: name.start, end: name.end, value: inner });
      }
    }
    return { kind: 'map', entries, start, end };
  }

  function aliased(anchor: string, start: number, end: number): YamlNode {
    const target = anchors.get(anchor);
    if (target === undefined) {
      const near = suggest(anchor, [...anchors.keys()]);
      const meant = near === null ? '' : `; "&${near}" is similar`;
      flaws.push({ start, end, reason: `nothing above has the anchor "&${anchor}"${meant}` });
      return empty(start);
    }
    if (copied > MAX_COPIED) return missing(start);
    copied += sizeOf(target);
    return copied > MAX_COPIED ? missing(start) : { ...target, start, end };
  }
}
