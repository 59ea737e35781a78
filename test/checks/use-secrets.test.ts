// What is done with secrets, where it is less plain than in the rules' examples.

import { describe, expect, it } from 'vitest';
import { findingsOf, judging, type Texts } from './harness.ts';

const { expectSilent } = judging('use/exists-of-secret', 'use/read-secret-at-eval', 'use/secret-in-store');

/** A module with a secret `wifi/password` and a public `wifi/name`; `w` is its files. */
const module = (body: string, more: Texts = {}, bindings = ''): Texts => ({
  'modules/wifi.nix': `\
{ config, lib, pkgs, clanLib, ... }:
let
  w = config.clan.core.vars.generators.wifi.files;
${bindings}in
{
  clan.core.vars.generators.wifi = {
    prompts.password.type = "hidden";
    files.password = { };
    files.name.secret = false;
    script = ''
      cat "$prompts/password" > "$out/password"
      printf wlan > "$out/name"
    '';
  };
${body}}
`,
  ...more,
});

const found = (texts: Texts, rule: string): string[] =>
  findingsOf(rule, texts).map(({ at }) => (texts[at.file] ?? '').slice(at.start, at.end));

describe('use/exists-of-secret', () => {
  it.each([
    ['a public file', '  a = w.name.exists;\n'],
    ['something to fall back on', '  a = (builtins.tryEval w.password.exists).success;\n'],
    [
      'a file that may be public',
      '  clan.core.vars.generators.wifi.files.password.secret = config.a;\n  b = w.password.exists;\n',
    ],
  ])('is silent for %s', (_, body) => {
    expectSilent(module(body));
  });
});

describe('use/read-secret-at-eval', () => {
  const rule = 'use/read-secret-at-eval';

  it.each([
    ['inside quotes', 'lib.fileContents "${w.password.path}"', 'fileContents'],
    ['as text', 'lib.importJSON (toString w.password.path)', 'importJSON'],
    ['to tell whether it has changed', 'builtins.hashFile "sha256" w.password.path', 'hashFile'],
    ['in one branch', 'lib.mkIf config.b (builtins.readFile w.password.path)', 'readFile'],
  ])('is found %s', (_, value, name) => {
    expect(found(module(`  a = ${value};\n`), rule)).toEqual([name]);
  });

  it('is found through two names', () => {
    const bindings = '  p = w.password.path;\n  text = builtins.readFile p;\n';
    expect(found(module('  a = text;\n', {}, bindings), rule)).toEqual(['readFile']);
  });

  it.each([
    ['the path in a text that is written', 'pkgs.writeText "a" "file=${w.password.path}"'],
    ['a script that reads it when it runs', 'pkgs.writeShellScript "a" "cat ${w.password.path}"'],
    ['a file beside it', 'builtins.readFile "${w.password.path}.example"'],
    ['a public file', 'builtins.readFile w.name.path'],
    [
      'what is asked for before',
      'if builtins.pathExists w.password.path then builtins.readFile w.password.path else ""',
    ],
    ['a file of the same name that a function is given', '(p: builtins.readFile p) ./wifi.nix'],
    [
      'a public value with a default',
      'clanLib.getPublicValue { flake = ./.; generator = "wifi"; file = "password"; default = null; }',
    ],
  ])('is silent for %s', (_, value) => {
    expect(found(module(`  a = ${value};\n`), rule)).toEqual([]);
  });

  it('is silent for another thing of the same name', () => {
    const bindings = '  p = w.password.path;\n';
    expect(found(module('  a = map (p: builtins.readFile p) [ ./wifi.nix ];\n', {}, bindings), rule)).toEqual(
      [],
    );
  });
});

describe('use/secret-in-store', () => {
  const rule = 'use/secret-in-store';
  const read = 'builtins.readFile w.password.path';

  it.each([
    ['a script of a unit', `systemd.services.a.script = "login \${${read}}";`, 'script'],
    [
      'a unit under a condition',
      `config = lib.mkIf config.b { systemd.services.a.environment.P = ${read}; };`,
      'P',
    ],
    [
      'a password of a user',
      `users.users = lib.genAttrs [ "ada" ] (n: { password = ${read}; });`,
      'password',
    ],
    [
      'a file that is written',
      `a = pkgs.writeText "a" (lib.generators.toINI { } { b.c = ${read}; });`,
      'writeText',
    ],
    [
      'a file that is described',
      `a = pkgs.writeTextFile { name = "a"; text = "p=" + ${read}; };`,
      'writeTextFile',
    ],
    ['a copy', `a = builtins.path { path = w.password.path; name = "p"; };`, 'path'],
  ])('is found in %s', (_, line, name) => {
    expect(found(module(`  ${line}\n`), rule)).toEqual([name]);
  });

  it.each([
    [
      'a script that wraps',
      `pkgs.runCommand "a" { } "makeWrapper a $out --run 'export P=$(cat \${w.password.path})'"`,
    ],
    ['a heredoc', `pkgs.runCommand "a" { } ''\n  cat > $out <<EOF\n  cat \${w.password.path}\n  EOF\n''`],
    ['a path that is written', `pkgs.runCommand "a" { } "echo \${w.password.path} > $out"`],
    ['an option of which the use is not known', read],
    ['a public value', `pkgs.writeText "a" w.name.value`],
  ])('is silent for %s', (_, value) => {
    expect(found(module(`  a = ${value};\n`), rule)).toEqual([]);
  });
});
