/** Programs that a repository brings in the hope that somebody starts them, and what has run of them. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GeneratingFleet } from '../cli/generating-fleet.ts';

const PROGRAMS = [
  'git',
  'age',
  'nix',
  'nix-store',
  'nix-instantiate',
  'bwrap',
  'sh',
  'bash',
  'node',
  'pass',
  'clan',
  'ssh',
];

/** @returns absolute path of one that notes that it was run */
export function plantPrograms({ root }: GeneratingFleet): string {
  const evil = join(root, 'evil.sh');
  for (const path of [
    evil,
    ...['.', 'bin'].flatMap(folder => PROGRAMS.map(name => join(root, folder, name))),
  ]) {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, `#!/bin/sh\necho "$0" >> ${join(root, '../ran')}\n`);
    chmodSync(path, 0o755);
  }
  return evil;
}

/** What has run since it was asked last. */
export function ran({ root }: GeneratingFleet): string | null {
  const path = join(root, '../ran');
  if (!existsSync(path)) return null;
  const text = readFileSync(path, 'utf8');
  rmSync(path);
  return `runs ${text}`;
}
