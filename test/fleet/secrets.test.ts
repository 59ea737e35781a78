import { describe, expect, test } from 'vitest';
import type { SecretFacts } from '../../server/src/fleet/model/secrets.ts';
import { mentionsSecrets } from '../../server/src/fleet/secrets/secrets.ts';
import { readSecrets } from '../../server/src/fleet/secrets/secrets-collect.ts';
import { type FleetSecrets, joinSecrets } from '../../server/src/fleet/secrets/secrets-join.ts';
import { createEvaluation } from '../../server/src/nix/eval/evaluator.ts';
import type { SourceFile } from '../../server/src/nix/source.ts';
import { memoryFiles, type Texts } from '../nix/support.ts';

function factsOf(texts: Texts): SecretFacts[] {
  const files = memoryFiles(texts);
  const cx = createEvaluation(files);
  return Object.keys(texts)
    .filter(path => path.endsWith('.nix') && mentionsSecrets(texts[path] ?? ''))
    .map(path => readSecrets(cx, files.parse(path) as SourceFile));
}

/** The facts of a single module. */
function read(text: string, texts: Texts = {}): SecretFacts {
  return factsOf({ ...texts, 'test.nix': text }).find(one => one.file === 'test.nix') as SecretFacts;
}

function fleet(texts: Texts, implicit?: ReadonlyMap<string, readonly string[]>): FleetSecrets {
  return joinSecrets(memoryFiles(texts), factsOf(texts), implicit);
}

const names = (facts: SecretFacts) => facts.definitions.map(one => one.name);

describe('declarations of sops-nix', () => {
  test('in every spelling', () => {
    const facts = read(`{ lib, config, ... }: {
      sops.secrets.plain = { };
      sops.secrets."a/b".owner = "ada";
      imports = [ { sops = { secrets = { grouped.mode = "0400"; }; }; } ];
      home-manager.users.ada.sops.secrets.home = { };
    }`);
    expect(names(facts).sort()).toEqual(['a/b', 'grouped', 'home', 'plain']);
  });

  test('with what they set, each at its place', () => {
    const text = `{
  sops.secrets.db = {
    sopsFile = ./secrets/db.yaml;
    key = "postgres/password";
    format = "yaml";
    owner = "postgres";
    neededForUsers = true;
  };
}`;
    const [db] = read(text).definitions;
    expect(db).toMatchObject({
      keeper: 'sops',
      name: 'db',
      nameKind: 'literal',
      conditional: false,
      complete: true,
      definedOptions: ['sopsFile', 'key', 'format', 'owner', 'neededForUsers'],
      source: { path: 'secrets/db.yaml' },
      key: { value: 'postgres/password' },
      format: { value: 'yaml' },
      owner: { value: 'postgres' },
      group: null,
      neededForUsers: { value: true },
    });
    const shown = ({ start, end }: { start: number; end: number }) => text.slice(start, end);
    expect(db && shown(db.at)).toBe('db');
    expect(db?.key && shown(db.key.at)).toBe('"postgres/password"');
  });

  test('under conditions, merged, and computed', () => {
    const facts = read(`{ lib, config, ... }: {
      sops = lib.mkMerge [
        { secrets.always = { }; }
        (lib.mkIf config.services.x.enable { secrets.sometimes = { }; })
        { secrets = lib.genAttrs [ "one" "two" ] (_: { owner = "ada"; }); }
        { secrets."\${config.networking.hostName}-key" = { }; }
      ];
    }`);
    expect(facts.definitions.map(one => [one.name, one.nameKind, one.conditional])).toEqual([
      ['always', 'literal', false],
      ['sometimes', 'literal', true],
      ['one', 'literal', false],
      ['two', 'literal', false],
      ['${config.networking.hostName}-key', 'pattern', false],
    ]);
  });

  test('defaults through a helper function, and templates', () => {
    const facts = read(
      `{ lib, ... }:
      let common = lib: { defaultSopsFile = lib.mkDefault "\${./secrets}/all.yaml"; defaultSopsFormat = "yaml"; };
      in { sops = common lib // { templates."a.env".content = "x"; }; }`,
    );
    expect(facts.defaults.map(one => [one.option, one.source?.path ?? one.text])).toEqual([
      ['file', 'secrets/all.yaml'],
      ['format', 'yaml'],
    ]);
    expect(facts.templates.map(one => one.name)).toEqual(['a.env']);
  });

  test('are not taken from declarations of options, from let, or from modules that are named sops', () => {
    const facts = read(`{ lib, ... }:
    let sops.secrets.no = { }; in {
      options.sops.secrets = lib.mkOption { default = { no = 1; }; };
      flake.modules.nixos.sops = { config, ... }: { sops.secrets.yes = { }; };
      clan.core.sops.defaultGroups = [ "admins" ];
    }`);
    expect(names(facts)).toEqual(['yes']);
    expect(facts.gaps).toEqual([]);
  });

  test('leave a gap where they cannot be known, and none where they are handed on', () => {
    const facts = read(`{ config, lib, ... }: {
      sops.secrets = lib.mapAttrs (name: _: { }) config.my.secrets;
      home-manager.extraSpecialArgs = { inherit (config) sops; };
    }`);
    expect(facts.gaps.map(gap => gap.reason)).toEqual([
      'it depends on the configuration, which only the module system knows',
    ]);
  });
});

describe('what is set', () => {
  const text = `{ lib, config, ... }: {
    config.sops = {
      validateSopsFiles = false;
      age.keyFile = "/var/key";
      secrets.db = lib.mkMerge [
        { owner = "ada"; restartUnit = [ "db.service" ]; }
        (lib.mkIf config.x { mode = lib.mkForce "0440"; })
      ];
      templates."a.env" = {
        content = ''
          PASSWORD=\${config.sops.placeholder.db}
          KEY=\${config.sops.placeholder."ssh/\${config.host}"}
          HOST=\${config.host}
        '';
        group = 5;
      };
    };
    age.secrets.wifi = { file = ./wifi.age; symlink = false; };
    home-manager.users.ada.sops.secrets.mail = { };
  }`;
  const facts = read(text);
  const shown = ({ start, end }: { start: number; end: number }) => text.slice(start, end);

  test('by secrets, options that there are not among it', () => {
    const db = facts.definitions.find(one => one.name === 'db');
    const options = db?.options.map(({ name, at, valueAt, kind, conditional, priority }) => [
      name,
      shown(at),
      valueAt && shown(valueAt),
      kind,
      conditional,
      priority,
    ]);
    expect(options).toEqual([
      ['owner', 'owner', '"ada"', 'string', false, 100],
      ['restartUnit', 'restartUnit', '[ "db.service" ]', 'list', false, 100],
      ['mode', 'mode', '"0440"', 'string', true, 50],
    ]);
    expect(facts.definitions.find(one => one.name === 'wifi')?.options).toMatchObject([
      { name: 'file', kind: 'path' },
      { name: 'symlink', value: { kind: 'plain', value: false } },
    ]);
  });

  test('by templates, with the placeholders in their texts', () => {
    const [template] = facts.templates;
    expect(
      template?.content?.placeholders.map(({ name, nameKind, at }) => [name, nameKind, shown(at)]),
    ).toEqual([
      ['db', 'literal', 'db'],
      ['ssh/${config.host}', 'pattern', '"ssh/${config.host}"'],
    ]);
    expect(template?.content?.text).toContain('HOST=${config.host}');
    expect(template?.options.map(one => one.name)).toEqual(['content', 'group']);
  });

  test('by sops and agenix themselves', () => {
    expect(facts.settings.map(({ keeper, path, option }) => [keeper, path.join('.'), option.kind])).toEqual([
      ['sops', 'validateSopsFiles', 'bool'],
      ['sops', 'age.keyFile', 'string'],
    ]);
  });

  test('and where', () => {
    expect(facts.definitions.map(({ name, above }) => [name, above])).toEqual([
      ['db', ['config']],
      ['wifi', []],
      ['mail', ['home-manager', 'users', 'ada']],
    ]);
  });
});

describe('declarations of agenix', () => {
  test('with file or rekeyFile', () => {
    const facts = read(`{
      age.secrets.wifi.file = ../secrets/wifi.age;
      age.secrets.mail = { file = ./mail.age; owner = "vmail"; };
      age.secrets.vpn.rekeyFile = ./vpn.age;
    }`);
    expect(facts.definitions.map(one => [one.keeper, one.name, one.source?.path ?? null])).toEqual([
      ['age', 'wifi', null],
      ['age', 'mail', 'mail.age'],
      ['age', 'vpn', 'vpn.age'],
    ]);
  });

  test('secrets.nix, with keys from other files', () => {
    const facts = factsOf({
      'keys.nix': '{ ada = "age1ada"; }',
      'secrets/secrets.nix': `let keys = import ../keys.nix; in {
        "mail.age".publicKeys = [ keys.ada "ssh-ed25519 AAAA" ];
        "vpn/key.age".publicKeys = with keys; [ ada ] ++ (import <more>);
      }`,
    }).flatMap(one => one.ageRules ?? []);
    expect(facts.map(one => one.complete)).toEqual([true]);
    const plain = facts.flatMap(({ rules }) =>
      rules.map(({ path, recipients, complete }) => [path, recipients.map(one => one.value), complete]),
    );
    expect(plain).toEqual([
      ['secrets/mail.age', ['age1ada', 'ssh-ed25519 AAAA'], true],
      ['secrets/vpn/key.age', ['age1ada'], false],
    ]);
  });

  test('secrets.nix with rules for what is not known may have any', () => {
    const [facts] = factsOf({
      'secrets.nix': `{ "a.age".publicKeys = [ "age1ada" ]; } // builtins.listToAttrs (import <more>)`,
    });
    expect(facts?.ageRules).toMatchObject({ complete: false, rules: [{ path: 'a.age' }] });
    expect(read('{ ada.publicKeys = [ "age1ada" ]; }').ageRules).toBeNull();
  });
});

describe('uses', () => {
  const shown = (facts: SecretFacts) =>
    facts.uses.map(({ keeper, of, name, attribute }) => `${keeper} ${of} ${name} ${attribute}`);

  test('of secrets, placeholders and templates, in texts too', () => {
    const facts = read(`{ config, ... }: {
      a = config.sops.secrets."x/y".path;
      b = "password=\${config.sops.placeholder.db}";
      c = [ config.sops.templates."a.env".path ];
      d = config.age.secrets.wifi.path;
    }`);
    expect(shown(facts)).toEqual([
      'sops secret x/y path',
      'sops placeholder db null',
      'sops template a.env path',
      'age secret wifi path',
    ]);
  });

  test('through aliases, functions and other roots', () => {
    const facts = read(`{ config, osConfig, sops, ... }:
    let
      certs = config.sops.secrets;
      inherit (config.sops) placeholder;
      pathOf = name: config.sops.secrets.\${name}.path;
    in {
      a = certs.ca.path;
      b = placeholder.db;
      c = pathOf "ssh";
      d = osConfig.sops.secrets.os.path;
      e = sops.secrets.handed.path;
    }`);
    for (const use of ['ca path', 'ssh path', 'os path', 'handed path'])
      expect(shown(facts)).toContain(`sops secret ${use}`);
    expect(shown(facts)).toContain('sops placeholder db null');
  });

  test('of a whole secret once, where nothing more is selected', () => {
    const facts = read(`{ config, ... }: {
      a = builtins.attrNames config.sops.secrets.x;
      b = let s = config.sops.secrets.y; in s.path;
    }`);
    expect(shown(facts)).toEqual(['sops secret x null', 'sops secret y path']);
  });

  test('with the place of what is read', () => {
    const text = '{ config, ... }: { a = config.sops.secrets.x.pth; b = config.sops.secrets.y; }';
    const places = read(text).uses.map(one => one.attributeAt);
    expect(places.map(at => at && text.slice(at.start, at.end))).toEqual(['pth', null]);
  });

  test('are guarded where something provides for their absence', () => {
    const facts = read(`{ config, lib, ... }: {
      a = config.sops.secrets.soft.path or null;
      b = lib.mkIf (config.sops.secrets ? asked) config.sops.secrets.asked.path;
      c = config.sops.secrets.hard.path;
    }`);
    expect(facts.uses.map(one => [one.name, one.guarded])).toEqual([
      ['soft', true],
      ['asked', true],
      ['hard', false],
    ]);
  });
});

describe('the whole workspace', () => {
  const SECRETS = `db:
    password: ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:str]
newt: ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:str]
sops:
    age:
        - recipient: age1ada
          enc: |
            -----BEGIN AGE ENCRYPTED FILE-----
            -----END AGE ENCRYPTED FILE-----
`;

  test('where uses lead', () => {
    const joined = fleet(
      {
        'flake.nix': '{ }',
        'a.nix': `{ config, ... }: {
          sops.secrets.own.owner = "ada";
          sops.secrets."user-\${config.x}" = { };
          a = config.sops.secrets.own.path;
          b = config.sops.secrets.user-ada.path;
          c = config.sops.secrets.lea-key.path;
          d = config.sops.placeholder."vars/shared/ca/key";
          e = config.sops.secrets.typo.path;
          f = config.sops.secrets.maybe.path or null;
          g = config.sops.secrets.\${config.x}.path;
          h = config.sops.templates.env.path;
        }`,
      },
      new Map([['lea-key', ['lea']]]),
    );
    expect(joined.uses.map(use => [use.name, joined.targetOf(use)])).toEqual([
      ['own', 'declared'],
      ['user-ada', 'declared'],
      ['lea-key', 'implicit'],
      ['vars/shared/ca/key', 'generator'],
      ['typo', 'undeclared'],
      ['maybe', 'guarded'],
      ['${config.x}', 'unknown'],
      ['env', 'undeclared'],
    ]);
    expect(joined.secrets.map(one => [one.name, one.definitions.length, one.implicitOn])).toEqual([
      ['lea-key', 0, ['lea']],
      ['own', 1, []],
      ['user-${config.x}', 1, []],
    ]);
  });

  test('a gap makes what nothing declares unknown', () => {
    const joined = fleet({
      'a.nix': `{ config, ... }: { sops.secrets = config.my.secrets; a = config.sops.secrets.x.path; }`,
    });
    expect(joined.uses.map(joined.targetOf)).toEqual(['unknown']);
  });

  test('keys inside encrypted files', () => {
    const joined = fleet({
      'flake.nix': '{ }',
      'secrets.yaml': SECRETS,
      'a.nix': `{
        sops.defaultSopsFile = ./secrets.yaml;
        sops.secrets."db/password" = { };
        sops.secrets.db = { };
        sops.secrets."newt/secret" = { };
        sops.secrets.gone = { };
        sops.secrets.other = { key = "newt"; };
        sops.secrets.whole = { key = ""; };
        sops.secrets.binary = { format = "binary"; };
      }`,
    });
    const keys = joined.secrets.map(({ name, definitions: [one] }) => {
      const key = one === undefined ? null : joined.keyOf(one);
      return [name, key && `${key.kind}${key.certain ? '' : '?'} ${key.upTo}`];
    });
    expect(keys).toEqual([
      ['binary', null],
      ['db', 'not-a-value db'],
      ['db/password', 'found db/password'],
      ['gone', 'missing gone'],
      ['newt/secret', 'not-a-map newt'],
      ['other', 'found newt'],
      ['whole', null],
    ]);
    expect(joined.encrypted('secrets.yaml')).toMatchObject({ encrypted: true, recipients: ['age1ada'] });
  });

  test('a default that differs by machine: certain only where no file has the key', () => {
    const joined = fleet({
      'flake.nix': '{ }',
      'hosts/lea/secrets.yaml': SECRETS,
      'hosts/noa/secrets.yaml': 'mail: x\n',
      'default.nix':
        '{ config, ... }: { sops.defaultSopsFile = ./hosts/${config.networking.hostName}/secrets.yaml; }',
      'hosts/noa/host.nix': '{ sops.secrets.mail = { }; sops.secrets.newt = { }; sops.secrets.never = { }; }',
    });
    const keyOf = (name: string) => {
      const [definition] = joined.secrets.find(one => one.name === name)?.definitions ?? [];
      const key = definition && joined.keyOf(definition);
      return key && { kind: key.kind, certain: key.certain, file: key.file };
    };
    expect(keyOf('mail')).toEqual({ kind: 'found', certain: false, file: 'hosts/noa/secrets.yaml' });
    expect(keyOf('newt')).toEqual({ kind: 'missing', certain: false, file: 'hosts/noa/secrets.yaml' });
    expect(keyOf('never')).toEqual({ kind: 'missing', certain: true, file: 'hosts/noa/secrets.yaml' });
  });

  test('nothing is said of a key that another definition may set', () => {
    const joined = fleet({
      'flake.nix': '{ }',
      'secrets.yaml': SECRETS,
      'a.nix': '{ sops.defaultSopsFile = ./secrets.yaml; sops.secrets.mail.owner = "vmail"; }',
      'b.nix': '{ sops.secrets.mail.key = "newt"; }',
    });
    const [mail] = joined.secrets;
    expect(mail?.definitions.map(one => joined.keyOf(one)?.kind ?? null)).toEqual([null, 'found']);
  });

  test('templates of the repository are worlds of their own', () => {
    const joined = fleet({
      'flake.nix': '{ }',
      'secrets.yaml': SECRETS,
      'a.nix': '{ sops.defaultSopsFile = ./secrets.yaml; }',
      'b.nix': '{ sops.secrets.newt = { }; }',
      'templates/x/flake.nix': '{ }',
      'templates/x/a.nix': '{ sops.defaultSopsFile = ./none.yaml; }',
    });
    const [newt] = joined.secrets.flatMap(one => one.definitions);
    expect(newt && joined.keyOf(newt)).toMatchObject({ kind: 'found', certain: true, file: 'secrets.yaml' });
  });

  test('the .sops.yaml of the root and of folders with encrypted files', () => {
    const joined = fleet({
      '.sops.yaml': 'creation_rules: []\n',
      'hosts/.sops.yaml': 'creation_rules: [{ age: age1ada }]\n',
      'elsewhere/.sops.yaml': 'creation_rules: []\n',
      'a.nix': '{ sops.secrets.x.sopsFile = ./hosts/lea/x.yaml; }',
    });
    expect(joined.configs.map(config => [config.path, config.rules.length])).toEqual([
      ['.sops.yaml', 0],
      ['hosts/.sops.yaml', 1],
    ]);
  });

  test('keys are called by the anchors that they are written behind', () => {
    const joined = fleet({
      '.sops.yaml':
        'keys:\n  - &ada age1ada\n  - &lea "age1lea"\ncreation_rules:\n  - age: &both\n      - *ada\n      - *lea\n',
      'a.nix': '{ sops.secrets.x.sopsFile = ./x.yaml; }',
    });
    expect([...(joined.configs[0]?.names ?? [])]).toEqual([
      ['age1ada', 'ada'],
      ['age1lea', 'lea'],
    ]);
  });
});
