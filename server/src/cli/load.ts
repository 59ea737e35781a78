/** Opens the workspace that a command is about. */
import { readdirSync, statSync } from 'node:fs';
import { findRoot } from '../workspace/discovery.ts';
import { loadEngine } from '../workspace/engine.ts';
import { createWorkspace, type Workspace } from '../workspace/workspace.ts';
import { absolutePath } from './arguments.ts';
import { type Io, UsageError } from './io.ts';

/**
 * @param given ROOT as typed; undefined: the nearest root upward from the current folder
 * @throws UsageError if there is no such folder, or it cannot be read
 */
export async function openWorkspace(given: string | undefined, io: Io): Promise<Workspace> {
  const root = given === undefined ? nearestRoot(io.cwd) : absolutePath(io.cwd, given);
  rejectUnreadable(root, given ?? root);
  const warn = (line: string) => io.stderr.write(`varsmith: ${line}\n`);
  const workspace = createWorkspace({ root, engine: await loadEngine(), log: warn });
  for (const problem of workspace.problems) warn(problem);
  return workspace;
}

function nearestRoot(cwd: string): string {
  const root = findRoot(cwd);
  if (root !== null) return root;
  throw new UsageError(
    `No folder from ${cwd} upward has .clan-flake, flake.nix or .git. Name the folder of the fleet.`,
  );
}

function rejectUnreadable(root: string, shown: string): void {
  try {
    if (!statSync(root).isDirectory()) throw new UsageError(`"${shown}" is not a folder.`);
    readdirSync(root);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM')
      throw new UsageError(`There is no permission to read "${shown}".`);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new UsageError(`There is no folder "${shown}".`);
    throw new UsageError(`"${shown}" cannot be read (${code ?? 'unknown reason'}).`);
  }
}

/** How many `.nix` files a workspace has. */
export function countFiles(workspace: Workspace): number {
  let count = 0;
  for (const _ of workspace.files.nixFiles()) count++;
  return count;
}
