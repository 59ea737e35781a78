/**
 * YAML as far as files of sops are written in it: block and flow collections, scalars of every style, comments,
 * anchors, several documents. What is beyond that (directives, complex keys) makes the whole unreadable: the answer
 * is null, never a wrong tree. JSON is read too. Knows nothing of sops.
 */
import { createYamlCursor, unreadable } from './secrets-yaml-cursor.ts';
import { readFlow } from './secrets-yaml-flow.ts';
import { sizeOf, type YamlEntry, type YamlNode } from './secrets-yaml-node.ts';
import { joinPlain, readDoubleQuoted, readSingleQuoted, UnreadableYaml } from './secrets-yaml-scalars.ts';

/** Far deeper than any real file; keeps a hostile one from the stack. */
const MAX_DEPTH = 100;

/** Nodes that aliases may stand for in all: an alias to aliases to aliases is meant to harm. */
const MAX_COPIED = 10_000;

/** @returns the documents of a text, or null where it is not understood */
export function parseYaml(text: string): readonly YamlNode[] | null {
  try {
    return createReader(text).documents();
  } catch (error) {
    if (error instanceof UnreadableYaml) return null;
    throw error;
  }
}

function createReader(text: string) {
  const steps = createYamlCursor(text);
  let depth = 0;
  let copied = 0;
  let anchors = new Map<string, YamlNode>();

  const { cursor, at, isBreak, isSpace, column, atMarker, atEnd } = steps;
  const { onLine, skipLines, isKeyEnd, plainEnd } = steps;

  function documents(): YamlNode[] {
    const found: YamlNode[] = [];
    for (;;) {
      skipLines();
      if (atMarker('...')) {
        cursor.pos += 3;
        continue;
      }
      if (cursor.pos >= text.length) return found;
      if (at() === '%') unreadable();
      if (atMarker('---')) cursor.pos += 3;
      anchors = new Map();
      skipLines();
      found.push(atEnd() ? empty() : block(-1));
      skipLines();
      if (!atEnd()) unreadable();
    }
  }

  const empty = (): YamlNode => ({
    kind: 'scalar',
    text: '',
    quoted: false,
    start: cursor.pos,
    end: cursor.pos,
  });

  function nested<T>(read: () => T): T {
    if (++depth > MAX_DEPTH) unreadable();
    const result = read();
    depth--;
    return result;
  }

  /** Anchor and tag before a node, on one line with it. */
  function properties(): string | null {
    let anchor: string | null = null;
    while (at() === '&' || at() === '!') {
      const start = cursor.pos;
      while (!isSpace(at()) && !',[]{}'.includes(at() as string)) cursor.pos++;
      if (text[start] === '&') anchor = text.slice(start + 1, cursor.pos);
      while (at() === ' ' || at() === '\t') cursor.pos++;
    }
    return anchor;
  }

  function named(anchor: string | null, node: YamlNode): YamlNode {
    if (anchor !== null) anchors.set(anchor, node);
    return node;
  }

  /** A node that starts at `cursor.pos`; `parent` is the indentation of what holds it. */
  function block(parent: number): YamlNode {
    return nested(() => {
      const start = cursor.pos;
      const indent = column();
      const anchor = properties();
      if (!onLine()) {
        skipLines();
        return named(anchor, column() > parent && !atEnd() ? block(parent) : empty());
      }
      if (at() === '-' && isSpace(at(1))) return named(anchor, sequence(indent));
      if (at() === '?' && isSpace(at(1))) unreadable();
      if (at() === '|' || at() === '>') return named(anchor, literal(parent));
      const first = cursor.pos;
      const node = inline(parent);
      if (node.kind === 'scalar' && isKeyEnd()) {
        if (text.slice(first, cursor.pos).includes('\n')) unreadable();
        cursor.pos = start;
        return mapping(indent);
      }
      return named(anchor, node);
    });
  }

  function sequence(indent: number): YamlNode {
    const start = cursor.pos;
    let end = cursor.pos;
    const items: YamlNode[] = [];
    while (!atEnd() && column() === indent && at() === '-' && isSpace(at(1))) {
      cursor.pos++;
      const item = value(indent);
      items.push(item);
      end = Math.max(end, item.end, start + 1);
      skipLines();
    }
    if (!atEnd() && column() > indent) unreadable();
    return { kind: 'list', items, start, end };
  }

  function mapping(indent: number): YamlNode {
    const start = cursor.pos;
    let end = cursor.pos;
    const entries: YamlEntry[] = [];
    while (!atEnd() && column() === indent) {
      if (at() === '-' && isSpace(at(1))) break;
      const anchor = properties();
      const key = inline(indent);
      if (key.kind !== 'scalar' || !isKeyEnd()) return unreadable();
      named(anchor, key);
      cursor.pos++;
      const node = value(indent, true);
      entries.push({ key: key.text, start: key.start, end: key.end, value: node });
      end = Math.max(end, key.end, node.end);
      skipLines();
    }
    if (!atEnd() && column() > indent) unreadable();
    return { kind: 'map', entries, start, end };
  }

  /** What follows `-` or `key:`. A list may stand at its key's own indentation. */
  function value(indent: number, ofKey = false): YamlNode {
    if (onLine()) {
      // `- - a` and `- a: b` nest on one line; `a: b: c` does not.
      return ofKey ? inlineValue(indent) : block(indent);
    }
    const here = empty();
    skipLines();
    if (atEnd()) return here;
    const own = column();
    if (own > indent) return block(indent);
    if (ofKey && own === indent && at() === '-' && isSpace(at(1))) return block(indent - 1);
    return here;
  }

  function inlineValue(indent: number): YamlNode {
    return nested(() => {
      const anchor = properties();
      if (!onLine()) {
        const here = empty();
        skipLines();
        const sameLevelList = column() === indent && at() === '-' && isSpace(at(1));
        if (atEnd() || (column() <= indent && !sameLevelList)) return named(anchor, here);
        return named(anchor, block(sameLevelList ? indent - 1 : indent));
      }
      if (at() === '|' || at() === '>') return named(anchor, literal(indent));
      const node = inline(indent);
      if (isKeyEnd()) unreadable();
      return named(anchor, node);
    });
  }

  /** An alias, a flow collection or a scalar. */
  function inline(parent: number): YamlNode {
    const start = cursor.pos;
    switch (at()) {
      case '*': {
        cursor.pos++;
        while (!isSpace(at()) && !',[]{}'.includes(at() as string)) cursor.pos++;
        const node = anchors.get(text.slice(start + 1, cursor.pos));
        if (node === undefined) return unreadable();
        copied += sizeOf(node);
        if (copied > MAX_COPIED) unreadable();
        return { ...node, start, end: cursor.pos };
      }
      case '[':
      case '{':
        return nested(() => readFlow(text, steps, { properties, named, inline: () => inline(-1), empty }));
      case '"':
      case "'":
        return quoted();
      case '%':
      case '@':
      case '`':
        return unreadable();
      default:
        return plain(parent);
    }
  }

  function quoted(): YamlNode {
    const start = cursor.pos;
    const read = at() === '"' ? readDoubleQuoted(text, cursor.pos) : readSingleQuoted(text, cursor.pos);
    cursor.pos = read.end;
    return { kind: 'scalar', text: read.text, quoted: true, start, end: cursor.pos };
  }

  function plain(parent: number): YamlNode {
    const start = cursor.pos;
    const lines = [text.slice(start, plainEnd(false))];
    if (lines[0] === '') unreadable();
    for (;;) {
      const from = cursor.pos;
      if (isKeyEnd() || onLine()) {
        cursor.pos = from;
        break;
      }
      const breaks = cursor.pos;
      const hadComment = text.slice(from, cursor.pos).includes('#');
      skipLines();
      const between = text.slice(breaks, cursor.pos);
      if (hadComment || between.includes('#') || atEnd() || column() <= parent) {
        cursor.pos = from;
        break;
      }
      const next = cursor.pos;
      const line = text.slice(next, plainEnd(false));
      // A continuation that is a key, an item or a comment is none.
      const end = cursor.pos;
      const isKey = isKeyEnd();
      if (isKey || line === '' || /^(-|\?)(\s|$)/.test(line)) {
        cursor.pos = from;
        break;
      }
      cursor.pos = end;
      lines.push(...Array<string>(Math.max(0, between.split('\n').length - 2)).fill(''), line);
    }
    return { kind: 'scalar', text: joinPlain(lines), quoted: false, start, end: cursor.pos };
  }

  /** `|` and `>`: all deeper lines. The text is kept as it is written, without the indentation. */
  function literal(parent: number): YamlNode {
    const start = cursor.pos;
    while (!isBreak(at())) cursor.pos++;
    if (!/^[|>][-+1-9]{0,2}\s*(#.*)?$/.test(text.slice(start, cursor.pos))) unreadable();
    const lines: string[] = [];
    let end = cursor.pos;
    let indent: number | null = null;
    while (cursor.pos < text.length) {
      const lineStart = text.indexOf('\n', cursor.pos) + 1;
      if (lineStart === 0) break;
      let lineEnd = text.indexOf('\n', lineStart);
      if (lineEnd < 0) lineEnd = text.length;
      const line = text.slice(lineStart, lineEnd).replace(/\r$/, '');
      const own = line.length - line.trimStart().length;
      if (line.trim() !== '' && own <= parent) break;
      if (line.trim() !== '') {
        indent ??= own;
        end = lineEnd;
      }
      lines.push(line);
      cursor.pos = lineEnd;
    }
    const body = lines.map(line => line.slice(indent ?? 0)).join('\n');
    return { kind: 'scalar', text: `${body.trimEnd()}\n`, quoted: true, start, end };
  }

  return { documents };
}
