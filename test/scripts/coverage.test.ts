/** How the coverage of a repository is counted from what `inspect` says of it. */
import { expect, test } from 'vitest';
import { countRepository, diskShares, storedIn } from '../../scripts/lib/coverage-count.mjs';
import { varsmith } from '../cli/support.ts';
import { folder } from '../workspace/support.ts';

const MODULE = `{ config, ... }: {
  clan.core.vars.generators.mail.files.password = { };
  environment.etc.mail.source = config.clan.core.vars.generators.mail.files.password.path;
}
`;
const STORED = [
  'vars/per-machine/lea/mail/password/secret',
  'vars/per-machine/lea/mail/old-token/secret',
  'vars/per-machine/lea/disk-id/diskId/value',
  'vars/shared/mailing/list/value',
  'vars/shared/mailing/.validation-hash',
  'vars/shared/nobody-knows/key/value',
];
const SITE = { file: 'a.nix', line: 2, name: 'mail', literalName: true, outputs: ['password'] };

async function counted(declarations: readonly object[], references: readonly object[]) {
  const files = Object.fromEntries(STORED.map(path => [path, path.endsWith('/secret') ? '{ }' : '1']));
  const root = folder({ 'flake.nix': '{ }', 'a.nix': MODULE, ...files });
  const { stdout } = await varsmith(['inspect', root, '--format', 'json']);
  const nix = `${MODULE}# mailing`;
  return countRepository(JSON.parse(stdout), { declarations, references }, storedIn(STORED), nix);
}

test('what is found is counted against what was expected', async () => {
  const counts = await counted(
    [SITE, { ...SITE, line: 40 }],
    [
      { file: 'a.nix', line: 3 },
      { file: 'a.nix', line: 4 },
    ],
  );
  expect(counts).toMatchObject({
    declarations: [1, 2],
    named: [1, 2],
    complete: [1, 2],
    references: [1, 2],
    undefined: 0,
  });
});

test('a name or a file that is not as expected is not counted', async () => {
  expect(await counted([{ ...SITE, name: 'post' }], [])).toMatchObject({
    declarations: [1, 1],
    named: [0, 1],
    complete: [0, 1],
  });
  expect(await counted([{ ...SITE, outputs: ['password', 'hash'] }], [])).toMatchObject({
    named: [1, 1],
    complete: [0, 1],
  });
});

test('each stored file has one explanation', async () => {
  const { disk, mismatches } = await counted([], []);
  expect(disk).toEqual({ declared: 1, brought: 0, leftover: 1, dropped: 1, mentioned: 1, gone: 1 });
  expect(diskShares(disk)).toEqual({ alone: [1, 5], withLeftovers: [2, 5] });
  // The generator of today does not make the token.
  expect(mismatches).toBe(1);
});
