/** Rejects stores that git cannot commit, since they are behind a link. */
import { join } from 'node:path';
import { namesIn, notBehindLinks } from '../../host/git/behind-links.ts';
import type { RunEnvironment } from '../run-environment.ts';

const STORES = ['vars', 'sops'];
const FOLDERS = ['vars/shared', 'vars/per-machine', 'sops/secrets', 'sops/users', 'sops/machines'];

/**
 * Rejects a repository whose store is behind a link, before anything runs.
 *
 * @throws HostFailure naming the link
 */
export function mustBeCommittable({ root, directory }: RunEnvironment): void {
  const check = notBehindLinks(root);
  for (const folder of FOLDERS) check(join(directory, folder, 'file'));
  const machines = join(directory, 'vars/per-machine');
  for (const machine of namesIn(join(root, machines))) check(join(machines, machine, 'file'));
}

/**
 * Rejects stored files behind a link further down. Other files, such as modules, may have been reached through one.
 *
 * @param paths relative to the root @throws HostFailure naming the link
 */
export function mustBeCommittableAt({ root, directory }: RunEnvironment, paths: readonly string[]): void {
  const check = notBehindLinks(root);
  const stores = STORES.map(store => join(directory, store, '/'));
  for (const path of paths) if (stores.some(store => path.startsWith(store))) check(path);
}
