/** Descriptors that Varsmith has inherited, such as those that `flock`, editors and terminals leave open. */
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, expect, it } from 'vitest';
import { findSandbox } from '../../../server/src/host/sandbox/find-sandbox.ts';
import { describeIf } from '../../conditionally.ts';
import { testFolder } from '../folders.ts';

const found = await findSandbox(process.platform, ['/usr/bin', '/bin']);
const hasBwrap = 'sandbox' in found && found.sandbox.kind === 'bwrap';

/** Ways to start a script, with their names in the child. */
const WAYS = [
  ['in the room', 'room'],
  ['in a box of its own, by a helper', 'own'],
  ['in a box of its own, without helpers', 'alone'],
  ['without a sandbox', 'none'],
] as const;

describeIf(hasBwrap, 'a script that is started', () => {
  let child: string;
  beforeAll(async () => {
    const built = await build({
      entryPoints: [join(__dirname, 'inherited-child.ts')],
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
    });
    child = built.outputFiles[0]?.text ?? '';
  });

  it.each(WAYS)('%s has no descriptor of a file, a folder or a socket', (_, way) => {
    const folder = testFolder({ 'child.mjs': child, file: '' });
    chmodSync(folder, 0o755);
    // A socket whose other end is open, too.
    const open = `use Socket; socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, PF_UNSPEC); use POSIX; POSIX::dup2(fileno($a), 202); exec @ARGV`;
    const { status, stdout, stderr } = spawnSync(
      '/bin/bash',
      [
        '-c',
        'exec 200<"$1" 201>>"$1/file"; shift; exec "$@"',
        'bash',
        folder,
        ...['/usr/bin/perl', '-e', open],
        ...[process.execPath, join(folder, 'child.mjs'), way],
        'cd /proc/self/fd; for fd in [0-9]*; do [ $fd -lt 3 ] || readlink $fd || :; done; echo done',
      ],
      { encoding: 'utf8' },
    );
    expect([status, stderr]).toEqual([0, '']);
    // Bash has the folder open while it lists it, and the script.
    const others = stdout.split('\n').filter(line => !/^(\/proc\/\d+\/fd|.*\/script)?$/.test(line));
    expect(others).toEqual(['done']);
  });
});
