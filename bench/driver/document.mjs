/** A document as the driver holds it, and the edit that it puts in and takes out again. */
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';

const LANGUAGES = {
  '.bash': 'shellscript',
  '.css': 'css',
  '.elm': 'elm',
  '.go': 'go',
  '.html': 'html',
  '.js': 'javascript',
  '.json': 'json',
  '.md': 'markdown',
  '.nix': 'nix',
  '.py': 'python',
  '.rs': 'rust',
  '.sh': 'shellscript',
  '.tf': 'terraform',
  '.ts': 'typescript',
  '.yaml': 'yaml',
  '.yml': 'yaml',
};

export function openable(path, language) {
  const text = readFileSync(path, 'utf8');
  return {
    uri: pathToFileURL(path).href,
    language: language ?? LANGUAGES[extname(path)] ?? 'plaintext',
    text,
    lines: text.split('\n'),
    version: 1,
  };
}

/** The parameters of didOpen, with `text` in place of what is on disk if given. */
export function didOpen(document, text = document.text) {
  const { uri, language: languageId, version } = document;
  return { textDocument: { uri, languageId, version, text } };
}

export function endOf(document) {
  return { line: document.lines.length - 1, character: document.lines.at(-1).length };
}

/**
 * An edit that alternates: inserts `text` at a 0-based place, then removes it. `next()` moves the document to its
 * next version and gives the parameters of didChange.
 */
export function toggling(document, { line, character, text }, incremental, inside = false) {
  const start = { line, character };
  const inserted = text.split('\n');
  const end = {
    line: line + inserted.length - 1,
    character: inserted.length > 1 ? inserted.at(-1).length : character + text.length,
  };
  const offset = document.lines.slice(0, line).reduce((sum, l) => sum + l.length + 1, 0) + character;
  const edited = document.text.slice(0, offset) + text + document.text.slice(offset);
  const state = { inside };
  return {
    edited,
    isInside: () => state.inside,
    /** @param {boolean} [still] a new version of the same text */
    next(still = false) {
      document.version++;
      if (!still) state.inside = !state.inside;
      const whole = { text: state.inside ? edited : document.text };
      const nothing = { range: { start, end: start }, text: '' };
      const toggle = state.inside ? { ...nothing, text } : { range: { start, end }, text: '' };
      const part = still ? nothing : toggle;
      return {
        textDocument: { uri: document.uri, version: document.version },
        contentChanges: [incremental ? part : whole],
      };
    },
  };
}

/**
 * An edit that never repeats a text: each time `each(1)`, `each(2)`, … stands in the place of the one before, and of
 * `text` at first, with which the document was opened. What it returns is as of `toggling`.
 */
export function typing(document, { line, character, text, each }, incremental) {
  const start = { line, character };
  const offset = document.lines.slice(0, line).reduce((sum, l) => sum + l.length + 1, 0) + character;
  const around = put => document.text.slice(0, offset) + put + document.text.slice(offset);
  const state = { count: 0, put: text };
  return {
    edited: around(text),
    isInside: () => false,
    /** @param {boolean} [still] a new version of the same text */
    next(still = false) {
      document.version++;
      const lines = state.put.split('\n');
      const last = lines.at(-1).length;
      const end = { line: line + lines.length - 1, character: lines.length > 1 ? last : character + last };
      if (!still) state.put = each(++state.count);
      const part = { range: { start, end }, text: state.put };
      return {
        textDocument: { uri: document.uri, version: document.version },
        contentChanges: [incremental ? part : { text: around(state.put) }],
      };
    },
  };
}
