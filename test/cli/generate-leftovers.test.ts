/** What runs that did not end well have left behind, and what becomes of it. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fleet } from './generation.ts';

const GENERATOR = 'g = { files.s = { }; script = "echo secret > $out/s"; };';

describe('the empty folder of a machine', { timeout: 60_000 }, () => {
  it('is that of a machine without a key, which gets one', async () => {
    const made = await fleet({ m: GENERATOR });
    mkdirSync(join(made.root, 'sops/machines/m'), { recursive: true });
    const { code, stderr } = await made.run(['generate', '--no-sandbox']);
    expect([code, stderr]).toEqual([0, expect.stringContaining('Machine m has a key now.')]);
    expect((await made.run(['verify'])).code).toBe(0);
  });

  it('is named where secrets are for the machine, and put right', async () => {
    const made = await fleet({ m: GENERATOR });
    await made.run(['generate', '--no-sandbox']);
    rmSync(join(made.root, 'sops/machines/m/key.json'));
    const { code, stdout } = await made.run(['verify']);
    expect([code, stdout]).toEqual([
      1,
      expect.stringContaining('per-machine/m/g/s is for machine m, which has no key. "varsmith fix" puts'),
    ]);
    const fixed = await made.run(['fix']);
    expect([fixed.code, fixed.stderr]).toEqual([0, expect.anything()]);
    expect((await made.run(['verify'])).code).toBe(0);
  });
});
