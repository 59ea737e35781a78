/** Secrets written in whatever form, with whatever value: what is converted is what was there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sopsFleet } from '../sops-fleet.ts';

const LEA = 'machines/lea/configuration.nix';

const name = fc
  .tuple(
    fc.constantFrom('token', 'api', 'db', 'k1', 'Web_x'),
    fc.option(fc.constantFrom('key', 'a.b', 'x-1')),
  )
  .map(([first, second]) => (second === null ? first : `${first}/${second}`));

const value = fc.oneof(
  fc.constantFrom('a', ' ', 'x\n', '\n', "''${x}", '"\\', 'ENC[x]', 'null', '- a: b\n- c', '#', 'ü€😀'),
  fc.string({ minLength: 1, unit: 'grapheme' }),
);

const option = fc.uniqueArray(
  fc.constantFrom(
    'owner = "nginx";',
    'group = "web";',
    'mode = "0440";',
    'mode = "400";',
    'restartUnits = [ "a.service" ];',
    'restartUnits = [\n      "a.service"\n      "b.service"\n    ];',
    'sopsFile = ../../secrets/lea.yaml;',
  ),
  { maxLength: 4, selector: text => text.slice(0, 5) },
);

/** `x = { … };`, `x.a = …;`, or a set of them. */
const form = fc.constantFrom('set', 'dotted', 'nested');

const secrets = fc.uniqueArray(fc.record({ name, value, options: option, form }), {
  minLength: 1,
  maxLength: 5,
  // Of `api` and `api/key` one would lie in the other, and of `api/x-1` and `api-x-1` the names are one.
  selector: one => one.name.split('/')[0],
});

function moduleOf(
  all: readonly (typeof secrets extends fc.Arbitrary<infer T> ? T : never)[number][],
): string {
  const body = (options: readonly string[]) => `{ ${options.join('\n    ')} }`;
  const outside = all.flatMap(one => {
    const path = `sops.secrets."${one.name}"`;
    if (one.form === 'set') return [`  ${path} = ${body(one.options)};`];
    if (one.form === 'nested') return [];
    return one.options.length === 0
      ? [`  ${path} = { };`]
      : one.options.map(text => `  ${path}.${text.replaceAll('\n    ', '\n  ')}`);
  });
  const nested = all.filter(one => one.form === 'nested');
  const inside =
    nested.length === 0
      ? []
      : ['  sops.secrets = {', ...nested.map(one => `    "${one.name}" = ${body(one.options)};`), '  };'];
  const uses = all.map((one, i) => `  services.s${i}.file = config.sops.secrets."${one.name}".path;`);
  return [
    '{ config, ... }:',
    '{',
    '  sops.defaultSopsFile = ../../secrets/lea.yaml;',
    ...outside,
    ...inside,
    ...uses,
    '}',
    '',
  ].join('\n');
}

it('a secret that is converted is the same var', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(secrets, async all => {
      const text = moduleOf(all);
      const values = Object.fromEntries(all.map(one => [one.name, one.value]));
      const made = await sopsFleet({ [LEA]: text }, { 'secrets/lea.yaml': values });
      const { code, stderr } = await made.run(['convert', '--all']);
      expect([code, stderr, text]).toEqual([0, expect.not.stringContaining('Left as it is'), text]);
      for (const one of all) {
        const id = one.name.replaceAll('/', '-');
        expect((await made.run(['get', 'lea', `${id}/${id}`])).stdout).toBe(one.value);
      }
      const after = made.text(LEA);
      expect(after).not.toContain('sops');
      for (const unit of ['owner', 'group = "web"', 'a.service', 'b.service'])
        expect(after.split(unit).length >= text.split(unit).length).toBe(true);
      expect(existsSync(join(made.root, 'secrets/lea.yaml'))).toBe(false);
      const checked = await made.run(['check', '--format', 'json', '--severity', 'error']);
      const errors = JSON.parse(checked.stdout).findings.filter(
        (one: { severity: string }) => one.severity === 'error',
      );
      expect([errors, after]).toEqual([[], after]);
      expect((await made.run(['generate', '--no-sandbox'])).stdout).toContain('Nothing to generate.');
    }),
    { numRuns: 12 },
  );
});
