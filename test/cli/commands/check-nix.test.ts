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
  outputs = { clan-core, ... }: clan-core.lib.clan { machines.web = ./web.nix; };
}
`,
  'web.nix': `{ config, inputs, ... }: {
  imports = [ inputs.other.nixosModules.thing ];
  services.x = config.clan.core.vars.generators.tokn.files.key.path;
}
`,
};

async function check(standIn: StandIn, ...options: string[]) {
  const { stdout, code } = await varsmith(['check', folder(FLEET), '--format', 'json', ...options], {
    env: withNix(standIn).env,
  });
  const { findings } = JSON.parse(stdout) as {
    findings: { rule: string; message: string; file: string; line: number; machines: string[] }[];
  };
  return { code, findings, rules: findings.map(({ rule }) => rule) };
}

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
