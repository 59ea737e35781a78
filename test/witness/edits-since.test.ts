import { describe, expect, it } from 'vitest';
import type { NixAnswer } from '../../server/src/fleet/model/nix-answer.ts';
import { joinedFleet } from '../../server/src/witness/join.ts';
import { factsIn } from '../../server/src/witness/reply.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { check, type Texts } from '../checks/small-workspace.ts';
import { folder } from '../workspace/support.ts';
import { generator, machine } from './stand-in.ts';

const ok = (value: unknown) => ({ ok: value });
const KEY = {
  secret: ok(true),
  deploy: ok(true),
  group: ok('root'),
  mode: ok('0400'),
  neededFor: ok('services'),
};
const ASKED = '2026-08-01T14:03:00.000Z';

const FILES: Texts = {
  'flake.nix': `{
  outputs = { clan-core, ... }: clan-core.lib.clan {
    machines.a = ./a.nix;
    machines.b = ./b.nix;
  };
}
`,
  'a.nix': `{ config, ... }: {
  clan.core.vars.generators.key = { files.key.owner = config.services.web.user; files.key.mode = "0400"; script = "make"; };
}
`,
  'b.nix': `{ config, ... }: {
  imports = [ config.services.more ];
}
`,
};

const key = (owner: string, more: object = {}) =>
  generator({ files: ok({ key: { ...KEY, owner: ok(owner), ...more } }), script: ok('make') });

const STATE = { 'state-version': generator() };
const ANSWER: NixAnswer = {
  ...{ version: '2.26.3', revision: null, machinesComplete: true, failure: null },
  machines: Object.entries({ a: { key: key('web'), ...STATE }, b: { hidden: key('db'), ...STATE } }).map(
    ([name, generators]) => ({
      ...{ name, class: 'nixos', milliseconds: 1, isKept: false },
      facts: factsIn(machine(generators), path => path),
      failures:
        name === 'a'
          ? [
              {
                kind: 'error',
                message: 'something fails',
                at: { file: 'a.nix', line: 1, column: 1 },
                frames: [],
              },
            ]
          : [],
    }),
  ),
};

/** @param edited what is edited after the answer */
function withEdits(edited: Texts) {
  const files = { ...FILES, ...edited };
  const changed = new Set(Object.keys(edited));
  const fleet = joinedFleet(check(files, { rules: [] }).fleet, ANSWER, path => files[path] ?? null, {
    at: ASKED,
    changed,
  });
  const owners = fleet.generators.find(({ name }) => name === 'key')?.bodyOn('a').files ?? [];
  const factsOn = (name: string) => fleet.nix?.facts.filter(fact => fact.machine === name) ?? [];
  return { fleet, file: owners[0], factsOn };
}

const edit = (from: string, to: string): Texts => ({ 'a.nix': (FILES['a.nix'] as string).replace(from, to) });

describe('an edit after the answer', () => {
  it('leaves nothing of it in doubt where there is none', () => {
    const { fleet, factsOn } = withEdits({});
    expect(fleet.nix?.asOf('a')).toBeNull();
    expect(fleet.nix?.asOf(null)).toBeNull();
    expect(factsOn('a').every(({ asOf }) => asOf === undefined)).toBe(true);
  });

  it('counts, and what it leaves open is as Nix had it', () => {
    const { fleet, file, factsOn } = withEdits(edit('mode = "0400"', 'mode = "0440"'));
    expect(file).toMatchObject({ owner: 'web', mode: '0440' });
    const facts = new Map(factsOn('a').map(fact => [fact.fact, fact]));
    expect(facts.get('file key: mode')).toMatchObject({ witness: 'read', read: '0440', asOf: ASKED });
    expect(facts.get('file key: owner')).toMatchObject({ witness: 'nix', nix: 'web', asOf: ASKED });
    expect(fleet.nix?.asOf('a')).toBe(ASKED);
  });

  it('adds and takes away generators at once', () => {
    const added = withEdits(
      edit('generators.key =', 'generators.fresh.script = "make"; clan.core.vars.generators.key ='),
    );
    expect(added.fleet.generators.find(({ name }) => name === 'fresh')?.machines).toContain('a');
    const removed = withEdits({ 'a.nix': '{ }\n' });
    const names = [...removed.fleet.generators, ...removed.fleet.clanGenerators].map(({ name }) => name);
    expect(names).not.toContain('key');
  });

  it('of one machine leaves what Nix says of another', () => {
    const { fleet, factsOn } = withEdits(edit('0400', '0440'));
    // What other modules of b declare may have changed with any file: b is not fully known.
    expect(fleet.nix?.asOf('b')).toBe(ASKED);
    expect(fleet.clanGenerators.map(({ name, machines }) => [name, machines])).toContainEqual([
      'hidden',
      ['b'],
    ]);
    expect(factsOn('b').map(({ witness }) => witness)).not.toContain('contradicted');
    const known = withEdits({ ...edit('0400', '0440'), 'b.nix': '{ }\n' });
    expect(known.fleet.nix?.asOf('b')).toBe(ASKED);
  });

  it('of a stored value changes nothing', () => {
    const { nix } = withEdits({ 'vars/shared/key/key/value': 'x' }).fleet;
    expect([nix?.asOf('a'), nix?.asOf(null)]).toEqual([null, null]);
  });

  it('of a file that any machine may read touches all', () => {
    const { fleet } = withEdits({ 'lib/users.json': '{}' });
    expect(['a', 'b'].map(name => fleet.nix?.asOf(name))).toEqual([ASKED, ASKED]);
  });

  it('of its own modules alone touches a machine, where all modules are known', () => {
    const files: Texts = { ...FILES, 'b.nix': '{ }\n' };
    const read = check(files, { rules: [] }).fleet;
    const fleet = joinedFleet(read, ANSWER, path => files[path] ?? null, {
      at: ASKED,
      changed: new Set(['a.nix']),
    });
    expect([fleet.nix?.asOf('a'), fleet.nix?.asOf('b')]).toEqual([ASKED, null]);
    expect(fleet.hasAllGenerators('b')).toBe(true);
  });
});

it('a workspace notes edits from the answer on, until the next one', async () => {
  const root = folder(FILES);
  const workspace = createWorkspace({ root, engine: await loadEngine(), log: () => undefined });
  const rules = () => [...workspace.snapshot().findings.values()].flat().map(({ rule }) => rule);
  workspace.witnessed(ANSWER, { at: ASKED, changed: new Set() });
  expect(rules()).toContain('eval/nix-error');
  workspace.open('a.nix', `${FILES['a.nix']}# mended\n`);
  expect(workspace.fleet().nix?.asOf('a')).toBe(ASKED);
  expect(rules()).not.toContain('eval/nix-error');
  expect(rules()).not.toContain('eval/nix-disagrees');
  workspace.witnessed(ANSWER, { at: '2026-08-01T14:05:00.000Z', changed: new Set() });
  expect(workspace.fleet().nix?.asOf('a')).toBeNull();
  workspace.witnessed(null);
  expect(workspace.fleet().nix).toBeNull();
});
