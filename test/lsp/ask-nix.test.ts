// Asking Nix from an editor, over the protocol, with somebody else's answers in place of Nix's.
import { expect, test, vi } from 'vitest';
import type { Disagreement, NixOutcome } from '../../client/src/protocol/nix.ts';
import type { ServerStatus } from '../../client/src/protocol/status.ts';
import type { NixAnswer, NixGenerator } from '../../server/src/fleet/model/nix-answer.ts';
import type { NixDoor } from '../../server/src/lsp/ask-nix.ts';

type AskNix = NixDoor['ask'];

import { loadEngine } from '../../server/src/workspace/engine.ts';
import { folder } from '../workspace/support.ts';
import { messages, type SessionOptions, startSession } from './support.ts';

const engine = await loadEngine();
const MODULE = 'machines/web/configuration.nix';
const declaring = (mode: string) =>
  `{ clan.core.vars.generators.token = { files.key.mode = "${mode}"; script = "echo x > $out/key"; }; }`;
const FILES = {
  'flake.nix': `{
    outputs = { self, clan-core, ... }:
      let clan = clan-core.lib.clan { inherit self; meta.name = "test"; }; in
      { inherit (clan.config) nixosConfigurations clanInternals; };
  }`,
  [MODULE]: declaring('0400'),
};
const AT = '2026-11-23T08:00:00.000Z';

/** The answer of a Nix that evaluates the file with this mode. */
function answerWith(mode: string): NixAnswer {
  const file = { secret: true, deploy: true, owner: 'root', group: 'root', neededFor: 'services', mode };
  const token: NixGenerator = {
    ...{ share: false, dependencies: [], prompts: new Map(), runtimeInputs: [], validation: null },
    ...{ files: new Map([['key', file]]), script: 'echo x > $out/key', definedAt: [] },
  };
  const facts = {
    ...{ hasVars: true, generatorNames: ['token'], generators: new Map([['token', token]]) },
    ...{ sops: null, age: null, templates: null, tags: null },
  };
  const web = { name: 'web', class: 'nixos', milliseconds: 1, isKept: false, facts, failures: [] } as const;
  return { version: '2.26.3', revision: null, machines: [web], machinesComplete: true, failure: null };
}

const answering = (mode: string): AskNix =>
  vi.fn(async () => ({ answer: answerWith(mode), milliseconds: 7, at: AT }));

async function openFleet(askNix?: AskNix, more: Partial<SessionOptions> = {}) {
  const capabilities = { experimental: { varsmith: true } };
  const statuses: ServerStatus[] = [];
  const session = await startSession({
    ...{ root: folder(FILES), engine, capabilities },
    ...(askNix && { askNix }),
    prepare: connection =>
      connection.onNotification('varsmith/status', (status: ServerStatus) => void statuses.push(status)),
    ...more,
  });
  return {
    session,
    statuses,
    ask: (trusted = true): Promise<NixOutcome[]> =>
      session.connection.sendRequest('varsmith/askNix', { trusted }),
    disagreement: (): Promise<Disagreement | null> => session.connection.sendRequest('varsmith/disagreement'),
  };
}

const disagrees = (params: { diagnostics: { code?: string | number }[] }) =>
  params.diagnostics.some(({ code }) => code === 'eval/nix-disagrees');

test('what Nix answers is part of the findings, until the file says something else', async () => {
  const { session, ask, disagreement } = await openFleet(answering('0440'));
  session.open(MODULE, FILES[MODULE] as string);
  expect(await disagreement()).toBeNull();
  const [outcome] = await ask();
  expect(outcome?.answer).toEqual({
    ...{ version: '2.26.3', machines: 1, failed: [], failure: null, milliseconds: 7 },
  });
  const { diagnostics } = await session.publication(MODULE, disagrees);
  expect(messages({ diagnostics }).join()).toContain('Nix says "0440"');
  const account = await disagreement();
  // A generator that clan-core brings is the other one.
  expect(account?.facts).toBe(2);
  expect(account?.markdown).toContain('| generator: file: mode | `0400` | `0440` | 1 fact on 1 machine |');
  expect(account?.markdown).not.toMatch(/token|key|web/);

  session.forget();
  session.edit(MODULE, 2, { text: declaring('0600') });
  const edited = await session.publication(MODULE, params => params.version === 2);
  expect(disagrees(edited)).toBe(false);
});

test('what was typed while Nix evaluated, or was not saved before, is contradicted by nothing', async () => {
  let answer = () => {};
  const evaluated = new Promise<void>(resolve => {
    answer = resolve;
  });
  const { session, ask } = await openFleet(async () => {
    await evaluated;
    return { answer: answerWith('0440'), milliseconds: 7, at: AT };
  });
  session.open(MODULE, FILES[MODULE] as string);
  const asked = ask();
  session.edit(MODULE, 2, { text: declaring('0600') });
  await session.publication(MODULE, ({ version }) => version === 2);
  answer();
  await asked;
  session.edit(MODULE, 3, { text: `${declaring('0600')}\n` });
  expect(disagrees(await session.publication(MODULE, ({ version }) => version === 3))).toBe(false);

  const other = await openFleet(answering('0440'));
  other.session.open(MODULE, declaring('0600'));
  await other.ask();
  other.session.edit(MODULE, 2, { text: `${declaring('0600')}\n` });
  const published = await other.session.publication(MODULE, ({ version }) => version === 2);
  expect(disagrees(published)).toBe(false);
});

test('Nix is never started in a workspace that is not trusted', async () => {
  const askNix = answering('0440');
  const { ask } = await openFleet(askNix);
  const [outcome] = await ask(false);
  expect(outcome).toMatchObject({ answer: null, reason: 'Nix is asked only about folders that you trust.' });
  expect(askNix).not.toHaveBeenCalled();
});

test('where no program can be started, that is the answer', async () => {
  const { ask } = await openFleet();
  expect((await ask())[0]?.reason).toContain('Programs cannot be started');
});

test('a missing Nix and one that cannot be started are sentences, and nothing else changes', async () => {
  const missing = await openFleet(async () => ({
    absent: 'Nix is not on PATH, so it cannot be asked.',
  }));
  expect((await missing.ask())[0]).toMatchObject({ answer: null, reason: /no nix on PATH/ });
  const broken = await openFleet(async () => {
    throw new Error('spawn EACCES');
  });
  expect((await broken.ask())[0]).toMatchObject({
    answer: null,
    reason: 'Nix could not be asked: spawn EACCES',
  });
  expect(await broken.disagreement()).toBeNull();
});

test('a folder without a flake is not asked about', async () => {
  const askNix = answering('0440');
  const { ask } = await openFleet(askNix, { root: folder({ 'a.nix': '{ }' }) });
  expect(await ask()).toEqual([]);
  expect(askNix).not.toHaveBeenCalled();
});

test('the status says how far Nix is, and no longer when it has answered', async () => {
  const { ask, statuses } = await openFleet(async (_, { onMachine }) => {
    const answer = answerWith('0400');
    const [machine] = answer.machines;
    if (machine !== undefined) onMachine?.(machine, 1, 3);
    return { answer, milliseconds: 7, at: AT };
  });
  await ask();
  const said = statuses.map(({ message }) => message);
  expect(said.some(message => message.endsWith(', asking Nix'))).toBe(true);
  expect(said.some(message => message.endsWith(', asking Nix: 1 of 3 machines'))).toBe(true);
  expect(said.at(-1)).not.toContain('Nix');
});

test('a cancellation stops Nix', async () => {
  const stopped = vi.fn();
  const { session } = await openFleet(
    (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          stopped();
          reject(new Error('stopped'));
        });
        begun();
      }),
  );
  let begun = () => {};
  const isBegun = new Promise<void>(resolve => {
    begun = resolve;
  });
  const { CancellationTokenSource } = await import('vscode-languageserver');
  const source = new CancellationTokenSource();
  const asked = session.connection.sendRequest('varsmith/askNix', { trusted: true }, source.token);
  await isBegun;
  source.cancel();
  await expect(asked).rejects.toMatchObject({ code: -32800 });
  expect(stopped).toHaveBeenCalledOnce();
});
