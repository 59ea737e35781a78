/**
 * Computes the path of a generated file in the repository and on the machine that it is deployed to.
 * Source: clan-core d7c35d912, nixosModules/clanCore/vars/secret/{sops,age,password-store}; the placement has been
 * part of the path since 2026-08-03.
 */
import { varFolder } from './changes.ts';
import type { Backend } from './read.ts';

/** A file of a generator. `machine` is a name, or a placeholder to display for any machine. */
export interface StoredFile {
  readonly generator: string;
  readonly file: string;
  readonly share: boolean;
  readonly machine: string;
  /** `services` by default. */
  readonly neededFor: string | null;
}

/** Returns `shared/<generator>` or `per-machine/<machine>/<generator>`. */
function placementOf({ generator, share, machine }: StoredFile): string {
  return share ? `shared/${generator}` : `per-machine/${machine}/${generator}`;
}

/**
 * Returns the path of a public file's value inside the repository.
 * @param directory the clan's folder
 */
export function publicValuePath(directory: string, file: StoredFile): string {
  return `${varFolder(directory, placementOf(file), file.file)}/value`;
}

/** Returns the absolute path of a deployed secret on its machine, with the default settings of the backend. */
export function deployedPath(file: StoredFile, backend: Backend): string {
  const below = `${placementOf(file)}/${file.file}`;
  const sops = backend === 'sops';
  switch (file.neededFor) {
    case 'users':
      return sops ? `/run/secrets-for-users/vars/${below}` : `/run/user-secrets/${below}`;
    case 'activation':
      return `${sops ? '/var/lib/sops-nix' : '/etc/secret-vars'}/activation/${below}`;
    case 'partitioning':
      return `/run/partitioning-secrets/${below}`;
    default:
      return sops ? `/run/secrets/vars/${below}` : `/run/secrets/${below}`;
  }
}
