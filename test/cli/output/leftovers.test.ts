/** Leftovers of clan-core's services in `inspect`: what is listed, and what it must not change. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { folder } from '../../workspace/support.ts';
import { varsmith } from '../support.ts';

const schema = readFileSync(join(__dirname, '../../../docs/schemas/inspect.schema.json'), 'utf8');
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(JSON.parse(schema));

const SECRET = '{ "data": "ENC[…]" }';
const ZEROTIER = {
  'vars/per-machine/lea/zerotier/zerotier-ip/value': 'fd00::1',
  'vars/per-machine/lea/zerotier/zerotier-identity-secret/secret': SECRET,
};
const MODULE = (body: string) => `{ config, ... }: { ${body} }`;

async function inspected(files: Readonly<Record<string, string>>) {
  const { code, stdout } = await varsmith([
    'inspect',
    folder({ 'flake.nix': '{ }', ...files }),
    '--format',
    'json',
  ]);
  expect(code).toBe(0);
  const output = JSON.parse(stdout);
  validate(output);
  expect(validate.errors).toBeNull();
  return output;
}

const leftovers = async (files: Readonly<Record<string, string>>) =>
  (await inspected(files)).generators.filter((one: { leftover?: true }) => one.leftover);

describe('inspect', () => {
  it('lists what an earlier clan-core left, where it lies', async () => {
    expect(await leftovers(ZEROTIER)).toEqual([
      expect.objectContaining({
        name: 'zerotier',
        catalogue: 'zerotier',
        completeness: 'partial',
        share: false,
        conditional: true,
        machines: [],
        definitions: [],
        files: [
          expect.objectContaining({
            name: 'zerotier-identity-secret',
            secret: true,
            file: 'vars/per-machine/lea/zerotier/zerotier-identity-secret/secret',
          }),
          expect.objectContaining({ name: 'zerotier-ip', secret: false }),
        ],
      }),
    ]);
  });

  it('lists once what several machines have', async () => {
    const found = await leftovers({
      'vars/per-machine/lea/disk-id/diskId/value': '1',
      'vars/per-machine/noa/disk-id/diskId/value': '2',
    });
    expect(found).toHaveLength(1);
    expect(found[0].files).toHaveLength(1);
  });

  it('leaves out what the workspace declares, with all its files', async () => {
    const module = MODULE('clan.core.vars.generators.zerotier.files.mine = { };');
    expect(await leftovers({ ...ZEROTIER, 'modules/a.nix': module })).toEqual([]);
  });

  it('leaves out what an instance brings', async () => {
    const clan = `{ inventory.machines.lea = { }; inventory.instances.t = {
      module.name = "tor"; roles.server.machines.lea = { }; }; }`;
    const flake = `{ outputs = { clan-core, ... }: { clan = clan-core.lib.clan ${clan}; }; }`;
    const stored = {
      'vars/per-machine/lea/tor_t/hostname/secret': SECRET,
      'vars/per-machine/lea/tor_old/hostname/secret': SECRET,
    };
    const found = await leftovers({ ...stored, 'flake.nix': flake });
    expect(found.map(({ name }: { name: string }) => name)).toEqual(['tor_old']);
  });

  it('does not call left over what the locked clan-core still makes for an instance', async () => {
    const clan = `{ inventory.machines.lea = { }; inventory.instances.zerotier = {
      roles.peer.machines.lea = { }; }; }`;
    const flake = `{ outputs = { clan-core, ... }: { clan = clan-core.lib.clan ${clan}; }; }`;
    const lock = (day: string) => {
      const lastModified = Date.parse(day) / 1000;
      const node = {
        locked: { type: 'git', url: 'https://git.clan.lol/clan/clan-core', lastModified },
        original: { type: 'git', url: 'https://git.clan.lol/clan/clan-core' },
      };
      const nodes = { root: { inputs: { 'clan-core': 'clan-core' } }, 'clan-core': node };
      return { 'flake.lock': JSON.stringify({ nodes, root: 'root', version: 7 }) };
    };
    const files = { ...ZEROTIER, 'flake.nix': flake };
    expect(await leftovers({ ...files, ...lock('2026-05-01') })).toEqual([]);
    expect(await leftovers({ ...files, ...lock('2026-07-01') })).toHaveLength(1);
    expect(await leftovers({ ...ZEROTIER, ...lock('2026-05-01') })).toHaveLength(1);
  });

  it('judges no use by it', async () => {
    const module = MODULE('x = config.clan.core.vars.generators.disk-id.files.diskId.value;');
    const files = { 'modules/a.nix': module };
    const stored = { 'vars/per-machine/lea/disk-id/diskId/value': '1' };
    const { references } = await inspected({ ...files, ...stored });
    expect(references).toHaveLength(1);
    expect(references).toEqual((await inspected(files)).references);
  });

  it('counts them for people in a line of their own', async () => {
    const { stdout } = await varsmith(['inspect', folder({ 'flake.nix': '{ }', ...ZEROTIER })]);
    expect(stdout).toContain('0 generators\n');
    expect(stdout).toContain('\n  left over from services of clan-core: 1\n');
  });
});
