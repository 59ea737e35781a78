/** What has no end for whoever reads it carelessly: patterns, pipes, devices, expressions that grow. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GeneratingFleet } from '../cli/generating-fleet.ts';
import { write } from '../workspace/support.ts';

const fifo = (path: string) => {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(join(path, '..'), { recursive: true });
  execFileSync('mkfifo', [path]);
};
const endless = (path: string) => {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(join(path, '..'), { recursive: true });
  symlinkSync('/dev/zero', path);
};
const doubled = (operator: string, last: string) =>
  `let ${Array.from({ length: 200 }, (_, i) => `x${i + 1} = x${i} ${operator} x${i};`).join(' ')} x0 = ${last}; in x200`;
const script = (text: string) => (fleet: GeneratingFleet) =>
  fleet.machine('m', `g = { files.a = { }; script = ${text}; };`);

/** By name: what makes a repository that has no end for whoever reads it carelessly. */
export const ENDLESS: Readonly<Record<string, (fleet: GeneratingFleet) => void>> = {
  'a pattern of varsmith.json': ({ root }) => {
    const name = 'a'.repeat(60);
    write(root, `${name}/${name}.nix`, '{ }');
    writeFileSync(
      join(root, 'varsmith.json'),
      JSON.stringify({ exclude: [`**/${'*a'.repeat(14)}b`], registryFiles: [`${'a*'.repeat(20)}b`] }),
    );
  },
  '.git is a pipe': ({ root }) => fifo(join(root, '.git')),
  '.git is endless': ({ root }) => endless(join(root, '.git')),
  '.git/index is a pipe': ({ root }) => fifo(join(root, '.git/index')),
  '.git/index is endless': ({ root }) => endless(join(root, '.git/index')),
  '.git/config is a pipe': ({ root }) => fifo(join(root, '.git/config')),
  '.git/HEAD is endless': ({ root }) => endless(join(root, '.git/HEAD')),
  '.git leads to a pipe': ({ root }) => {
    fifo(join(root, 'pipe'));
    rmSync(join(root, '.git'), { recursive: true });
    writeFileSync(join(root, '.git'), 'gitdir: ./pipe\n');
  },
  'files that are pipes': ({ root }) =>
    [
      'x.nix',
      '.sops.yaml',
      'flake.lock',
      'varsmith.json',
      'sops/users/e/key.json',
      'vars/shared/q/v/value',
      '.gitattributes',
      '.clan-flake',
    ].forEach(path => void fifo(join(root, path))),
  'files without end': ({ root }) =>
    [
      'x.nix',
      '.sops.yaml',
      'flake.lock',
      'varsmith.json',
      'sops/users/e/key.json',
      'vars/shared/q/v/value',
    ].forEach(path => void endless(join(root, path))),
  'a secret that is a pipe': ({ root }) => fifo(join(root, 'vars/per-machine/m/a/s/secret')),
  'a value without end': ({ root }) => endless(join(root, 'vars/per-machine/m/a/p/value')),
  'links in a cycle': ({ root }) => {
    symlinkSync('.', join(root, 'loop'));
    symlinkSync('..', join(root, 'machines/loop'));
  },
  'large files': ({ root }) => {
    for (const path of ['big.nix', 'flake.lock', 'varsmith.json', 'vars/shared/q/v/value', '.git/index'])
      write(root, path, Buffer.alloc(60_000_000, '['));
  },
  'strings that double': script(doubled('+', '"aaaaaaaa"')),
  'lists that double': fleet =>
    fleet.machine('m', `g = { files.a = { }; dependencies = ${doubled('++', '[ "a" ]')}; };`),
  'a list of a billion': script('builtins.concatStringsSep "," (builtins.genList toString 1000000000)'),
  'deep brackets': script(`${'('.repeat(20_000)}"x"${')'.repeat(20_000)}`),
  'a regular expression': script(`toString (builtins.match "(a*)*(a*)*b" "${'a'.repeat(45)}")`),
  'endless recursion': script('let f = n: f (n + 1) + "x"; in f 0'),
  'concatMap that grows': script(
    `builtins.concatStringsSep "" (${'builtins.concatMap (x: [ x x x ]) ('.repeat(40)}[ "a" ]${')'.repeat(40)})`,
  ),
};
