// The server with its real analysis, on the broken example fleet.
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { CodeAction, Hover, LocationLink, Position } from 'vscode-languageserver/node';
import type { DoctorResult } from '../../client/src/protocol/doctor.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { brokenFleetRoot, markedMistakes } from '../examples/folders.ts';
import { folder } from '../workspace/support.ts';
import { messages, type Session, settled, startSession } from './support.ts';

const engine = await loadEngine();
const MATRIX = 'lib/machine-env-matrix.nix';
const REGISTRY = 'lib/secret-registry.nix';
const UNKNOWN = 'Unknown registry key "anthropc" (machine lea). Did you mean "anthropic"?';

let session: Session;
let texts: (path: string) => string;

beforeEach(async () => {
  const root = folder({});
  cpSync(join(__dirname, '../../examples/broken-fleet'), root, { recursive: true });
  texts = path => readFileSync(join(root, path), 'utf8');
  session = await startSession({
    root,
    engine,
    capabilities: { textDocument: { definition: { linkSupport: true } } },
  });
});

/** The position behind the first occurrence of a text. */
function behind(path: string, before: string): Position {
  const text = texts(path);
  const lines = text.slice(0, text.indexOf(before) + before.length).split('\n');
  return { line: lines.length - 1, character: (lines.at(-1) as string).length };
}

function at(path: string, before: string): { textDocument: { uri: string }; position: Position } {
  return { textDocument: { uri: session.uri(path) }, position: behind(path, before) };
}

test('everything that is marked has a finding, in files that nobody has opened', async () => {
  await settled(session);
  const found = new Set(session.published.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code)));
  // That nothing else is found there, rule by rule, is held by checks/fleets.test.ts.
  expect(markedMistakes(brokenFleetRoot).filter(({ rule }) => !found.has(rule))).toEqual([]);
});

test('editing the registry changes the findings of the matrix', async () => {
  expect(messages(await session.publication(MATRIX, () => true))).toContain(UNKNOWN);
  session.forget();
  session.open(REGISTRY, texts(REGISTRY).replace('\n  anthropic = ', '\n  anthropc = '));
  const told = await session.publication(MATRIX, () => true);
  expect(messages(told)).not.toContain(UNKNOWN);
  expect(messages(told).join('\n')).toContain('Unknown registry key "anthropic"');
});

test('the quick fix mends the key', async () => {
  session.open(MATRIX, texts(MATRIX));
  const actions: CodeAction[] = await session.connection.sendRequest('textDocument/codeAction', {
    textDocument: { uri: session.uri(MATRIX) },
    range: { start: behind(MATRIX, '"anthropc'), end: behind(MATRIX, '"anthropc') },
    context: { diagnostics: [] },
  });
  const fix = actions.find(({ isPreferred }) => isPreferred);
  expect(fix?.title).toBe('Replace with "anthropic"');
  const [edit] = fix?.edit?.changes?.[session.uri(MATRIX)] ?? [];
  session.edit(MATRIX, 2, { text: edit?.newText ?? '', ...(edit ? { range: edit.range } : {}) });
  expect(messages(await session.publication(MATRIX, ({ version }) => version === 2))).not.toContain(UNKNOWN);
});

test('the comment that a fix writes silences the finding', async () => {
  session.open(MATRIX, texts(MATRIX));
  const actions: CodeAction[] = await session.connection.sendRequest('textDocument/codeAction', {
    textDocument: { uri: session.uri(MATRIX) },
    range: { start: behind(MATRIX, '"anthropc'), end: behind(MATRIX, '"anthropc') },
    context: { diagnostics: [] },
  });
  const fix = actions.find(({ title }) => title === 'Ignore registry/unknown-key here');
  const [edit] = fix?.edit?.changes?.[session.uri(MATRIX)] ?? [];
  session.edit(MATRIX, 2, { text: edit?.newText ?? '', ...(edit ? { range: edit.range } : {}) });
  expect(messages(await session.publication(MATRIX, ({ version }) => version === 2))).not.toContain(UNKNOWN);
});

test('hover and definition work across files, before and after an edit', async () => {
  const hover: Hover | null = await session.connection.sendRequest(
    'textDocument/hover',
    at(MATRIX, '"deeps'),
  );
  expect(hover?.contents).toMatchObject({
    kind: 'markdown',
    value: expect.stringContaining('Variable `DEEPSEEK_API_KEY_FILE`'),
  });
  session.open(REGISTRY, `# one line more\n${texts(REGISTRY)}`);
  const links: LocationLink[] = await session.connection.sendRequest(
    'textDocument/definition',
    at(MATRIX, '"deeps'),
  );
  expect(links).toHaveLength(1);
  expect(links[0]?.targetUri).toBe(session.uri(REGISTRY));
  expect(links[0]?.targetRange.start.line).toBe(behind(REGISTRY, '\n  deepseek').line + 1);
});

test('half-typed and hostile text is answered like any other', async () => {
  const hostile = [
    '{ a = [ "',
    '('.repeat(10_000),
    `''\${`,
    ' '.repeat(5 * 1024 * 1024),
    '\u0000\ud800{',
    'let x = x; in x',
  ];
  for (const [i, text] of hostile.entries()) {
    if (i === 0) session.open(MATRIX, text, 1);
    else session.edit(MATRIX, i + 1, { text });
    await session.publication(MATRIX, ({ version }) => version === i + 1);
    const position = { line: 0, character: 1 };
    await session.connection.sendRequest('textDocument/hover', {
      textDocument: { uri: session.uri(MATRIX) },
      position,
    });
  }
  expect(session.log).toEqual([]);
});

test('the doctor runs nothing where the workspace is not trusted', async () => {
  const [found]: DoctorResult[] = await session.connection.sendRequest('varsmith/doctor', { trusted: false });
  const texts = found?.sections.flatMap(({ entries }) => entries.map(({ text }) => text)) ?? [];
  expect(texts).toContainEqual(expect.stringContaining('recognised by .clan-flake'));
  expect(texts).toContain('not looked for: the workspace is not trusted');
});

test('fixing on saving takes what is certain, and leaves the misspelt key to its author', async () => {
  session.open(MATRIX, texts(MATRIX));
  const start = { line: 0, character: 0 };
  const actions: CodeAction[] = await session.connection.sendRequest('textDocument/codeAction', {
    textDocument: { uri: session.uri(MATRIX) },
    range: { start, end: start },
    context: { diagnostics: [], only: ['source.fixAll'] },
  });
  const edits = actions[0]?.edit?.changes?.[session.uri(MATRIX)] ?? [];
  const { line } = behind(MATRIX, '# broken: registry/duplicate-key');
  expect(edits.map(({ range, newText }) => [range.start.line, newText])).toEqual([[line, '']]);
});
