// What is left over is told once a folder of the store, and everything that silences single findings goes on to do so.
import { describe, expect, it, test } from 'vitest';
import {
  KEY_OF_ADA,
  KEY_OF_LEA,
  keyFile,
  MAIL,
  secretFor,
} from '../../server/src/checks/examples/store-examples.ts';
import { storeFolderOf } from '../../server/src/checks/facts/leftover-summaries.ts';
import { varsmith } from '../cli/support.ts';
import { folder, write } from '../workspace/support.ts';

const SECRET = secretFor(KEY_OF_ADA, KEY_OF_LEA);

/** A fleet in which nothing declares some of the generators that are stored. */
const FLEET = {
  '.clan-flake': '',
  'flake.nix':
    '{ outputs = { clan-core, self, ... }: { clan = clan-core.lib.clan { inherit self; inventory.machines.lea = { }; }; }; }',
  'machines/lea/configuration.nix': MAIL,
  'sops/users/ada/key.json': keyFile(KEY_OF_ADA),
  'sops/machines/lea/key.json': keyFile(KEY_OF_LEA),
};
const leftover = (name: string) => `vars/per-machine/lea/${name}/password/secret`;
const three = { [leftover('a')]: SECRET, [leftover('b')]: SECRET, [leftover('c')]: SECRET };
const shared = { 'vars/shared/d/password/secret': SECRET };

async function orphansIn(root: string, ...args: string[]) {
  const { stdout } = await varsmith(['check', '--format', 'json', ...args], { cwd: root });
  const { findings, summary } = JSON.parse(stdout);
  return {
    summary,
    found: findings.filter((one: { rule: string }) => one.rule === 'store/orphan-generator'),
  };
}

describe('leftovers of a folder', () => {
  it('are one finding, with a place for each', async () => {
    const { found, summary } = await orphansIn(folder({ ...FLEET, ...three, ...shared }));
    expect(found).toHaveLength(2);
    expect(found[0]).toMatchObject({ file: leftover('a'), severity: 'info', machines: ['lea'] });
    expect(found[0].message).toBe(
      '3 stored files of 3 generators below `vars/per-machine` are unused: nothing in this repository declares them there any more ("a", "b" and "c"). Remove them, and revoke what they held.',
    );
    expect(found[0].related.map(({ file }: { file: string }) => file)).toEqual(Object.keys(three));
    // A single one is told as it is.
    expect(found[1].message).toContain('declares the generator "d" any more');
    expect(summary.infos).toBe(2);
  });

  it('are as many as the settings leave', async () => {
    const root = folder({ ...FLEET, ...three });
    const ignored = { 'store/orphan-generator': ['vars/per-machine/lea/b/**'] };
    write(
      root,
      'varsmith.json',
      JSON.stringify({ rules: { 'store/orphan-generator': { exclude: ignored['store/orphan-generator'] } } }),
    );
    const { found } = await orphansIn(root);
    expect(found).toHaveLength(1);
    expect(found[0].message).toContain('2 stored files of 2 generators');
  });

  it('are silenced one by one by a baseline: what is new stands alone', async () => {
    const root = folder({ ...FLEET, ...three });
    await varsmith(['check', '--write-baseline', 'base.json'], { cwd: root });
    expect((await orphansIn(root, '--baseline', 'base.json')).found).toEqual([]);
    write(root, leftover('new'), SECRET);
    const { found, summary } = await orphansIn(root, '--baseline', 'base.json');
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ file: leftover('new'), related: [] });
    expect(summary.baseline.obsolete).toBe(0);
  });

  it('keep their fingerprint when one of them goes', async () => {
    const print = async (texts: Readonly<Record<string, string>>) => {
      const { stdout } = await varsmith(['check', '--format', 'sarif'], { cwd: folder(texts) });
      const { results } = JSON.parse(stdout).runs[0];
      const result = results.find((one: { ruleId: string }) => one.ruleId === 'store/orphan-generator');
      return JSON.stringify(result.partialFingerprints);
    };
    const { [leftover('a')]: _, ...two } = three;
    expect(await print({ ...FLEET, ...two })).toBe(await print({ ...FLEET, ...three }));
  });

  it('are not listed one by one in text', async () => {
    const { stdout } = await varsmith(['check'], { cwd: folder({ ...FLEET, ...three }) });
    expect(stdout).toContain('3 findings in one; --format json lists each with its place.');
    expect(stdout).not.toContain(leftover('b'));
  });
});

describe('nothing is told twice', () => {
  it('of a generator that is shared today: the machine’s old files are told with the generator', async () => {
    const lea = MAIL.replace('files.', 'share = true;\n    files.');
    const texts = { ...FLEET, 'machines/lea/configuration.nix': lea, [leftover('mail')]: SECRET };
    const old = { 'vars/per-machine/lea/mail/token/secret': SECRET };
    const { stdout } = await varsmith(['check', '--format', 'json'], { cwd: folder({ ...texts, ...old }) });
    const rules = JSON.parse(stdout)
      .findings.map((one: { rule: string }) => one.rule)
      .filter((rule: string) => rule.startsWith('store/orphan'));
    expect(rules).toEqual(['store/orphan-generator']);
  });
});

test.each([
  ['vars/per-machine/a/b/c/secret', 'vars/per-machine'],
  ['vars/shared/x/y/value', 'vars/shared'],
  ['sops/machines/x/key.json', 'sops/machines'],
  ['clan/vars/per-machine/a/b/c/value', 'clan/vars/per-machine'],
  ['elsewhere/x', 'elsewhere'],
])('%s lies in %s', (path, expected) => {
  expect(storeFolderOf(path)).toBe(expected);
});
