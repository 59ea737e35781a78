// Files that the flake reads and git does not track, where it is less plain than in the examples.

import { expect, it } from 'vitest';
import { messageWithCure } from '../../server/src/checks/cure.ts';
import { judging, type Texts } from './harness.ts';

const { check } = judging('host/untracked');

const FILES: Texts = {
  'flake.nix': `{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.web = nixpkgs.lib.nixosSystem { modules = [ ./web.nix ]; };
  };
}
`,
  'web.nix': `{ imports = [ ./mail ]; key = builtins.readFile ./web.pub; }\n`,
  'web.pub': 'ssh-ed25519 AAAA\n',
  'mail/default.nix': '{ imports = [ ./dkim.nix ]; }\n',
  'mail/dkim.nix': '{ }\n',
};

/** What is found if git tracks everything but some paths. */
function without(paths: readonly string[], more: Texts = {}): string[] {
  const files = { ...FILES, ...more };
  const tracked = Object.keys(files)
    .filter(path => !paths.includes(path))
    .flatMap(path => path.split('/').map((_, index, names) => names.slice(0, index + 1).join('/')));
  const { findings } = check(files, { tracked });
  return findings.map(finding => {
    const { at } = finding;
    const written = (files[at.file] ?? '').slice(at.start, at.end);
    return `${at.file} ${written}: ${messageWithCure(finding)}`;
  });
}

it('is silent where git tracks everything, and where nothing reads the file', () => {
  expect(without([])).toEqual([]);
  expect(without(['notes.md', 'old.nix'], { 'notes.md': '', 'old.nix': '{ }' })).toEqual([]);
});

it('finds a folder, and what it imports, by the paths that lead there', () => {
  expect(without(['mail/default.nix', 'mail/dkim.nix'])).toEqual([
    'mail/default.nix ./dkim.nix: Git does not track mail/dkim.nix, so the flake does not see it, and for Nix this path does not exist (machine web). Run `git add mail/dkim.nix`.',
    'web.nix ./mail: Git does not track mail/default.nix, so the flake does not see it, and for Nix this path does not exist (machine web). Run `git add mail/default.nix`.',
  ]);
});

it('finds a file that is read as a text', () => {
  expect(without(['web.pub'])).toEqual([
    expect.stringMatching(/^web.nix \.\/web\.pub: Git does not track web.pub/),
  ]);
});

it('names the file itself where no path leads to it', () => {
  const clan: Texts = {
    'flake.nix': `{
  outputs = { clan-core, self, ... }: {
    clan = clan-core.lib.clan { inherit self; inventory.machines.lea = { }; };
  };
}
`,
    'machines/lea/configuration.nix': '{ }\n',
  };
  expect(without(['machines/lea/configuration.nix'], clan)).toEqual([
    'machines/lea/configuration.nix : Git does not track machines/lea/configuration.nix, so the flake does not see it (machine lea). Run `git add machines/lea/configuration.nix`.',
  ]);
});

it('says it once of a flake that was never added', () => {
  expect(without(Object.keys(FILES))).toEqual([
    'flake.nix : Git does not track flake.nix, so Nix finds no flake here, nor the files that it reads. Run `git add flake.nix`.',
  ]);
});

it('is silent for what is left out on purpose', () => {
  expect(without(['mail/dkim.nix'], { '.gitignore': 'dkim.nix\n' })).toEqual([]);
  const asks = '{ imports = if builtins.pathExists ./dkim.nix then [ ./dkim.nix ] else [ ]; }\n';
  expect(without(['mail/dkim.nix'], { 'mail/default.nix': asks })).toEqual([]);
});
