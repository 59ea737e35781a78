// The rules about secrets that lie where nobody needs them, where it is less plain than in their examples.

import { describe, expect, it } from 'vitest';
import { judging, onlyFinding, type Texts } from './harness.ts';

const { check, expectSilent } = judging(
  'generator/ca-key-deployed',
  'generator/hash-public',
  'generator/missing-tool',
  'generator/raw-prompt-deployed',
);

function moduleWith(body: string, script: string, more = ''): Texts {
  return {
    'modules/key.nix': `{ config, pkgs, ... }:
{
  clan.core.vars.generators.key = {
    ${body}
    runtimeInputs = with pkgs; [ mkpasswd openssl step-cli ];
    script = ''
      ${script}
    '';
  };
${more}}
`,
  };
}

const use = (file: string, attribute = 'path') =>
  `  environment.etc.key.text = config.clan.core.vars.generators.key.files."${file}".${attribute};\n`;

describe('a password that the script makes', () => {
  const script = 'openssl rand -hex 32 > "$out/password"; mkpasswd -s < "$out/password" > "$out/hash"';
  const told = (body: string, uses: string, written = script) =>
    check(moduleWith(body, written, uses)).findings.map(({ rule, message }) => `${rule}: ${message}`);

  it('stays off the machines where only its hash is used', () => {
    expect(told('files.password = { }; files.hash = { };', use('hash'))).toEqual([
      'generator/raw-prompt-deployed: The secret "password" of generator "key" is deployed, but only the hash that the script makes of it is used. Keep it off the machines with files.password.deploy = false.',
    ]);
  });

  it.each([
    [
      'it is used',
      'files.password = { }; files.hash = { };',
      use('hash') + use('password').replace('key.', 'own.'),
    ],
    ['nothing is used', 'files.password = { }; files.hash = { };', ''],
    ['it stays with the administrators', 'files.password.deploy = false; files.hash = { };', use('hash')],
    ['it is needed early', 'files.password.neededFor = "partitioning"; files.hash = { };', use('hash')],
    ['there is more beside', 'files.password = { }; files.hash = { }; files.env = { };', use('hash')],
  ])('is left alone where %s', (_, body, uses) => {
    expect(told(body, uses)).toEqual([]);
  });

  it('is left alone where what is made of it is no hash', () => {
    const key = 'openssl genpkey > "$out/password"; openssl pkey -pubout -in "$out/password" > "$out/hash"';
    expect(told('files.password = { }; files.hash = { };', use('hash'), key)).toEqual([]);
  });
});

describe('generator/hash-public', () => {
  const body = 'prompts.password.type = "hidden"; files.hash.secret = false;';

  it.each([
    ['a pipe', 'cat "$prompts/password" | mkpasswd -s | tr -d "\\n" > "$out/hash"'],
    ['an argument', 'echo "ada:$(mkpasswd -s < "$prompts/password")" > "$out/hash"'],
    [
      'a variable',
      'hash=$(openssl passwd -6 -in "$prompts/password")\n      printf %s "$hash" > "$out/hash"',
    ],
  ])('follows the hash through %s', (_, script) => {
    expect(onlyFinding(check(moduleWith(body, script)), 'generator/hash-public').severity).toBe('info');
  });

  it.each([
    ['path', 'warning'],
    ['value', 'info'],
  ])('depends on whether .%s is used', (attribute, severity) => {
    const texts = moduleWith(body, 'mkpasswd -s < "$prompts/password" > "$out/hash"', use('hash', attribute));
    expect(onlyFinding(check(texts), 'generator/hash-public').severity).toBe(severity);
  });

  it.each([
    ['its path alone', '  a = g."${user}-hash".files.hash.path;', 'warning'],
    [
      'its value, too',
      '  a = g."${user}-hash".files.hash.path; b = g."${user}-hash".files.hash.value;',
      'info',
    ],
    [
      'a value that may be its',
      '  a = g."${user}-hash".files.hash.path; b = g.ada-hash.files.hash.value;',
      'info',
    ],
    ['what may be another', '  a = g."${other}-hash".files.hash.path;', 'info'],
  ])('of a computed name depends on whether the same name reads %s', (_, uses, severity) => {
    const text = `{ config, pkgs, ... }:
let
  user = config.settings.user;
  other = config.settings.other;
  g = config.clan.core.vars.generators;
in
{
  clan.core.vars.generators."\${user}-hash" = {
    ${body}
    runtimeInputs = [ pkgs.mkpasswd ];
    script = ''
      mkpasswd -s < "$prompts/password" > "$out/hash"
    '';
  };
${uses}
}
`;
    const finding = onlyFinding(check({ 'modules/key.nix': text }), 'generator/hash-public');
    expect(finding.severity).toBe(severity);
  });

  it('says what the hash of a user of NixOS needs beside', () => {
    const more =
      '  users.users.ada.hashedPasswordFile = config.clan.core.vars.generators.key.files.hash.path;\n';
    const texts = moduleWith(body, 'mkpasswd -s < "$prompts/password" > "$out/hash"', more);
    const { message } = onlyFinding(check(texts), 'generator/hash-public');
    expect(message).toContain('Only its .path is used, so it can be secret. Give it neededFor = "users"');
  });

  it.each(['__proto__', 'constructor', 'toString'])('is silent for a program named %s', name => {
    const { findings } = check(moduleWith(body, `cat "$prompts/password" | ${name} > "$out/hash"`));
    expect(findings.map(({ rule }) => rule)).toEqual(['generator/missing-tool']);
  });

  it('is silent for what is public beside the hash', () => {
    expectSilent(
      moduleWith(
        'prompts.password.type = "hidden"; files.hash = { }; files.name.secret = false;',
        'mkpasswd -s < "$prompts/password" > "$out/hash"\n      echo ada > "$out/name"',
      ),
    );
  });
});

describe('generator/raw-prompt-deployed', () => {
  const prompt = 'prompts.password = { type = "hidden"; persist = true; }; files.hash = { };';
  const script = 'mkpasswd -s < "$prompts/password" > "$out/hash"';

  it.each([
    [
      'the answer is used too',
      moduleWith(
        prompt,
        script,
        `${use('hash')}  b = config.clan.core.vars.generators.key.files.password.path;\n`,
      ),
    ],
    ['nothing is used here', moduleWith(prompt, script)],
    [
      'it is not known what is used',
      moduleWith(
        prompt,
        script,
        `${use('hash')}  b = config.clan.core.vars.generators.key.files.\${config.my.file}.path;\n`,
      ),
    ],
    ['the answer is no secret', moduleWith(prompt.replace('hidden', 'line'), script, use('hash'))],
  ])('is silent where %s', (_, texts) => {
    expectSilent(texts);
  });
});

describe('generator/ca-key-deployed', () => {
  const files = 'files."ca.key" = { }; files."ca.crt".secret = false;';
  const make =
    'step certificate create --profile root-ca --no-password --insecure "Example CA" "$out/ca.crt" "$out/ca.key"';

  it('knows authorities of step', () => {
    onlyFinding(check(moduleWith(files, make)), 'generator/ca-key-deployed');
  });

  it('sees that another generator signs with it', () => {
    const signer = `  clan.core.vars.generators.cert = {
    dependencies = [ "key" ];
    files.crt.secret = false;
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl req -new -nodes -newkey rsa:2048 -subj /CN=x -keyout /dev/null |
        openssl x509 -req -CA "$in/key/ca.crt" -CAkey "$in/key/ca.key" -out "$out/crt"
    '';
  };
`;
    const plain =
      'openssl req -x509 -nodes -newkey rsa:2048 -subj /CN=x -keyout "$out/ca.key" -out "$out/ca.crt"';
    const finding = onlyFinding(check(moduleWith(files, plain, signer)), 'generator/ca-key-deployed');
    expect(finding.message).toContain('"cert" signs with it');
  });

  it.each([
    ['a machine signs by itself', moduleWith(files, make, use('ca.key'))],
    [
      'a certificate signs itself',
      moduleWith(
        'files.key = { }; files.crt.secret = false;',
        'openssl req -x509 -nodes -newkey rsa:2048 -subj /CN=x -keyout "$out/key" -out "$out/crt"',
      ),
    ],
  ])('is silent where %s', (_, texts) => {
    expectSilent(texts);
  });
});

it('generators of one name on two machines are each judged where they are written', () => {
  const module = (machine: string, more: string) => `{ config, ... }: {
${more}  clan.core.vars.generators.key = {
    prompts.token = { description = "of ${machine}"; type = "hidden"; persist = true; };
    files.netrc = { };
    files.hash.secret = false;
    runtimeInputs = [ pkgs.mkpasswd ];
    script = ''
      cp "$prompts/token" "$out/netrc"
      mkpasswd -s < "$prompts/token" > "$out/hash"
    '';
  };
  environment.etc.key.source = config.clan.core.vars.generators.key.files.netrc.path;
}
`;
  const texts = {
    'machines/a/configuration.nix': module('a', ''),
    'machines/b/configuration.nix': module('b', '  # Further down.\n'),
  };
  const places = check(texts).findings.map(({ rule, at: { file, start } }) => {
    const line = texts[file as keyof typeof texts].slice(0, start).split('\n').length;
    return `${rule} ${file}:${line}`;
  });
  expect(places.sort()).toEqual([
    'generator/hash-public machines/a/configuration.nix:5',
    'generator/hash-public machines/b/configuration.nix:6',
    'generator/raw-prompt-deployed machines/a/configuration.nix:3',
    'generator/raw-prompt-deployed machines/b/configuration.nix:4',
  ]);
});
