import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
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

const SCHEMA = join(__dirname, '../../../docs/schemas/inspect.schema.json');
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(SCHEMA, 'utf8')),
);

const inspect = (standIn: StandIn, ...options: string[]) =>
  varsmith(['inspect', folder({ 'flake.nix': '{ }\n' }), '--nix', ...options], { env: withNix(standIn).env });

const BROKEN = failing(`error: attribute 'x' missing\n       at ${METADATA.path}/flake.nix:1:3:`);

it('prints which machines Nix evaluates, and why it does not others', async () => {
  const machines = { a: printing(machine({ ssh: generator() })), b: BROKEN };
  const { stdout, stderr, code } = await inspect({ machines }, '--format', 'json');
  const output = JSON.parse(stdout);
  validate(output);
  expect(validate.errors).toBeNull();
  const more = { class: 'nixos', milliseconds: expect.any(Number), kept: false };
  expect(output.nix).toMatchObject({
    ...{ version: '2.26.3', revision: METADATA.revision, failure: null },
    machines: [
      { ...more, name: 'a', evaluated: true, generators: 1, failures: [] },
      {
        ...{ ...more, name: 'b', evaluated: false, generators: null },
        failures: [
          { kind: 'error', message: "attribute 'x' missing", file: 'flake.nix', line: 1, column: 3 },
        ],
      },
    ],
  });
  // Which machine is done first is left to the processes.
  expect(stderr).toMatch(
    /Nix does not evaluate machine b \([12] of 2\): flake\.nix:1:3: attribute 'x' missing/,
  );
  expect(code).toBe(0);
});

it('says in a line what Nix was asked', async () => {
  const { stdout } = await inspect({ machines: { a: printing(machine({})) } });
  expect(stdout).toMatch(/Nix 2\.26\.3 at abc1234: evaluates 1 of 1 machine, \d+\.\d s\n$/);
});

it('prints what it read where there is no Nix that can be asked', async () => {
  const { stdout, stderr, code } = await inspect({ version: 'nix (Nix) 2.8.0' }, '--format', 'json');
  expect(JSON.parse(stdout).nix).toBeUndefined();
  expect(stderr).toContain(
    'is Nix 2.8.0; 2.18 or later is needed to be asked. Results are those without Nix.',
  );
  expect(code).toBe(0);
});
