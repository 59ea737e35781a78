// Who vouches for what hovers, the explorer and the graph show, where Nix was asked.
import { expect, it } from 'vitest';
import { nixSaysOf, nixSaysOfMachine, nixSaysOfSecret } from '../../server/src/checks/facts/eval/nix-says.ts';
import { fleetEntry, generatorEntries } from '../../server/src/editor/explorer/explorer.ts';
import { EVERYTHING } from '../../server/src/editor/explorer/explorer-filter.ts';
import { graphOf } from '../../server/src/editor/graph/graph.ts';
import { legendEntries } from '../../server/src/editor/graph/graph-legend.ts';
import { pictureOf } from '../../server/src/editor/graph/graph-picture.ts';
import { cardOf } from '../../server/src/editor/hover/hover.ts';
import type { Snapshot } from '../../server/src/editor/snapshot.ts';
import type { NixAnswer } from '../../server/src/fleet/model/nix-answer.ts';
import { factsIn } from '../../server/src/witness/reply.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { generator, machine } from '../witness/stand-in.ts';
import { folder } from '../workspace/support.ts';

const engine = await loadEngine();

const ok = (value: unknown) => ({ ok: value });
const file = (more: object = {}) => ({
  ...{ secret: ok(true), deploy: ok(true), owner: ok('root'), group: ok('root'), mode: ok('0400') },
  neededFor: ok('services'),
  ...more,
});
const make = (files: object, script = 'make') => generator({ files: ok(files), script: ok(script) });

const FILES = {
  'flake.nix': `{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; };
    nixosConfigurations.b = nixpkgs.lib.nixosSystem { modules = [ ./b.nix ]; };
    nixosConfigurations.c = nixpkgs.lib.nixosSystem { modules = [ ./c.nix ]; };
  };
}
`,
  'a.nix': `{ config, ... }: {
  clan.core.vars.generators = {
    same = { files.key = { }; script = "make"; };
    open = { files.key.owner = config.services.web.user; script = "make \${config.services.web.user}"; };
    wrong = { files.key.mode = "0400"; dependencies = [ "same" ]; script = "make"; };
  };
}
`,
  'b.nix': `{ config, lib, ... }: {
  clan.core.vars.generators = lib.mapAttrs' (name: _: lib.nameValuePair "site-\${name}" {
    files.key = { };
    script = "make";
  }) config.services.sites;
}
`,
  'c.nix': '{ clan.core.vars.generators.other = { files.key = { }; script = "make"; }; }\n',
};

const A = {
  same: make({ key: file() }),
  open: make({ key: file({ owner: ok('web') }) }, 'make web'),
  wrong: generator({
    files: ok({ key: file({ mode: ok('0440') }) }),
    dependencies: ok(['same']),
    script: ok('make'),
  }),
};

const ANSWER: NixAnswer = {
  ...{ version: '2.26.3', revision: '113980e1c0ffee-dirty', machinesComplete: true, failure: null },
  machines: Object.entries({
    a: machine(A),
    b: machine({ 'site-home': make({ key: file() }) }),
    c: null,
  }).map(([name, reply]) => ({
    ...{ name, class: 'nixos', milliseconds: 1234, isKept: false },
    facts: reply === null ? null : factsIn(reply, path => path),
    failures:
      reply === null ? [{ kind: 'error' as const, message: 'it recurses.', at: null, frames: [] }] : [],
  })),
};

/** @param edited paths that were edited since the answer */
function snapshotOf(answer: NixAnswer | null = ANSWER, edited: readonly string[] = []): Snapshot {
  const workspace = createWorkspace({ root: folder(FILES), engine });
  if (answer !== null)
    workspace.witnessed(answer, { at: '2026-08-01T14:03:20.000Z', changed: new Set(edited) });
  return workspace.snapshot();
}

const says = (
  { fleet }: Snapshot,
  generatorName: string,
  name: string | null = 'a',
  of: string | null = null,
) => nixSaysOf(fleet.nix, { generator: generatorName, machine: name, file: of }, ['c']);

const AT = 'at 113980e with changes';

it('says who vouches for a generator', () => {
  const snapshot = snapshotOf();
  expect(says(snapshot, 'same')).toEqual({ witness: 'confirmed', sentence: `Confirmed by Nix ${AT}.` });
  expect(says(snapshot, 'open')).toEqual({
    witness: 'confirmed',
    sentence: `Confirmed by Nix ${AT}, which alone knows owner of key and the script.`,
  });
  expect(says(snapshot, 'site-home', 'b')).toEqual({
    witness: 'nix',
    sentence: `Known only from Nix ${AT}.`,
  });
  expect(says(snapshot, 'wrong')).toEqual({
    witness: 'contradicted',
    sentence: `Nix disagrees ${AT}: mode of key is "0440", read here as "0400".`,
  });
  expect(says(snapshot, 'wrong', null)?.sentence).toContain('read here as "0400" (machine a)');
});

it('says of a file what concerns it alone', () => {
  const snapshot = snapshotOf();
  expect(says(snapshot, 'open', 'a', 'key')?.sentence).toBe(
    `Confirmed by Nix ${AT}, which alone knows owner of key.`,
  );
  expect(says(snapshot, 'wrong', 'a', 'key')?.witness).toBe('contradicted');
  expect(says(snapshot, 'same', 'a', 'other')).toBeNull();
});

it('says which machine Nix does not evaluate', () => {
  const snapshot = snapshotOf();
  expect(says(snapshot, 'other', 'c')).toEqual({
    witness: 'read',
    sentence: 'Read here alone: Nix does not evaluate "c".',
  });
  expect(nixSaysOfMachine(snapshot.fleet.nix, 'c')?.sentence).toBe(
    `Nix cannot evaluate it ${AT}: it recurses.`,
  );
  expect(nixSaysOfMachine(snapshot.fleet.nix, 'b')?.sentence).toBe(`Evaluated by Nix ${AT} in 1.2 s.`);
  expect(nixSaysOfMachine(snapshot.fleet.nix, 'a')?.sentence).toBe(`Nix disagrees ${AT} about 1 fact of it.`);
  expect(nixSaysOfMachine(snapshot.fleet.nix, 'unknown')).toBeNull();
});

it('names the version of Nix without git, and the time after an edit', () => {
  const snapshot = snapshotOf({ ...ANSWER, revision: null }, ['a.nix']);
  const time = '2.26.3 (as of 2026-08-01 14:03 UTC)';
  expect(says(snapshot, 'same')?.sentence).toBe(`Confirmed by Nix ${time}.`);
  expect(says(snapshot, 'wrong')?.witness).not.toBe('contradicted');
});

it('says nothing where Nix was not asked', () => {
  const snapshot = snapshotOf(null);
  expect(says(snapshot, 'same')).toBeNull();
  expect(cardOf(snapshot, { kind: 'generator', name: 'same' }, () => null)).not.toContain('Nix');
  const { nodes } = graphOf(snapshot.fleet, null);
  expect(nodes.map(({ nix }) => nix)).toEqual(nodes.map(() => null));
});

it('is in hovers', () => {
  const snapshot = snapshotOf();
  const card = (subject: Parameters<typeof cardOf>[1]) => cardOf(snapshot, subject, () => null);
  expect(card({ kind: 'generator', name: 'same' })).toContain(`\n- Confirmed by Nix ${AT}.`);
  expect(card({ kind: 'file', generator: 'wrong', file: 'key' })).toContain('- Nix disagrees');
  expect(card({ kind: 'machine', machine: 'c' })).toContain('- Nix cannot evaluate it');
});

it('is in the explorer', () => {
  const snapshot = snapshotOf();
  expect(fleetEntry(snapshot, EVERYTHING).machines.map(({ name, nix }) => [name, nix?.witness])).toEqual([
    ['a', 'contradicted'],
    ['b', 'confirmed'],
    ['c', 'read'],
  ]);
  const entries = ['a', 'b'].flatMap(name => generatorEntries(snapshot, name, EVERYTHING));
  const shown = entries.map(({ name, nix, files }) => [
    name,
    nix?.witness,
    ...files.map(({ nix: ofFile }) => ofFile?.witness),
  ]);
  expect(shown).toContainEqual(['wrong', 'contradicted', 'contradicted']);
  expect(shown).toContainEqual(['site-home', 'nix', 'nix']);
  expect(shown).toContainEqual(['same', 'confirmed', 'confirmed']);
});

it('is in the graph, with marks and a legend for what is not confirmed', () => {
  const graph = graphOf(snapshotOf().fleet, null);
  const { svg } = pictureOf(graph);
  expect(svg).toContain('<g class="mark witness contradicted"');
  expect(svg).toContain('<g class="mark witness nix"');
  expect(legendEntries(graph).map(({ text }) => text)).toEqual(
    expect.arrayContaining(['only Nix says', 'Nix disagrees']),
  );
  const plain = graphOf(snapshotOf().fleet, null, { generator: 'open' });
  expect(legendEntries(plain).map(({ text }) => text)).not.toContain('only Nix says');
});

it('says the same of secrets of sops-nix and agenix', () => {
  const about = { keeper: 'sops', secret: 'mail', at: null } as const;
  const fact = (more: object) => ({
    ...{ ...about, machine: 'a', fact: 'machine', witness: 'confirmed' as const, read: 'a', nix: 'a' },
    ...more,
  });
  const nix = (secrets: readonly ReturnType<typeof fact>[]) => ({
    ...{ answer: ANSWER, facts: [], secrets, asOf: () => null, isEvaluated: () => true },
  });
  const said = (...more: readonly object[]) => nixSaysOfSecret(nix(more.map(fact)), 'sops', 'mail');
  expect(said({}, { fact: 'owner', witness: 'nix', read: null, nix: 'web' })).toEqual({
    witness: 'confirmed',
    sentence: `Confirmed by Nix ${AT}, which alone knows the owner.`,
  });
  expect(said({ witness: 'nix', read: null })?.sentence).toBe(`Known only from Nix ${AT}.`);
  expect(said({}, { fact: 'mode', witness: 'contradicted', read: '0400', nix: '0440' })?.sentence).toBe(
    `Nix disagrees ${AT}: the mode is "0440", read here as "0400" (machine a).`,
  );
  expect(said({ witness: 'contradicted', nix: null })?.sentence).toBe(
    `Nix disagrees ${AT}: there is no such secret (machine a).`,
  );
  expect(nixSaysOfSecret(nix([fact({})]), 'sops', 'other')).toBeNull();
  expect(nixSaysOfSecret(null, 'sops', 'mail')).toBeNull();
});
