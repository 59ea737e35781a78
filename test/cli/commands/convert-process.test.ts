/** `varsmith convert` as a program of its own: killed at one operation after the other, and with no memory to hide in. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { isWhole, strideOf } from '../../support/runs.ts';
import { buildProgram, everythingIn, gitObjects, MEMORY, start, temporary } from '../program.ts';
import { sopsFleet } from '../sops-fleet.ts';

const CANARY = 'canary-e07a-do-not-print';
const LEA = 'machines/lea/configuration.nix';
const NOA = 'machines/noa/configuration.nix';
const SECRETS = 'secrets/lea.yaml';
const TEXT = `{ config, ... }:
{
  sops.defaultSopsFile = ../../secrets/lea.yaml;
  sops.secrets."api/token" = { };
  sops.secrets.other.path = "/x";
  services.a.file = config.sops.secrets."api/token".path;
}
`;
const SHARED = '{ sops.secrets.shared.sopsFile = ../../secrets/gone.json; imports = [ ]; }\n';

buildProgram();

describe('kill -9', { timeout: 300_000 }, () => {
  let hook = '';
  const stride = strideOf(11);

  beforeAll(async () => {
    const built = await build({
      entryPoints: [join(import.meta.dirname, '../../host/files/crashing-program.ts')],
      ...{ bundle: true, platform: 'node', format: 'esm', write: false },
    });
    hook = built.outputFiles[0]?.text ?? '';
  });

  it('at one operation after the other leaves everything converted, or nothing', async () => {
    let [undone, finished] = [0, 0];
    for (let at = 1; ; at += stride) {
      const made = await sopsFleet(
        {
          [LEA]: TEXT,
          [NOA]: SHARED.replace('shared.sopsFile', 'shared = { format = "json"; sopsFile').replace(
            '.json;',
            '.json; };',
          ),
        },
        { [SECRETS]: { 'api/token': CANARY, other: 'o' }, 'secrets/gone.json': { shared: CANARY } },
      );
      const script = join(made.home, 'hook.mjs');
      writeFileSync(script, hook);
      const env = {
        ...{ CRASH_AT: String(at), NODE_OPTIONS: `--import=${script}` },
        VARSMITH_NO_CODE_CACHE: '1',
      };
      const { code, output } = await start({ ...made, env }, 'convert', '--all').ended;
      const base = join(made.home, '..');
      expect(everythingIn(base) + gitObjects(made.root) + output).not.toContain(CANARY);
      expect(everythingIn(temporary(made))).toBe('');
      if (code === 0) break;
      expect([code, at]).toEqual(['SIGKILL', at]);
      // Whoever writes next brings it to its end, or takes it back.
      const goesOn = at % 2 === 1;
      const next = await made.run(goesOn ? ['convert', '--all'] : ['fix']);
      const wasFinished = next.stderr.includes('has been completed');
      // One that is left as it is is all that is left then.
      const nothingLeft = goesOn && !next.stdout.includes('stored');
      expect([next.code, next.stderr, at]).toEqual([nothingLeft ? 1 : 0, expect.any(String), at]);
      const isDone = made.text(LEA) !== TEXT;
      const places = [
        'vars/per-machine/lea/api-token/api-token/secret',
        'vars/per-machine/noa/shared/shared/secret',
      ];
      expect(places.map(path => existsSync(join(made.root, path)))).toEqual([isDone, isDone]);
      expect(existsSync(join(made.root, 'secrets/gone.json'))).toBe(!isDone);
      expect(Object.keys(await made.values(SECRETS))).toEqual(isDone ? ['other'] : ['api/token', 'other']);
      if (goesOn || wasFinished) expect(isDone).toBe(true);
      if (wasFinished) finished++;
      else undone++;
      if (!isDone) {
        const again = await made.run(['convert', '--all']);
        expect([again.code, again.stderr, at]).toEqual([0, expect.any(String), at]);
      }
      expect(made.git('status', '--porcelain')).not.toContain('.varsmith-');
      for (const [machine, id] of [
        ['lea', 'api-token/api-token'],
        ['noa', 'shared/shared'],
      ] as const)
        expect((await made.run(['get', machine, id])).stdout).toBe(CANARY);
    }
    expect(undone + finished).toBeGreaterThan(0);
    if (isWhole) expect([undone > 2, finished > 1]).toEqual([true, true]);
  });
});

describe('a plaintext', () => {
  it('lies in no file, not even in memory', async () => {
    const made = await sopsFleet({ [LEA]: TEXT }, { [SECRETS]: { 'api/token': CANARY, other: 'o' } });
    const dry = await start(made, 'convert', '--all', '--dry-run').ended;
    const done = await start(made, 'convert', 'api/token', '--json').ended;
    expect([dry.code, done.code]).toEqual([0, 0]);
    const all = [join(made.home, '..'), MEMORY].map(everythingIn).join('');
    expect(all + gitObjects(made.root) + dry.output + done.output).not.toContain(CANARY);
  });
});
