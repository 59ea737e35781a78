// Diagnostics that are known at once come before the analysis is complete.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DocumentDiagnosticReport } from 'vscode-languageserver/node';
import { type Engine, loadEngine } from '../../server/src/workspace/engine.ts';
import { messages, type Session, settled, startSession } from './support.ts';

const root = join(__dirname, '../../examples/fleet');
const MATRIX = 'lib/machine-env-matrix.nix';
const text = readFileSync(join(root, MATRIX), 'utf8');
const wrong = text.replace('"anthropic"', '"antropic"');

const real = await loadEngine();

/** An engine whose builds can be held up, so that only what needs no build is found. It counts those that end. */
function holding(): Engine & { isHeld: boolean; built: number } {
  const engine = {
    ...real,
    isHeld: false,
    built: 0,
    createFleetBuilder: (...about: Parameters<Engine['createFleetBuilder']>) => {
      const builder = real.createFleetBuilder(...about);
      return {
        ...builder,
        *building() {
          while (engine.isHeld) yield;
          const fleet = yield* builder.building();
          engine.built++;
          return fleet;
        },
      };
    },
  };
  return engine;
}

test('they are pushed before the fleet is built', async () => {
  const engine = holding();
  const session = await startSession({ root, engine });
  session.open(MATRIX, text);
  await session.publication(MATRIX, ({ version }) => version === 1);
  session.forget();
  engine.isHeld = true;
  session.edit(MATRIX, 2, { text: wrong });
  const first = await session.publication(MATRIX, ({ version }) => version === 2);
  engine.isHeld = false;
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
  let onRefresh = () => {};
  const engine = holding();
  const session = await startSession({
    root,
    engine,
    capabilities: { textDocument: { diagnostic: {} }, workspace: { diagnostics: { refreshSupport: true } } },
    prepare: connection =>
      connection.onRequest('workspace/diagnostic/refresh', () => {
        onRefresh();
        return null;
      }),
  });
  session.open(MATRIX, text);
  await pull(session);
  await settled(session);
  const refreshed = new Promise<void>(resolve => {
    onRefresh = resolve;
  });
  engine.isHeld = true;
  session.edit(MATRIX, 2, { text: wrong });
  expect(await pull(session)).toEqual([expect.stringContaining('Unknown registry key "antropic"')]);
  engine.isHeld = false;
  await refreshed;
});

test('a client that cannot be told waits for all', async () => {
  const engine = holding();
  const session = await startSession({ root, engine, capabilities: { textDocument: { diagnostic: {} } } });
  session.open(MATRIX, text);
  await pull(session);
  const before = engine.built;
  session.edit(MATRIX, 2, { text: wrong });
  expect(await pull(session)).toEqual([expect.stringContaining('Unknown registry key "antropic"')]);
  expect(engine.built).toBe(before + 1);
});

/** Asks for the diagnostics of the matrix and returns their messages. */
async function pull(session: Session): Promise<readonly string[]> {
  const report: DocumentDiagnosticReport = await session.connection.sendRequest('textDocument/diagnostic', {
    textDocument: { uri: session.uri(MATRIX) },
  });
  return report.kind === 'full' ? messages({ diagnostics: report.items }) : [];
}
