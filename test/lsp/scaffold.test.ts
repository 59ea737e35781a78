// Scaffolding over the protocol: the editor is asked to apply one edit with everything in it.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ApplyWorkspaceEditParams, WorkspaceEdit } from 'vscode-languageserver/node';
import type {
  ScaffoldChoices,
  ScaffoldResult,
  ScaffoldWish,
  SecretProposals,
} from '../../client/src/protocol/scaffold.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { folder, write as writeFile } from '../workspace/support.ts';
import { type Session, startSession } from './support.ts';

const engine = await loadEngine();
const CAPABLE = {
  workspace: { workspaceEdit: { documentChanges: true, resourceOperations: ['create' as const] } },
};

interface Scaffolding {
  readonly session: Session;
  /** What the editor was asked to apply. */
  readonly applied: ApplyWorkspaceEditParams[];
  ask<Result>(method: string, params?: object): Promise<Result>;
  write(wish: ScaffoldWish): Promise<ScaffoldResult>;
}

async function scaffolding(root: string, capable = true, answer = { applied: true }): Promise<Scaffolding> {
  const applied: ApplyWorkspaceEditParams[] = [];
  const session = await startSession({
    root,
    engine,
    capabilities: capable ? CAPABLE : {},
    prepare: connection =>
      connection.onRequest('workspace/applyEdit', (params: ApplyWorkspaceEditParams) => {
        applied.push(params);
        return answer;
      }),
  });
  const uri = session.uri('').replace(/\/$/, '');
  const ask = <Result>(method: string, params: object = {}): Promise<Result> =>
    session.connection.sendRequest(method, { root: uri, ...params });
  return { session, applied, ask, write: wish => ask('varsmith/scaffold', { wish }) };
}

function example(): string {
  const root = folder({});
  cpSync(join(__dirname, '../../examples/fleet'), root, { recursive: true });
  return root;
}

/** The files of an edit, those that are made with a plus. */
const filesOf = ({ documentChanges }: WorkspaceEdit) =>
  (documentChanges ?? []).map(change =>
    'kind' in change ? `+${'uri' in change ? change.uri : ''}` : change.textDocument.uri,
  );

test('what can be chosen, and whether a name will do', async () => {
  const { ask } = await scaffolding(example());
  const choices = await ask<ScaffoldChoices>('varsmith/scaffoldChoices');
  expect(choices.registries).toEqual(['lib/secret-registry.nix']);
  expect(choices.machines).toEqual(['emily', 'lea', 'noa', 'tove']);
  expect(choices.templates.map(({ id }) => id)).toContain('wireguard-key');
  const name = (of: string, given: string) =>
    ask<string | null>('varsmith/checkName', { of, name: given, registry: null });
  expect(await name('secret', 'gmail')).toBe('lib/secret-registry.nix has "gmail" already.');
  expect(await name('secret', 'gmail2')).toBeNull();
  expect(await name('generator', 'ntfy')).toContain('already');
  expect(await name('service', 'a b')).toContain('letters');
  expect(await name('machine', 'a/b')).toContain('letters');
});

/** What is asked of a person beside the name. */
const METADATA = {
  kind: 'prompt',
  category: 'api-key',
  description: 'OpenAI API key',
  domain: 'ai',
  generator: null,
  envVar: 'OPENAI_API_KEY',
} as const;

test('proposals for a secret, and what is wrong with its variable', async () => {
  const { ask } = await scaffolding(example());
  const registry = 'lib/secret-registry.nix';
  const { proposals, domains } = await ask<SecretProposals>('varsmith/secretProposals', {
    name: 'openai',
    registry,
  });
  expect(proposals[0]).toEqual({
    key: 'openai',
    kind: 'prompt',
    category: 'api-key',
    generator: 'openai-api-key',
    envVar: 'OPENAI_API_KEY',
    description: 'Openai API key',
    domain: 'ai',
    like: expect.arrayContaining(['anthropic']),
  });
  expect(domains).toContain('hosting');
  const variable = (name: string) =>
    ask<string | null>('varsmith/checkName', { of: 'variable', name, registry });
  expect(await variable('OPENAI_API_KEY')).toBeNull();
  expect(await variable('')).toBeNull();
  expect(await variable('ANTHROPIC_API_KEY')).toContain('has ANTHROPIC_API_KEY already');
});

test('a secret is one edit of registry and matrix', async () => {
  const { session, applied, write } = await scaffolding(example());
  const wish = { ...METADATA, name: 'openai', machines: ['lea', 'noa'], registry: null };
  const result = await write({ what: 'secret', ...wish });
  expect(applied).toHaveLength(1);
  expect(applied[0]?.label).toBe('Add Secret');
  const uris = [session.uri('lib/machine-env-matrix.nix'), session.uri('lib/secret-registry.nix')];
  expect(filesOf(applied[0]?.edit ?? {})).toEqual(uris);
  expect(result).toMatchObject({ refused: null, created: [], shown: { uri: uris[1] } });
});

test('a whole pipeline is one edit that makes its files', async () => {
  const root = folder({});
  const { session, applied, write } = await scaffolding(root);
  const result = await write({ what: 'fleet', shape: 'registry', machine: 'web', system: 'aarch64-linux' });
  expect(applied).toHaveLength(1);
  expect(filesOf(applied[0]?.edit ?? {})).toContain(`+${session.uri('machines/web/configuration.nix')}`);
  expect(result.created).toHaveLength(13);
  // In a folder that is not trusted, git is not started.
  expect(result.notes[0]).toContain('Add the new files to git');
  expect(existsSync(join(root, '.git'))).toBe(false);
  expect(result.shown?.uri).toBe(session.uri('lib/secret-registry.nix'));
});

test('a plain clan is three files, of which the machine is shown', async () => {
  const { session, write } = await scaffolding(folder({}));
  const wish = { what: 'fleet', shape: 'plain', machine: 'web', system: 'aarch64-linux' } as const;
  const { created, shown } = await write(wish);
  const machine = session.uri('machines/web/configuration.nix');
  expect(created).toEqual([session.uri('.gitattributes'), session.uri('flake.nix'), machine]);
  expect(shown?.uri).toBe(machine);
});

test('in a folder that is trusted, git is told of the files of a new fleet', async () => {
  const root = folder({});
  const { session, ask } = await scaffolding(root);
  session.connection.onRequest('workspace/applyEdit', ({ edit }: { edit: WorkspaceEdit }) => {
    for (const uri of filesOf(edit))
      if (uri.startsWith('+')) writeFile(root, uri.slice(session.uri('').length + 1), '');
    return { applied: true };
  });
  const wish = { what: 'fleet', shape: 'registry', machine: 'web', system: 'aarch64-linux' };
  const { notes } = await ask<ScaffoldResult>('varsmith/scaffold', { wish, trusted: true });
  expect(notes[0]).toBe('The folder is a git repository now.');
  const known = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' });
  expect(known.split('\n')).toContain('machines/web/configuration.nix');
});

test('where the new text stands is told for the text afterwards', async () => {
  const { session, applied, write } = await scaffolding(
    folder({
      'flake.nix':
        '{ outputs = { self, clan-core }: { clan = clan-core.lib.clan { inherit self; inventory.machines.lea = { }; }; }; }\n',
      'machines/lea/configuration.nix': '{ config, lib, ... }:\n{\n  a = 1;\n}\n',
    }),
  );
  const file = 'machines/lea/configuration.nix';
  const result = await write({ what: 'generator', name: 'fresh', template: 'ssh-key', file, importedBy: [] });
  expect(applied).toHaveLength(1);
  // Six lines for the arguments, `{`, `a = 1;` and an empty one.
  const start = { line: 9, character: '  clan.core.vars.generators.'.length };
  expect(result.shown).toEqual({ uri: session.uri(file), range: { start, end: start } });
});

test('an editor that makes no files is asked for none', async () => {
  const { applied, write } = await scaffolding(folder({}), false);
  const result = await write({ what: 'service', name: 'chat', template: 'ssh-key', per: 'instance' });
  expect(result.refused).toContain('cannot create files');
  expect(applied).toEqual([]);
});

test('what is refused, or not applied, is told', async () => {
  const refused = await scaffolding(folder({ 'a.nix': '{ }\n' }));
  const secret = { ...METADATA, what: 'secret', name: 'x', machines: [], registry: null } as const;
  expect((await refused.write(secret)).refused).toContain('There is no registry here.');
  const declined = await scaffolding(example(), true, { applied: false });
  expect((await declined.write(secret)).refused).toBe('The editor did not apply the edit.');
});
