/** Scripts that are files of the repository, or use some: Nix puts their places in the store where they are named. */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findSandbox } from '../../../server/src/host/sandbox/find-sandbox.ts';
import { write } from '../../workspace/support.ts';
import { fleet, type GeneratingFleet } from '../generating-fleet.ts';

const hasSandbox = 'sandbox' in (await findSandbox(process.platform, ['/usr/bin', '/bin']));
const WAYS = hasSandbox ? [[], ['--no-sandbox']] : [['--no-sandbox']];

/** Beside the configuration of machine `m`. */
function put({ root }: GeneratingFleet, name: string, text: string, mode = 0o644): void {
  write(root, `machines/m/${name}`, text);
  chmodSync(join(root, 'machines/m', name), mode);
}

const shown = async (made: GeneratingFleet, id: string) => (await made.run(['get', 'm', id])).stdout;

describe.each(WAYS.map(way => ({ way, name: way[0] ?? 'in the sandbox' })))('a script $name', ({ way }) => {
  it('may be a file, which is run as a program behind the prompts that are kept', async () => {
    const made = await fleet({
      m: `g = { prompts.p.persist = true; files.p.secret = false; files.x.secret = false; script = ./make; };`,
    });
    put(made, 'make', '#!/bin/sh\necho "$(cat $out/p) and more" > $out/x\n', 0o755);
    const { code, stderr } = await made.run(['generate', ...way, '--prompt', 'g/p=this']);
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    expect(await shown(made, 'g/x')).toBe('this and more\n');
    put(made, 'make', '#!/bin/sh\n');
    const again = await made.run(['generate', ...way, '-g', 'g', '--yes']);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('exit code 126')]);
  });

  it('may name files and folders, wherever it is written', async () => {
    const made = await fleet({
      m: `g = { runtimeInputs = [ pkgs.bash ]; files.x.secret = false; files.y.secret = false; script = ''
          bash \${./tools/id.sh} > $out/x
          cat \${../../lib}/a \${../../lib/b} > $out/y
        ''; };`,
    });
    put(made, 'tools/id.sh', 'echo 17\n');
    write(made.root, 'lib/a', 'a');
    write(made.root, 'lib/b', 'b');
    const { code, stderr } = await made.run(['generate', ...way]);
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    expect([await shown(made, 'g/x'), await shown(made, 'g/y')]).toEqual(['17\n', 'ab']);
  });

  it('that names a file which is not there is not begun', async () => {
    const made = await fleet({ m: 'g = { files.x = { }; script = "cat ${./nothing} > $out/x"; };' });
    const { code, stderr } = await made.run(['generate', ...way]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('Generator "g" uses machines/m/nothing, which does not exist.'),
    ]);
  });
});
