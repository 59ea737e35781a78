// What `plan`, `verify`, `list` and `doctor` say as JSON is what their schemas say, with no field that these lack.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import { describe, expect, it } from 'vitest';
import { folder } from '../../workspace/support.ts';
import { fleet } from '../generating-fleet.ts';
import { varsmith } from '../support.ts';

const SCHEMAS = join(__dirname, '../../../docs/schemas');
const EXAMPLES = join(__dirname, '../../../examples');

type Schema = { readonly [keyword: string]: unknown };

/** The same with no further field anywhere: in the real one there may be more one day. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, inner]) => [key, closed(inner)]);
  const same: Schema = Object.fromEntries(entries);
  return same.type === 'object' ? { ...same, additionalProperties: false } : same;
}

const OUTPUTS = { plan: ['--json'], verify: ['--json'], list: ['--json'], doctor: ['--format', 'json'] };

const validators = Object.fromEntries(
  Object.keys(OUTPUTS).map(name => [
    name,
    new Ajv({ strict: true, allowUnionTypes: true }).compile(
      closed(JSON.parse(readFileSync(join(SCHEMAS, `${name}.schema.json`), 'utf8'))) as Schema,
    ),
  ]),
);

function mustBeValid(name: string, stdout: string): void {
  const validate = validators[name];
  validate?.(JSON.parse(stdout));
  expect(validate?.errors ?? []).toEqual([]);
}

const GENERATORS = `
  mail = { files.password = { }; files.user.secret = false; script = "echo x > $out/password; echo ada > $out/user"; };
  hash = { dependencies = [ "mail" ]; files.hash.secret = false; script = "cat $in/mail/password > $out/hash"; };
  asked = { prompts.token.type = "hidden"; files.token = { }; script = "cat $prompts/token > $out/token"; };
  lost = { dependencies = [ "nobody" ]; files.x = { }; script = "echo x > $out/x"; };
`;

describe.each(Object.entries(OUTPUTS))('%s as JSON', (name, options) => {
  it.each(['fleet', 'broken-fleet'])('is as its schema says in the example %s', async example => {
    mustBeValid(name, (await varsmith([name, join(EXAMPLES, example), ...options])).stdout);
  });

  it('is as its schema says before and after a run, with problems, and for others', async () => {
    const made = await fleet({ lea: GENERATORS, emily: GENERATORS });
    const says = async () => mustBeValid(name, (await made.run([name, ...options])).stdout);
    await says();
    await made.run(['generate', '-g', 'hash', '--yes', '--no-sandbox']);
    made.machine('noa', GENERATORS);
    await says();
    made.machine('ida', 'lost = { files.x = { }; dependencies = [ "none" ]; script = "x"; };');
    await says();
    // A name that there is not is a wrong use of the command, of which there is no JSON.
    if (name === 'plan' || name === 'verify')
      expect(await made.run([name, ...options, '-g', 'no-such'])).toMatchObject({ code: 2, stdout: '' });
  });
});

it('doctor has something to say of any folder', async () => {
  mustBeValid('doctor', (await varsmith(['doctor', folder({ 'a.nix': '{ }' }), '--format', 'json'])).stdout);
});
