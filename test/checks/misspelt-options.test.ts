// While an option is misspelt, nothing is concluded from its absence: all rules but the one that names it are silent.

import { describe, expect, it } from 'vitest';
import { clanWith, EXAMPLE_SECRET, KEYS, linksOf } from '../../server/src/checks/examples/store-examples.ts';
import { check, type Texts, type World } from './harness.ts';

const GENERATOR = {
  SECRET: 'files.key.secret = true;',
  PUBLIC: 'files.id.secret = false;',
  PROMPT: 'prompts.login.persist = true;',
  DEPLOY: 'files.own.deploy = false;',
  INPUTS: 'runtimeInputs = [ pkgs.openssl ];',
  SHARE: 'share = true;',
  SCRIPT: 'script = script;',
};

/** A generator of which everything is used, or kept where it is declared to be kept. */
function fleet(change: Partial<typeof GENERATOR> = {}, more = ''): readonly [Texts, World] {
  const options = Object.values({ ...GENERATOR, ...change }).join('\n    ');
  const module = `\
{ config, pkgs, ... }:
let
  script = ''
    openssl rand -hex 32 > "$out/key"
    sha256sum < "$out/key" > "$out/id"
    cp "$out/key" "$out/own"${more}
  '';
in
{
  clan.core.vars.generators.g = {
    ${options}
  };
  services.a.id = config.clan.core.vars.generators.g.files.id.value;
  services.a.keyFile = config.clan.core.vars.generators.g.files.key.path;
  services.a.loginFile = config.clan.core.vars.generators.g.files.login.path;
}
`;
  const secrets = ['key', 'login', 'own'];
  return [
    {
      ...clanWith(module),
      ...KEYS,
      ...Object.fromEntries(secrets.map(file => [`vars/shared/g/${file}/secret`, EXAMPLE_SECRET])),
      'vars/shared/g/id/value': 'c0ffee\n',
    },
    { links: Object.assign({}, ...secrets.map(file => linksOf(`vars/shared/g/${file}`))) },
  ];
}

function rulesIn([texts, world]: readonly [Texts, World]): readonly string[] {
  return check(texts, world).findings.map(({ rule, message }) => `${rule}: ${message}`);
}

/** What is told without any slip. */
const BEFORE = rulesIn(fleet());

describe('a misspelt option', () => {
  it.each<[string, Partial<typeof GENERATOR>]>([
    ['secret of a file', { PUBLIC: 'files.id.secert = false;' }],
    ['secret of the generator instead of its file', { PUBLIC: 'files.id = { }; secret = false;' }],
    ['deploy of a file', { DEPLOY: 'files.own.deploye = false;' }],
    ['files', { PUBLIC: 'fiels.id.secret = false;' }],
    ['prompts', { PROMPT: 'promts.login.persist = true;' }],
    ['persist of a prompt', { PROMPT: 'prompts.login.persits = true;' }],
    ['persist, by its name of old', { PROMPT: 'prompts.login.createFile = true;' }],
    ['runtimeInputs', { INPUTS: 'runtimeInput = [ pkgs.openssl ];' }],
    ['runtimeInputs, by another word', { INPUTS: 'buildInputs = [ pkgs.openssl ];' }],
    ['share', { SHARE: 'shared = true;' }],
    ['script', { SCRIPT: 'scirpt = script;' }],
  ])('%s', (_, change) => {
    const findings = rulesIn(fleet(change)).filter(finding => !BEFORE.includes(finding));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatch(/^option\/unknown: /);
  });

  it('of a dependency', () => {
    const [texts, world] = fleet(
      { SCRIPT: 'script = script; dependecies = [ "h" ];' },
      '\n    cat "$in/h/x" >> "$out/own"',
    );
    expect(rulesIn([texts, world]).filter(finding => !BEFORE.includes(finding))).toEqual([
      expect.stringMatching(/^option\/unknown: /),
    ]);
  });

  it('says nothing of what is set beside it', () => {
    const told = rulesIn(fleet({ PUBLIC: 'files.id.owner = "a"; files.id.onwer = "a";' }));
    expect(told).toContainEqual(expect.stringMatching(/^use\/value-of-secret: /));
  });
});
