import { describe, expect, it } from 'vitest';
import type { Fleet } from '../../server/src/fleet/model/fleet.ts';
import type { NixAnswer } from '../../server/src/fleet/model/nix-answer.ts';
import { joinedFleet } from '../../server/src/witness/join.ts';
import { factsIn } from '../../server/src/witness/reply.ts';
import { check, type Texts } from '../checks/small-workspace.ts';
import { generator, machine } from './stand-in.ts';

const FLAKE = `{
  outputs = { clan-core, ... }: clan-core.lib.clan {
    machines.a = ./a.nix;
    machines.b = ./b.nix;
  };
}
`;

const ok = (value: unknown) => ({ ok: value });
const file = (more: object = {}) => ({
  ...{ secret: ok(true), deploy: ok(true), owner: ok('root'), group: ok('root'), mode: ok('0400') },
  neededFor: ok('services'),
  ...more,
});

/** What Nix says: replies by machine; null for one that does not evaluate. */
function answerOf(machines: Readonly<Record<string, unknown>>): NixAnswer {
  return {
    ...{ version: '2.26.3', revision: null, machinesComplete: true, failure: null },
    machines: Object.entries(machines).map(([name, reply]) => ({
      ...{ name, class: 'nixos', milliseconds: 1, isKept: false, failures: [] },
      facts: reply === null ? null : factsIn(reply, path => path),
    })),
  };
}

function joined(texts: Texts, machines: Readonly<Record<string, unknown>>): Fleet {
  const files: Texts = { 'flake.nix': FLAKE, 'a.nix': '{ }\n', 'b.nix': '{ }\n', ...texts };
  return joinedFleet(check(files, { rules: [] }).fleet, answerOf(machines), path => files[path] ?? null);
}

const named = ({ generators }: Fleet, name: string) => generators.find(generator => generator.name === name);
/** Clan-core's own `state-version`, which every machine of a clan has, is left out: the replies here are short of it. */
const witnesses = ({ nix }: Fleet, witness: string) =>
  (nix?.facts ?? [])
    .filter(fact => fact.witness === witness && fact.generator !== 'state-version')
    .map(({ machine, generator, fact }) => `${machine} ${generator}: ${fact}`);
const nothing = machine({});

describe('what was not known', () => {
  const texts = {
    'a.nix': `{ config, ... }: {
  clan.core.vars.generators.key = {
    files.key.owner = config.services.web.user;
    script = "make \${config.services.web.user} > $out/key";
  };
}
`,
  };
  const key = generator({
    files: ok({ key: file({ owner: ok('web') }) }),
    script: ok('make web > $out/key'),
  });

  it('is filled, with the places of what was read', () => {
    const fleet = joined(texts, { a: machine({ key }), b: nothing });
    const body = named(fleet, 'key')?.bodyOn('a');
    expect(body?.files[0]).toMatchObject({ name: 'key', owner: 'web', at: { file: 'a.nix' } });
    expect(body?.script?.text).toBe('make web > $out/key');
    expect(body?.script?.source?.holes).toEqual([]);
    expect(body?.completeness).toBe('full');
    expect(witnesses(fleet, 'nix')).toEqual(['a key: file key: owner', 'a key: script']);
    expect(witnesses(fleet, 'contradicted')).toEqual([]);
    expect(witnesses(fleet, 'confirmed')).toContain('a key: file key: mode');
  });

  it('stays so on a machine that does not evaluate', () => {
    const fleet = joined(texts, { a: null, b: nothing });
    expect(named(fleet, 'key')?.bodyOn('a').files[0]?.owner).toBeNull();
    expect(witnesses(fleet, 'contradicted')).toEqual([]);
    expect(witnesses(fleet, 'nix')).toEqual([]);
  });

  it('and what Nix could not say either is as it was read', () => {
    const fleet = joined(texts, {
      a: machine({ key: generator({ files: { failed: true }, script: { failed: true } }) }),
      b: nothing,
    });
    expect(
      named(fleet, 'key')
        ?.bodyOn('a')
        .files.map(({ name }) => name),
    ).toEqual(['key']);
    expect(witnesses(fleet, 'read')).toEqual(['a key: script']);
  });

  it('keeps packages as they are written', () => {
    const text =
      '{ pkgs, ... }: { clan.core.vars.generators.key = { files.key = { }; script = "${pkgs.openssl}/bin/openssl > $out/key"; }; }\n';
    const script = ok('/nix/store/7vsycdhv553yc8ys5qfvxgi50i7a5rfk-openssl-3/bin/openssl > $out/key');
    const fleet = joined(
      { 'a.nix': text },
      { a: machine({ key: generator({ files: ok({ key: file() }), script }) }), b: nothing },
    );
    expect(named(fleet, 'key')?.bodyOn('a').script?.text).toBe('${pkgs.openssl}/bin/openssl > $out/key');
    expect(witnesses(fleet, 'confirmed')).toContain('a key: script');
  });
});

describe('generators with unknown names', () => {
  const texts = {
    'a.nix': `{ config, lib, ... }: {
  clan.core.vars.generators = lib.mapAttrs' (name: _: lib.nameValuePair "site-\${name}" {
    files.key = { };
    script = "openssl rand > $out/key";
  }) config.services.sites;
}
`,
  };

  it('are known by the names that Nix has for them, at their place', () => {
    const site = generator({ files: ok({ key: file() }), script: ok('openssl rand > $out/key') });
    const fleet = joined(texts, { a: machine({ 'site-one': site, 'site-two': site }), b: nothing });
    const sites = fleet.generators.filter(({ name }) => name.startsWith('site-'));
    expect(sites.map(({ name, nameKind, machines }) => [name, nameKind, machines])).toEqual([
      ['site-one', 'resolved', ['a']],
      ['site-two', 'resolved', ['a']],
    ]);
    expect(sites[0]?.definitions[0]?.at.file).toBe('a.nix');
    expect(witnesses(fleet, 'contradicted')).toEqual([]);
  });

  it('are on no machine where Nix has none', () => {
    const [pattern] = joined(texts, { a: nothing, b: nothing }).generators;
    expect(pattern).toMatchObject({ nameKind: 'pattern', machines: [], machinesComplete: true });
  });

  it('may still be on a machine that does not evaluate', () => {
    const fleet = joined(texts, { a: null, b: nothing });
    expect(fleet.generators[0]).toMatchObject({
      nameKind: 'pattern',
      machines: null,
      machinesComplete: false,
    });
    expect(fleet.hasAllGenerators('b')).toBe(true);
  });
});

describe('what only Nix knows', () => {
  const extra = generator({ files: ok({ token: file() }), script: ok('make > $out/token') });

  it('is the generator of a file that declares it', () => {
    const texts = {
      'a.nix': '{ imports = [ (import ./x.nix (throw "later")) ]; }\n',
      'x.nix': 'later: { clan.core.vars.generators.extra = later; }\n',
    };
    const positions = ok([{ name: 'extra', at: { file: 'x.nix', line: 1, column: 36 } }]);
    const fleet = joined(texts, { a: machine({ extra }, { positions }), b: nothing });
    expect(named(fleet, 'extra')).toMatchObject({ machines: ['a'], machinesComplete: true });
    expect(named(fleet, 'extra')?.definitions[0]?.at).toEqual({ file: 'x.nix', start: 35, end: 40 });
    expect(
      named(fleet, 'extra')
        ?.bodyOn('a')
        .files.map(({ name }) => name),
    ).toEqual(['token']);
  });

  it('is brought from elsewhere where no file of the fleet does', () => {
    const fleet = joined({}, { a: machine({ extra }), b: machine({ extra }) });
    const brought = fleet.clanGenerators.find(({ name }) => name === 'extra');
    expect(brought).toMatchObject({
      machines: ['a', 'b'],
      certain: true,
      machinesComplete: true,
      share: false,
    });
    expect(brought?.files.map(({ name }) => name)).toEqual(['token']);
  });

  it('are machines, too', () => {
    const fleet = joined({}, { a: nothing, b: nothing, c: machine({}, { tags: ok(['web']) }) });
    expect(fleet.machines.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });
});

describe('where Nix disagrees', () => {
  const texts = {
    'a.nix':
      '{ clan.core.vars.generators.key = { share = true; files.key.mode = "0400"; files.old = { }; script = "one"; }; }\n',
  };
  const key = generator({ files: ok({ key: file({ mode: ok('0440') }) }), script: ok('two') });

  it('Nix is right, and every such fact is told', () => {
    const fleet = joined(texts, { a: machine({ key }), b: nothing });
    const body = named(fleet, 'key')?.bodyOn('a');
    expect(body).toMatchObject({ share: false, script: { text: 'two' } });
    expect(body?.files.map(({ name, mode }) => [name, mode])).toEqual([['key', '0440']]);
    expect(witnesses(fleet, 'contradicted')).toEqual([
      'a key: share',
      'a key: file old',
      'a key: file key: mode',
      'a key: script',
    ]);
  });

  it('a machine does not have what it was said to have, or has what it was said not to', () => {
    const fleet = joined(texts, { a: nothing, b: machine({ key }) });
    expect(named(fleet, 'key')?.machines).toEqual(['b']);
    expect(witnesses(fleet, 'contradicted')).toContain('a key: machine');
    expect(witnesses(fleet, 'contradicted')).toContain('b key: machine');
  });

  it('on some machines only, the others are as they were', () => {
    const shared = {
      'm.nix': texts['a.nix'],
      'a.nix': '{ imports = [ ./m.nix ]; }\n',
      'b.nix': '{ imports = [ ./m.nix ]; }\n',
    };
    const fleet = joined(shared, { a: machine({ key }), b: null });
    expect(named(fleet, 'key')?.bodyOn('a').share).toBe(false);
    expect(named(fleet, 'key')?.bodyOn('b').share).toBe(true);
    expect(named(fleet, 'key')?.machines).toEqual(['a', 'b']);
  });
});
