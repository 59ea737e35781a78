// Diagnostics that are known at once come before the analysis is complete.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DocumentDiagnosticReport } from 'vscode-languageserver/node';
import { type Engine, loadEngine } from '../../server/src/workspace/engine.ts';
import { messages, settled, startSession } from './support.ts';

const root = join(__dirname, '../../examples/fleet');
const MATRIX = 'lib/machine-env-matrix.nix';
const text = readFileSync(join(root, MATRIX), 'utf8');
const wrong = text.replace('"anthropic"', '"antropic"');

const real = await loadEngine();

/** An engine whose builds end with an error from some time on, so that only what needs no build is found. */
function breakable(): Engine & { broken: boolean } {
  const engine = {
    ...real,
    broken: false,
    createFleetBuilder: (...about: Parameters<Engine['createFleetBuilder']>) => {
      const builder = real.createFleetBuilder(...about);
      return {
        ...builder,
        *building() {
          if (engine.broken) throw new Error('No build.');
          return yield* builder.building();
        },
      };
    },
  };
  return engine;
}

test('they are pushed before the fleet is built', async () => {
  const engine = breakable();
  const session = await startSession({ root, engine });
  session.open(MATRIX, text);
  await session.publication(MATRIX, ({ version }) => version === 1);
  session.forget();
  engine.broken = true;
  session.edit(MATRIX, 2, { text: wrong });
  const first = await session.publication(MATRIX, ({ version }) => version === 2);
  expect(messages(first)).toEqual([expect.stringContaining('Unknown registry key "antropic"')]);
});

test('the rest follows', async () => {
  const session = await startSession({ root, engine: real });
  session.open(MATRIX, text);
  const before = await session.publication(MATRIX, ({ version }) => version === 1);
  session.edit(MATRIX, 2, { text: wrong });
  await settled(session);
  session.edit(MATRIX, 3, { text });
  await settled(session);
  expect(session.published.filter(({ version }) => version === 3).at(-1)).toEqual({ ...before, version: 3 });
});

test('a client that asks gets them as well, and is told to ask again', async () => {
  let refreshes = 0;
  const engine = breakable();
  const session = await startSession({
    root,
    engine,
    capabilities: { textDocument: { diagnostic: {} }, workspace: { diagnostics: { refreshSupport: true } } },
    prepare: connection =>
      connection.onRequest('workspace/diagnostic/refresh', () => {
        refreshes++;
        return null;
      }),
  });
  const pull = (): Promise<DocumentDiagnosticReport> =>
    session.connection.sendRequest('textDocument/diagnostic', { textDocument: { uri: session.uri(MATRIX) } });
  session.open(MATRIX, text);
  await pull();
  await settled(session);
  refreshes = 0;
  engine.broken = true;
  session.edit(MATRIX, 2, { text: wrong });
  const report = await pull();
  expect(report.kind === 'full' && messages({ diagnostics: report.items })).toEqual([
    expect.stringContaining('Unknown registry key "antropic"'),
  ]);
  expect(refreshes).toBe(0);
  engine.broken = false;
  await settled(session);
  expect(refreshes).toBe(1);
});

test('a client that cannot be told waits for all', async () => {
  const engine = breakable();
  const session = await startSession({ root, engine, capabilities: { textDocument: { diagnostic: {} } } });
  session.open(MATRIX, text);
  const pull = (): Promise<DocumentDiagnosticReport> =>
    session.connection.sendRequest('textDocument/diagnostic', { textDocument: { uri: session.uri(MATRIX) } });
  await pull();
  engine.broken = true;
  session.edit(MATRIX, 2, { text: wrong });
  const report = await pull();
  expect(report.kind === 'full' && report.items).toEqual([]);
});
