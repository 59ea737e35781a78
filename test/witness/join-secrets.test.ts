import { describe, expect, it } from 'vitest';
import type { Fleet } from '../../server/src/fleet/model/fleet.ts';
import type { NixAnswer } from '../../server/src/fleet/model/nix-answer.ts';
import { factsIn } from '../../server/src/witness/reply.ts';
import { check, type Texts } from '../checks/small-workspace.ts';
import { machine } from './stand-in.ts';

const ok = (value: unknown) => ({ ok: value });

/** A machine with these secrets of sops-nix, as Nix tells it. */
const sops = (secrets: Readonly<Record<string, object>>, templates: readonly string[] = []) =>
  machine({}, { sops: ok(Object.keys(secrets)), sopsSecrets: ok(secrets), templates: ok(templates) });

function answerOf(machines: Readonly<Record<string, unknown>>): NixAnswer {
  return {
    ...{ version: '2.26.3', revision: null, machinesComplete: true, failure: null },
    machines: Object.entries(machines).map(([name, reply]) => ({
      ...{ name, class: 'nixos', milliseconds: 1, isKept: false, failures: [] },
      facts: factsIn(reply, path => path.replace('/nix/store/source/', '')),
    })),
  };
}

const FLAKE = '{ outputs = { clan-core, ... }: clan-core.lib.clan { machines.web = ./web.nix; }; }\n';

function judged(web: string, reply: unknown, more: Texts = {}) {
  const nix = answerOf({ web: reply });
  const { fleet, findings } = check({ 'flake.nix': FLAKE, 'web.nix': web, ...more }, { nix });
  // Every machine of clan has a `state-version`, which the replies here are short of.
  const told = findings.filter(
    ({ rule, message }) => /^sops\/|^eval\/nix-disagrees$/.test(rule) && !message.includes('"state-version"'),
  );
  return { fleet, findings: told.map(({ rule, message }) => `${rule}: ${message}`) };
}

const definitions = (fleet: Fleet) =>
  (fleet.machineSecrets.get('web')?.modules ?? []).flatMap(({ secrets }) => secrets.definitions);
const witnesses = ({ nix }: Fleet) =>
  (nix?.secrets ?? []).map(({ secret, fact, witness }) => `${secret}: ${fact} ${witness}`);

/** Names that are made of what only the machine knows. */
const COMPUTED = `{ config, lib, ... }: {
  sops.secrets = lib.genAttrs config.services.names (name: { });
  services.a.file = config.sops.secrets.mial.path;
}
`;

describe('secrets whose names are not known', () => {
  it('are named by Nix, and what reads another one is reported', () => {
    const { fleet, findings } = judged(COMPUTED, sops({ mail: {}, web: {} }));
    expect(definitions(fleet).map(({ name }) => name)).toEqual(['mail', 'web']);
    expect(findings).toEqual([expect.stringMatching(/^sops\/undeclared-secret: .*"mial"/)]);
    expect(witnesses(fleet)).toEqual(['mail: machine nix', 'web: machine nix']);
  });

  it('are no reason to report what only Nix knows', () => {
    expect(judged(COMPUTED, sops({ mial: {} })).findings).toEqual([]);
  });

  it('stay open where Nix could not say', () => {
    const failed = machine({}, { sops: { failed: true }, templates: { failed: true } });
    expect(judged(COMPUTED, failed).findings).toEqual([]);
  });

  it('say nothing of templates that Nix could not name', () => {
    const reply = machine({}, { sops: ok([]), sopsSecrets: ok({}), templates: { failed: true } });
    const web = `{ config, lib, ... }: {
  sops = config.services.all;
  services.a.file = config.sops.templates.env.path;
}
`;
    expect(judged(web, reply).findings).toEqual([]);
  });

  it('keep the place of the name that they are made of', () => {
    const web = `{ config, ... }: {
  sops.secrets."mail-\${config.services.a.user}" = { owner = "a"; };
}
`;
    const { fleet } = judged(web, sops({ 'mail-x': { owner: ok('a') } }));
    expect(definitions(fleet)).toMatchObject([
      { name: 'mail-x', nameKind: 'resolved', at: { file: 'web.nix' }, owner: { value: 'a' } },
    ]);
  });
});

describe('options of a secret', () => {
  const web = (owner: string) => `{ config, ... }: {
  sops.secrets.mail = { sopsFile = ./secrets.yaml; owner = ${owner}; mode = "0440"; };
}
`;
  const secret = (more: object = {}) => ({
    sopsFile: ok('/nix/store/source/secrets.yaml'),
    ...{ owner: ok('postfix'), mode: ok('0440'), neededForUsers: ok(false) },
    ...more,
  });

  it('that are computed are filled in', () => {
    const { fleet, findings } = judged(web('config.services.postfix.user'), sops({ mail: secret() }));
    expect(definitions(fleet)[0]).toMatchObject({ owner: { value: 'postfix' }, mode: { value: '0440' } });
    expect(fleet.secrets.flatMap(facts => facts.definitions)[0]?.owner?.value).toBe('postfix');
    expect(witnesses(fleet)).toEqual([
      'mail: machine confirmed',
      'mail: owner nix',
      'mail: mode confirmed',
      'mail: sopsFile confirmed',
    ]);
    expect(findings.filter(finding => finding.startsWith('eval/'))).toEqual([]);
  });

  it('that Nix has otherwise are a finding about Varsmith', () => {
    const { findings } = judged(web('"root"'), sops({ mail: secret() }));
    expect(findings).toContainEqual(
      expect.stringMatching(
        /^eval\/nix-disagrees: Of the secret "mail" of sops-nix on machine "web", owner: Varsmith reads "root", Nix says "postfix"/,
      ),
    );
  });

  it('are no contradiction where another module may set them', () => {
    const open = web('"root"').replace('{\n', '{\n  imports = [ config.services.any.module ];\n');
    expect(judged(open, sops({ mail: secret() })).findings.filter(text => text.startsWith('eval/'))).toEqual(
      [],
    );
  });
});

it('a secret that Nix does not have is a finding about Varsmith', () => {
  const { fleet, findings } = judged('{ sops.secrets.mail = { }; }\n', sops({}));
  expect(findings).toContainEqual(
    expect.stringMatching(
      /^eval\/nix-disagrees: Varsmith sees the secret "mail" of sops-nix on machine "web", where Nix has none/,
    ),
  );
  expect(definitions(fleet)).toEqual([]);
});

it('secrets of agenix are joined as well', () => {
  const reply = machine(
    {},
    {
      age: ok(['key']),
      ageSecrets: ok({ key: { file: ok('/nix/store/source/key.age'), owner: ok('web') } }),
    },
  );
  const { fleet } = judged(
    '{ config, ... }: { age.secrets.key = { file = ./key.age; owner = config.x.user; }; }\n',
    reply,
  );
  expect(definitions(fleet)[0]?.owner?.value).toBe('web');
  expect(witnesses(fleet)).toEqual(['key: machine confirmed', 'key: owner nix', 'key: file confirmed']);
});

it('nothing is said of secrets where the machine does not have the option', () => {
  const web = `{ config, ... }: {
  sops.secrets.mail = { };
  services.a.file = config.sops.secrets.mail.path;
  services.b.file = config.sops.templates.env.path;
  sops.templates.env.content = "a";
}
`;
  const { fleet, findings } = judged(web, machine({}));
  expect(findings.filter(text => /disagrees|undeclared/.test(text))).toEqual([]);
  expect(definitions(fleet).map(({ name }) => name)).toEqual(['mail']);
  expect(witnesses(fleet)).toEqual([]);
});
