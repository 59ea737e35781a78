// Seed 000, what is run for real: its title begins with the number of its statement.
import { expect, test } from 'vitest';
import { fleet } from '../cli/generating-fleet.ts';

test('0.5: generate makes what is missing, and --regenerate what is there', async () => {
  const made = await fleet({
    lea: `token = { files.token.secret = false; script = "echo -n $RANDOM$RANDOM$RANDOM > $out/token"; };`,
  });
  const token = async () => (await made.run(['get', 'lea', 'token/token'])).stdout;
  expect((await made.run(['generate'])).code).toBe(0);
  const first = await token();
  expect(first).toMatch(/^\d+$/);
  expect((await made.run(['generate'])).stdout).toContain('Nothing to generate.');
  expect(await token()).toBe(first);
  expect((await made.run(['generate', '--regenerate', '--yes'])).code).toBe(0);
  expect(await token()).not.toBe(first);
});
