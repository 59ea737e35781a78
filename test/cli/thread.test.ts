/** Looking at a large store in a thread of its own: what it finds is what is found without one. */
import { existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findSandbox } from '../../server/src/host/sandbox/find-sandbox.ts';
import { write } from '../workspace/support.ts';
import { fleet } from './generating-fleet.ts';
import { buildProgram, start } from './program.ts';

const hasSandbox = 'sandbox' in (await findSandbox(process.platform, ['/usr/bin', '/bin']));
const BOX = hasSandbox ? [] : ['--no-sandbox'];

buildProgram();

const MACHINES = Array.from({ length: 50 }, (_, at) => `m${String(at).padStart(2, '0')}`);
const GENERATOR =
  'g = { files.key = { }; files.open.secret = false; validation.of = 1; script = "echo k > $out/key; echo o > $out/open"; };';

describe('a store of many machines', () => {
  it('is seen by plan, list and verify as it is, from another thread', async () => {
    const made = await fleet(Object.fromEntries(MACHINES.map(name => [name, GENERATOR])));
    expect((await made.run(['generate', ...BOX])).stderr).not.toContain('failed');
    const machine = (name: string) => join(made.root, 'vars/per-machine', name, 'g');
    rmSync(join(machine('m01'), 'key/secret'));
    rmSync(join(machine('m02'), 'open'), { recursive: true });
    writeFileSync(join(machine('m03'), '.validation-hash'), 'of something else');
    rmSync(join(machine('m04'), 'key/machines/m04'));
    symlinkSync(join(made.root, 'sops/machines/m06'), join(machine('m05'), 'key/machines/m06'));
    rmSync(join(made.root, 'sops/machines/m07'), { recursive: true });
    writeFileSync(join(machine('m08'), 'key/secret'), '{}');

    // Notes that another thread has begun.
    const [notes, marker] = [join(made.home, 'notes.cjs'), join(made.home, 'thread')];
    write(
      made.home,
      'notes.cjs',
      `if (!require('node:worker_threads').isMainThread) require('node:fs').writeFileSync('${marker}', '');`,
    );
    const threaded = { ...made, env: { NODE_OPTIONS: `--require=${notes}` } };
    for (const command of ['plan', 'list', 'verify']) {
      const alone = await made.run([command, '--json']);
      const { code, output } = await start(threaded, command, '--json').ended;
      expect([code, JSON.parse(output)]).toEqual([alone.code, JSON.parse(alone.stdout)]);
      expect([command, existsSync(marker)]).toEqual([command, true]);
      rmSync(marker);
    }
    const { problems } = JSON.parse((await made.run(['verify', '--json'])).stdout);
    const about = problems.map(
      ({ key, kind }: { key: string; kind: string }) => `${key.slice(12, 15)} ${kind}`,
    );
    expect(about).toEqual([
      ...['m01 missing', 'm02 missing', 'm03 outdated', 'm08 unusable'],
      ...['m04 access', 'm05 access', 'm07 access'],
    ]);
  });
});
