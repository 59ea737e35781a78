import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import {
  failing,
  generator,
  METADATA,
  machine,
  printing,
  type StandIn,
  withNix,
} from '../../witness/stand-in.ts';
import { folder } from '../../workspace/support.ts';
import { varsmith } from '../support.ts';

const FLEET = {
  'flake.nix': `{
  inputs.other.url = "github:example/other";
  outputs = { clan-core, ... }: clan-core.lib.clan { machines.web = ./web.nix; };
}
`,
  'web.nix': `{ config, inputs, ... }: {
  imports = [ inputs.other.nixosModules.thing ];
  services.x = config.clan.core.vars.generators.tokn.files.key.path;
}
`,
};

const SCHEMA = join(__dirname, '../../../docs/schemas/check.schema.json');
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(SCHEMA, 'utf8')),
);

async function check(standIn: StandIn, ...given: (string | typeof FLEET)[]) {
  const options = given.filter(option => typeof option === 'string');
  const fleet = given.find(option => typeof option !== 'string') ?? FLEET;
  const { stdout, code } = await varsmith(['check', folder(fleet), '--format', 'json', ...options], {
    env: withNix(standIn).env,
  });
  const output = JSON.parse(stdout);
  validate(output);
  expect(validate.errors).toBeNull();
  const { findings, nix } = output as {
    findings: { rule: string; message: string; file: string; line: number; machines: string[] }[];
    nix?: { machines: object[] };
  };
  return { code, findings, nix, rules: findings.map(({ rule }) => rule) };
}

const errorsIn = (findings: readonly { rule: string }[]) =>
  findings.filter(({ rule }) => rule === 'eval/nix-error');

const TOKEN = generator({ files: { ok: { key: {} } }, script: { ok: 'make > $out/key' } });
const STATE = { 'state-version': generator({ files: { ok: { version: {} } }, script: { failed: true } }) };

describe('check --nix', () => {
  it('reports what would be withheld without it', async () => {
    const machines = { web: printing(machine({ ...STATE, token: TOKEN })) };
    expect((await check({ machines })).rules).not.toContain('use/undefined-generator');
    const { findings } = await check({ machines }, '--nix');
    expect(findings).toMatchObject([
      {
        rule: 'use/undefined-generator',
        file: 'web.nix',
        line: 3,
        message: expect.stringContaining('"tokn"'),
      },
    ]);
  });

  it('knows what only Nix knows', async () => {
    const machines = { web: printing(machine({ ...STATE, tokn: TOKEN })) };
    expect((await check({ machines }, '--nix')).rules).toEqual([]);
  });

  it('reports where the fleet keeps Nix from evaluating it', async () => {
    const trace = `error:
       … while evaluating the module
         at ${METADATA.path}/web.nix:3:3:
       error: infinite recursion encountered
       at /nix/store/w9gkgzgdz9c4310z65grk37hvpv0vlk8-source/lib/modules.nix:1:1:`;
    const { findings, code } = await check({ machines: { web: failing(trace) } }, '--nix');
    expect(code).toBe(1);
    expect(findings).toMatchObject([
      {
        ...{ rule: 'eval/nix-error', file: 'web.nix', line: 3, machines: ['web'] },
        message: expect.stringMatching(
          /^Nix does not evaluate machine "web": infinite recursion encountered\. A value depends on itself/,
        ),
      },
    ]);
  });

  it('reports what a value of a generator throws, once for all machines and with the generator', async () => {
    const broken = printing(
      machine({ tokn: generator({ files: { ok: { key: { owner: { failed: true } } } } }) }),
    );
    const reason = failing(`error: The option \`services.x.user' has conflicting definition values:
       - In \`${METADATA.path}/web.nix': "a"
       - In \`${METADATA.path}/web.nix': "b"`);
    const { findings, code, nix } = await check(
      { machines: { web: broken, mail: broken }, reasons: { web: reason, mail: reason } },
      '--nix',
    );
    expect(code).toBe(1);
    expect(errorsIn(findings)).toMatchObject([
      {
        ...{ rule: 'eval/nix-error', severity: 'error', file: 'web.nix', machines: ['mail', 'web'] },
        message: expect.stringMatching(
          /^Nix does not evaluate generator "tokn" of machines "mail" and "web": The option `services\.x\.user' has conflicting/,
        ),
      },
    ]);
    expect(nix?.machines).toMatchObject([
      { name: 'web', evaluated: true, failures: [{ generator: 'tokn' }] },
      { name: 'mail', evaluated: true, failures: [{ generator: 'tokn' }] },
    ]);
  });

  it('reports nothing of a failed part that evaluates when it is asked for by itself', async () => {
    const half = printing(machine({ tokn: generator({ script: { failed: true } }) }));
    const { findings } = await check({ machines: { web: half }, reasons: { web: 'echo null' } }, '--nix');
    expect(errorsIn(findings)).toEqual([]);
  });

  it.each<[string, string, RegExp]>([
    [
      'no valid answer',
      'echo "{ nothing"',
      /^Nix has no answer about machine "web": Nix did not print a valid answer\./,
    ],
    [
      'too much output',
      'yes | head -c 100000000',
      /^Nix has no answer about machine "web": Nix printed more output/,
    ],
  ])('warns of a machine that Nix has no answer about: %s', async (_, does, message) => {
    const { findings, code, nix } = await check({ machines: { web: does } }, '--nix');
    expect(code).toBe(0);
    expect(findings).toMatchObject([
      {
        rule: 'eval/nix-error',
        severity: 'warning',
        machines: ['web'],
        message: expect.stringMatching(message),
      },
    ]);
    expect(nix?.machines).toMatchObject([{ name: 'web', evaluated: false }]);
    expect((await check({ machines: { web: does } }, '--nix', '--severity', 'warning')).code).toBe(1);
  });

  it('names all machines of an error that they share', async () => {
    const broken = failing(`error: attribute 'x' missing\n       at ${METADATA.path}/web.nix:3:3:`);
    const { findings } = await check({ machines: { web: broken, mail: broken } }, '--nix');
    expect(findings).toMatchObject([
      { message: expect.stringMatching(/^Nix does not evaluate machines "mail" and "web": attribute/) },
    ]);
  });

  it('advises to lock an input that is not locked yet, at the input', async () => {
    const { findings, code } = await check(
      { metadata: failing("error: cannot update unlocked flake input 'other' in pure mode") },
      '--nix',
    );
    expect(code).toBe(0);
    expect(findings).toMatchObject([
      { severity: 'info', file: 'flake.nix', line: 2, message: expect.stringContaining('`nix flake lock`') },
    ]);
  });

  it('names the input that cannot be fetched', async () => {
    const { findings } = await check(
      {
        metadata: failing(`error:
       … while updating the flake input 'other'
       error: unable to download 'https://example.org/x': Could not resolve host: example.org`),
      },
      '--nix',
    );
    expect(findings).toMatchObject([{ severity: 'info', file: 'flake.nix', line: 2 }]);
  });

  it('reports a missing file and a syntax error once', async () => {
    const twice = {
      machines: { web: failing(`error: path '${METADATA.path}/not-there.nix' does not exist`) },
    };
    const missing = { ...FLEET, 'web.nix': '{ imports = [ ./not-there.nix ]; }\n' };
    expect(await check(twice, '--nix', missing)).toMatchObject({ rules: ['host/missing-file'], code: 1 });
    const broken = {
      machines: {
        web: failing(`error: syntax error, unexpected '='\n       at ${METADATA.path}/web.nix:1:7:`),
      },
    };
    const unreadable = { ...FLEET, 'web.nix': '{ a = = 1; }\n' };
    expect(await check(broken, '--nix', unreadable)).toMatchObject({ rules: ['host/unreadable'], code: 1 });
  });

  it('says in its JSON what Nix was asked, and why it could not be', async () => {
    const machines = { web: printing(machine({ ...STATE, tokn: TOKEN })) };
    expect((await check({ machines })).nix).toBeUndefined();
    expect((await check({ machines }, '--nix')).nix).toMatchObject({
      ...{ version: '2.26.3', absent: null, shard: null, unasked: [], failure: null },
      machines: [{ name: 'web', evaluated: true, generators: 2 }],
    });
    expect((await check({ version: 'nix (Nix) 2.8.0' }, '--nix')).nix).toMatchObject({
      ...{ version: null, absent: expect.stringContaining('2.18 or later'), machines: [] },
    });
  });

  it('blames nobody for an input that is not there', async () => {
    const { findings, code } = await check(
      { names: failing('error: unable to download https://example.org: Could not resolve host') },
      '--nix',
    );
    expect(code).toBe(0);
    expect(findings).toMatchObject([{ rule: 'eval/nix-error', severity: 'info', file: 'flake.nix' }]);
  });

  it.each<[string, StandIn]>([
    ['a flake that does not evaluate', { names: failing('error: undefined variable') }],
    ['a flake that Nix cannot read', { metadata: failing('error: getting status of flake.nix') }],
    ['an input that is missing', { names: failing('error: cannot fetch input: in offline mode') }],
    ['a machine that recurses for ever', { machines: { web: 'kill -SEGV $$' } }],
    ['output of 100 MB', { machines: { web: 'yes | head -c 100000000' } }],
    ['garbage', { machines: { web: 'echo "{ nothing"' } }],
    ['garbage for its names', { names: 'head -c 1000 /dev/urandom' }],
    ['an answer to another question', { machines: { web: printing(['web']) } }],
    ['a Nix that is too old', { version: 'nix (Nix) 2.8.0' }],
    ['a Nix that is none', { version: 'hello' }],
  ])('changes nothing else where there is %s', async (_, standIn) => {
    const without = await check(standIn);
    const { findings } = await check(standIn, '--nix');
    expect(findings.filter(({ rule }) => rule !== 'eval/nix-error')).toEqual(without.findings);
  });
});
