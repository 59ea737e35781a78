// What the seed documents' fleets come to over the protocol: findings while a person types, cards, places, proposals.
import { expect, test } from 'vitest';
import type { CompletionList, Hover, Location } from 'vscode-languageserver/node';
import { messages, startSession } from '../lsp/support.ts';
import { behind, edit, engine, type FleetName, seedFleet, textOf } from './support.ts';

async function opened(name: FleetName, path: string, change?: readonly [from: string, to: string]) {
  const root = seedFleet(name);
  const before = textOf(root, path);
  if (change) edit(root, path, ...change);
  const session = await startSession({ root, engine });
  const text = textOf(root, path);
  session.open(path, text);
  const at = (before: string) => {
    const lines = text.slice(0, behind(root, path, before)).split('\n');
    const position = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
    return { textDocument: { uri: session.uri(path) }, position };
  };
  return { session, at, before };
}

test('1.5 over the protocol: a key is misspelt and mended again, and the finding comes and goes', async () => {
  const MATRIX = 'lib/machine-env-matrix.nix';
  const { session, before } = await opened('registry', MATRIX, [
    '"hindsight" "deepseek"',
    '"hindsight" "deepsek"',
  ]);
  const wrong = await session.publication(MATRIX, ({ diagnostics }) => diagnostics.length > 0);
  expect(messages(wrong).join()).toContain('Did you mean "deepseek"?');
  session.forget();
  session.edit(MATRIX, 2, { text: before });
  const right = await session.publication(MATRIX, ({ diagnostics }) => diagnostics.length === 0);
  expect(messages(right)).toEqual([]);
});

test('1.10 over the protocol: the anti-pattern is a finding with a fix', async () => {
  const path = 'machines/call/configuration.nix';
  const { session } = await opened('import-forms', path);
  const { diagnostics } = await session.publication(path, params => params.diagnostics.length > 0);
  expect(diagnostics.map(({ code }) => code)).toContain('eval/generators-in-imports');
  const actions = await session.connection.sendRequest('textDocument/codeAction', {
    textDocument: { uri: session.uri(path) },
    range: diagnostics[0]?.range,
    context: { diagnostics },
  });
  expect(JSON.stringify(actions)).toContain('varsGenerators');
});

test('0.1 over the protocol: a dependency leads to the generator it names', async () => {
  const path = 'modules/tokens.nix';
  const { session, at } = await opened('concepts', path);
  const places = await session.connection.sendRequest<Location | Location[]>(
    'textDocument/definition',
    at('dependencies = [ "api-tok'),
  );
  const [place] = [places].flat();
  expect(place?.uri ?? JSON.stringify(places)).toContain('modules/tokens.nix');
});

test('3.12 over the protocol: settings of a service are explained and proposed', async () => {
  const path = 'modules/clan/inventory/services.nix';
  const { session, at } = await opened('domain-model', path);
  const card = await session.connection.sendRequest<Hover>('textDocument/hover', at('settings.doma'));
  expect(JSON.stringify(card)).toContain('Where the notes are served.');
  const list = await session.connection.sendRequest<CompletionList>(
    'textDocument/completion',
    at('electrum.settings.'),
  );
  expect(list.items.map(({ label }) => label)).toContain('domain');
});

test('4.9 over the protocol: a secret of sops-nix is explained', async () => {
  const path = 'hosts/server/mistakes.nix';
  const { session, at } = await opened('sops', path);
  const card = await session.connection.sendRequest<Hover>(
    'textDocument/hover',
    at('readFile config.sops.secrets."api/tok'),
  );
  expect(JSON.stringify(card)).toContain('secrets/secrets.yaml');
  const { diagnostics } = await session.publication(path, params => params.diagnostics.length > 3);
  expect(diagnostics.map(({ code }) => code)).toContain('sops/missing-file');
});
