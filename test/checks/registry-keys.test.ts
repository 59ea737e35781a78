// The rules about keys, where it is less plain than in their examples.

import { describe, expect, it } from 'vitest';
import {
  GENERATORS,
  hostOf,
  PIPELINE,
  REGISTRY,
  registryOf,
} from '../../server/src/checks/examples/pipeline-examples.ts';
import { applyFix, fixOf, judging, noFiles, onlyFinding, withMatrix } from './harness.ts';

const { check, checkText, expectMarked, expectSilent } = judging(
  'registry/duplicate-key',
  'registry/unknown-key',
  'registry/unused-key',
);

describe('registry/unknown-key', () => {
  it('is found in a shared list, once, for all machines that have it', () => {
    const { findings } = expectMarked(
      withMatrix(`\
let
  sharedCore = [
    "anthropc"
  # ^^^^^^^^^^ registry/unknown-key: (machines emily and lea)
    "gmail"
  ];
in
{
  emily = sharedCore;
  lea = sharedCore ++ [ "anthropic" ];
}
`),
    );
    expect(findings[0]?.machines).toEqual(['emily', 'lea']);
  });

  it('is found in a shared row and in rows that inherit', () => {
    expectMarked(
      withMatrix(`\
let
  lea = [ "gmial" "anthropic" ];
  #       ^^^^^^^ registry/unknown-key: (machine lea)
in
rec {
  inherit lea;
  sharedCore = [
    "nothing-like-it"
  # ^^^^^^^^^^^^^^^^^ registry/unknown-key: add it, or take the key out
  ];
  emily = sharedCore ++ [ "gmail" ];
}
`),
    );
  });

  it('does not hide the other keys of the machine', () => {
    const { fleet } = check(
      withMatrix('{\n  lea = [ "gmial" "anthropic" ];\n}\n', {
        'machines/lea/configuration.nix': hostOf('lea'),
      }),
    );
    expect(fleet.generators.map(generator => generator.name)).toContain('anthropic-api-key');
  });

  it('tells two registries apart', () => {
    const second = (text: string) => text.replaceAll('secret-registry', 'other-registry');
    checkText(
      Object.entries({
        'one/secret-registry.nix': REGISTRY,
        'one/vars-generators.nix': GENERATORS,
        'one/machine-env-matrix.nix': `\
{
  lea = [ "gmail" "anthropic" "github" ];
  #                           ^^^^^^^^ registry/unknown-key: one/secret-registry.nix has no such entry
}
`,
        'one/lea.nix': hostOf('lea').replaceAll('../../lib/', './'),
        'two/other-registry.nix': registryOf(`\
  github = mkPromptedSecret {
    generator = "github-token";
    envVar = "GITHUB_TOKEN";
  };
  gitlab = mkPromptedSecret {
    generator = "gitlab-token";
    envVar = "GITLAB_TOKEN";
  };
`),
        'two/vars-generators.nix': second(GENERATORS),
        'two/machine-env-matrix.nix': `\
{
  tove = [ "github" "gitlab" "gmail" ];
  #                          ^^^^^^^ registry/unknown-key: two/other-registry.nix has no such entry
}
`,
        'two/tove.nix': hostOf('tove').replaceAll('../../lib/', './'),
      })
        .map(([path, text]) => `#- ${path}\n${text}`)
        .join(''),
    );
  });

  it('knows registry and matrix by their shape, whatever their names', () => {
    expectMarked(
      {
        'keys.nix': REGISTRY,
        'make.nix': GENERATORS.replace('./secret-registry.nix', './keys.nix'),
        'who.nix': `\
{
  lea = [ "gmail" "anthropc" ];
  #               ^^^^^^^^^^ registry/unknown-key
}
`,
        'lea.nix': `\
{ pkgs, ... }:
{
  clan.core.vars.generators = import ./make.nix {
    keys = (import ./who.nix).lea;
    inherit pkgs;
  };
}
`,
      },
      { fleetSettings: noFiles },
    );
  });

  it.each([
    [
      'an entry that is not known',
      'lib/secret-registry.nix',
      (text: string) => text.replace('  gmail = ', '  hidden = import <more>;\n  gmail = '),
    ],
    [
      'a registry that may have more keys',
      'lib/secret-registry.nix',
      (text: string) => `{ pkgs ? null }: (${text.replace('{ pkgs ? null }:', '')}) // import <more>`,
    ],
    [
      'a registry with keys that are not fully known',
      'lib/secret-registry.nix',
      (text: string) =>
        text
          .replace('  gmail = ', `  "\${builtins.getEnv "PREFIX"}mail" = `)
          .replace('  anthropic = ', '  gmail = (import <more>);\n  anthropic = '),
    ],
  ])('is silent for %s', (_, file, change) => {
    const texts = withMatrix('{\n  lea = [ "anthropic" "gmail" "hidden" ];\n}\n');
    expectSilent({ ...texts, [file]: change(texts[file] as string) });
  });

  it('is silent where a missing key is provided for', () => {
    expectSilent(
      withMatrix('{\n  lea = [ "anthropic" "gmail" ];\n}\n', {
        'lib/labels.nix': `\
let
  registry = import ./secret-registry.nix { pkgs = null; };
in
{
  label = (registry.mistral or { envVar = "NONE"; }).envVar;
  has = registry ? openrouter;
}
`,
      }),
    );
  });

  it('offers an entry made by the helper of the others, with names derived from the key', () => {
    const texts = withMatrix('{\n  lea = [ "anthropic" "gmail" "open-router" ];\n}\n');
    const finding = onlyFinding(check(texts), 'registry/unknown-key');
    const after = applyFix(texts, fixOf(finding, 'Add "open-router" to lib/secret-registry.nix'));
    expect(after['lib/secret-registry.nix']).toContain(`\
    fileAttr = "password";
  };
  open-router = mkPromptedSecret {
    generator = "open-router-api-key";
    envVar = "OPEN_ROUTER_API_KEY";
  };
}
`);
    expectSilent(after);
  });

  it('offers a whole entry where no helper makes the others', () => {
    const texts = {
      'lib/secret-registry.nix': `\
{
  gmail = {
    generator = "gmail";
    envVar = null;
    fileAttr = "password";
    files.password = { };
    script = ''
      pwgen > "$out/password"
    '';
  };

  icloud = {
    generator = "icloud";
    envVar = null;
    fileAttr = "password";
    files.password = { };
    script = ''
      pwgen > "$out/password"
    '';
  }; # the last one
}
`,
      'lib/machine-env-matrix.nix': '{\n  lea = [ "gmail" "icloud" "2captcha" ];\n}\n',
    };
    const finding = onlyFinding(check(texts), 'registry/unknown-key');
    const after = applyFix(texts, fixOf(finding, 'Add "2captcha"'));
    expect(after['lib/secret-registry.nix']).toContain(`\
  }; # the last one

  "2captcha" = {
    generator = "2captcha";
    envVar = null;
    fileAttr = "key";
    files.key.secret = true;
`);
    expectSilent(after);
  });
});

describe('registry/unused-key', () => {
  it('is a hint that is shown faded', () => {
    const finding = onlyFinding(check(withMatrix('{\n  lea = [ "anthropic" ];\n}\n')), 'registry/unused-key');
    expect(finding).toMatchObject({ severity: 'hint', unnecessary: true });
  });

  it.each([
    ['a row may have more keys', '{\n  lea = [ "anthropic" ] ++ import <more>;\n}\n', {}],
    ['there may be more rows', '{\n  lea = [ "anthropic" ];\n} // import <more>\n', {}],
    [
      'the key is read by name',
      '{\n  lea = [ "anthropic" ];\n}\n',
      {
        'lib/other.nix':
          'let\n  registry = import ./secret-registry.nix { pkgs = null; };\nin\nregistry.gmail.envVar\n',
      },
    ],
    [
      'a module assigns the whole registry',
      '{\n  lea = [ "anthropic" ];\n}\n',
      {
        'lib/all.nix': `\
{ keys ? null, pkgs }:
let
  registry = import ./secret-registry.nix { inherit pkgs; };
  selected = if keys == null || keys == [ ] then builtins.attrNames registry else keys;
in
builtins.listToAttrs (map (key: { name = registry.\${key}.generator; value = { inherit (registry.\${key}) files prompts script; }; }) selected)
`,
        'machines/tove/configuration.nix':
          '{ pkgs, ... }:\n{\n  clan.core.vars.generators = import ../../lib/all.nix { keys = [ ]; inherit pkgs; };\n}\n',
      },
    ],
  ])('is silent where %s', (_, matrix, more) => {
    expectSilent(withMatrix(matrix, more));
  });

  it('is silent without a matrix', () => {
    expectSilent({ ...PIPELINE });
  });
});

describe('registry/duplicate-key', () => {
  it('stands on the own item where the shared list comes last', () => {
    expectMarked(
      withMatrix(`\
let
  sharedCore = [ "anthropic" "gmail" ];
in
{
  emily = [ "anthropic" ] ++ sharedCore;
  #         ^^^^^^^^^^^ registry/duplicate-key
  lea = sharedCore;
}
`),
    );
  });

  it('stands on the name of the row where two shared lists bring it', () => {
    const { findings } = expectMarked(
      withMatrix(`\
let
  core = [ "anthropic" "gmail" ];
  mail = [ "gmail" ];
in
{
  emily = core ++ mail;
# ^^^^^ registry/duplicate-key: Both come from shared lists
  lea = core;
  tove = mail;
}
`),
    );
    expect(findings[0]?.fixes).toEqual([]);
  });

  it('stands once in a shared list that has it twice', () => {
    const { findings } = expectMarked(
      withMatrix(`\
rec {
  sharedCore = [
    "gmail"
    "anthropic"
    "gmail"
  # ^^^^^^^ registry/duplicate-key: Machines emily and lea list "gmail" twice
  ];
  emily = sharedCore;
  lea = sharedCore;
}
`),
    );
    expect(findings[0]?.machines).toEqual(['emily', 'lea']);
  });

  it('is no error that a key is in two rows', () => {
    expectSilent(withMatrix('{\n  emily = [ "gmail" "anthropic" ];\n  lea = [ "gmail" ];\n}\n'));
  });
});
