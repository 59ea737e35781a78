// Paths of deployed files that are written out: what is one, and what to put in its place.

import { describe, expect, it } from 'vitest';
import { applyFix, findingsOf, judging, onlyFinding, type Texts } from './harness.ts';

const { check } = judging('use/hard-coded-path');

const rule = 'use/hard-coded-path';
const GENERATOR = `\
  clan.core.vars.generators.a.files."k.y" = { };
  clan.core.vars.generators.a.script = "echo > $out/k.y";
`;
const module = (body: string, parameters = 'config, lib, pkgs, ...', own = GENERATOR): Texts => ({
  'modules/a.nix': `{ ${parameters} }:\n{\n${own}${body}\n}\n`,
});
const PATH = 'config.clan.core.vars.generators.a.files."k.y".path';

const found = (texts: Texts): string[] =>
  check(texts).findings.flatMap(finding => (finding.rule === rule ? [finding.severity] : []));

describe(rule, () => {
  it.each([
    ['a whole string', '"/run/secrets/vars/a/k.y"', PATH],
    ['an item of a list', '[ "/run/secrets-for-users/vars/a/k.y" ]', `[ ${PATH} ]`],
    ['a part of a text', '"--key=/run/secrets/vars/shared/a/k.y -v"', `"--key=\${${PATH}} -v"`],
    [
      'a script',
      "''\n    cat /run/user-secrets/per-machine/lea/a/k.y\n  ''",
      `''\n    cat \${${PATH}}\n  ''`,
    ],
    [
      'a path with the name of the machine',
      '"/run/secrets/vars/per-machine/${config.networking.hostName}/a/k.y"',
      PATH,
    ],
  ])('replaces %s', (_, before, after) => {
    const texts = module(`  services.b.key = ${before};`);
    const [fix] = onlyFinding(check(texts), rule).fixes;
    expect(fix?.guess).toBeUndefined();
    expect(fix && applyFix(texts, fix)).toEqual(module(`  services.b.key = ${after};`));
  });

  it.each([
    ['vars/a/k.y', 'warning'],
    ['vars/shared/a/k.y', 'info'],
    ['vars/per-machine/lea/a/k.y', 'info'],
  ])('calls %s a matter of %s', (path, severity) => {
    expect(found(module(`  b = "/run/secrets/${path}";`))).toEqual([severity]);
  });

  it('only guesses where another module has the generator', () => {
    const texts = {
      ...module(''),
      'modules/b.nix': '{ config, ... }:\n{\n  services.b.key = "/run/secrets/vars/a/k.y";\n}\n',
    };
    expect(onlyFinding(check(texts), rule).fixes.map(({ guess }) => guess)).toEqual([true]);
  });

  it.each([
    ['2026-07-02', 'main', 'info', 'an update breaks this'],
    ['2026-08-06', 'main', 'warning', 'clan moved it in August 2026'],
    ['2026-08-21', '26.05', 'info', 'may still use'],
  ])('of the older layout weighs by the clan-core of %s and %s', (day, branch, severity, words) => {
    const locked = {
      lastModified: Date.parse(day) / 1000,
      type: 'github',
      owner: 'clan-lol',
      repo: 'clan-core',
    };
    const original = {
      type: 'tarball',
      url: `https://git.clan.lol/clan/clan-core/archive/${branch}.tar.gz`,
    };
    const nodes = { 'clan-core': { locked, original }, root: { inputs: { 'clan-core': 'clan-core' } } };
    const texts = {
      ...module('  services.b.key = "/run/secrets/vars/a/k.y";'),
      'flake.lock': JSON.stringify({ nodes, root: 'root', version: 7 }),
    };
    const finding = onlyFinding(check(texts), rule);
    expect(finding.severity).toBe(severity);
    expect(finding.message).toContain(words);
  });

  it("has no fix in settings of an inventory, where `config` is the flake's", () => {
    const texts = {
      ...module(''),
      'clan.nix': `{ config, ... }:
{
  clan.inventory.instances.b.roles.server.settings.key = "/run/secrets/vars/a/k.y";
  clan.inventory.instances.b.roles.server.machines.lea.settings = { key = "/run/secrets/vars/a/k.y"; };
}
`,
    };
    const findings = findingsOf(rule, texts);
    expect(findings.map(({ fixes }) => fixes)).toEqual([[], []]);
    expect(findings[0]?.message).toContain(
      "write `/run/secrets/vars/per-machine/MACHINE/a/k.y`, or let the service's module",
    );
  });

  it('has no fix where there is no configuration to read', () => {
    const texts = module('  services.b.key = "/run/secrets/vars/a/k.y";', 'lib, ...');
    expect(onlyFinding(check(texts), rule).fixes).toEqual([]);
  });

  it.each([
    ['a secret that no generator makes', '  b = "/run/secrets/vars/other/k.y";'],
    ['a file that the generator does not have', '  b = "/run/secrets/vars/a/key";'],
    ['a longer path', '  b = "/mnt/run/secrets/vars/a/k.y";'],
    ['what lies below', '  b = "/run/secrets/vars/a/k.y/z";'],
    ['an example', '  options.b = lib.mkOption { example = "/run/secrets/vars/a/k.y"; };'],
    ['a message', '  b = throw "there is no /run/secrets/vars/a/k.y";'],
    [
      'a test of the running machine',
      '  testScript = "machine.succeed(\'test -f /run/secrets/vars/a/k.y\')";',
    ],
    ['a comment in a script', "  b = ''\n    # see /run/secrets/vars/a/k.y\n    true\n  '';"],
    ['the script of a generator', '  b = mk "cat /run/secrets/vars/a/k.y > $out/b";'],
    ['the name of a secret of sops-nix', '  b = config.sops.secrets."vars/a/k.y".path;'],
  ])('is silent for %s', (_, body) => {
    expect(found(module(body))).toEqual([]);
  });
});
