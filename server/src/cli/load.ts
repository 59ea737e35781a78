/** Opens the workspace of a command. */
import { readdirSync, statSync } from 'node:fs';
import { findRoot } from '../workspace/discovery.ts';
import { loadEngine } from '../workspace/engine.ts';
import { createWorkspace, type Workspace } from '../workspace/workspace.ts';
import { absolutePath } from './arguments.ts';
import { type Io, UsageError } from './io.ts';
import { spansIn } from './output/positions.ts';

/** Thrown if ROOT does not exist. It may be meant as another argument, which `meant.ts` explains. */
export class NoSuchFolder extends UsageError {
  readonly folder: string;

  constructor(folder: string) {
    super(`There is no folder "${folder}".`);
    this.folder = folder;
  }
}

/** Returns the default root of a command without ROOT, or `null` if there is none. */
export const nearestRoot = findRoot;

/**
 * Opens a workspace.
 * @param rootArgument ROOT as typed; by default the nearest root at or above the current folder
 * @throws UsageError if the folder does not exist or is unreadable
 */
export async function openWorkspace(rootArgument: string | undefined, io: Io): Promise<Workspace> {
  const root = rootArgument === undefined ? nearestRoot(io.cwd) : absolutePath(io.cwd, rootArgument);
  if (root === null)
    throw new UsageError(
      `No folder from ${io.cwd} upward has .clan-flake, flake.nix or .git. Name the folder of the fleet.`,
    );
  rejectUnreadable(root, rootArgument ?? root);
  const warn = (line: string) => io.stderr.write(`varsmith: ${line}\n`);
  return createWorkspace({ root, engine: await loadEngine(), log: warn });
}

/**
 * Opens a workspace like `openWorkspace`, for commands whose result depends on the settings, which therefore must be
 * valid.
 * @throws UsageError for invalid settings, with a line for each: `varsmith.json:3:5: …`
 */
export async function openConfigured(rootArgument: string | undefined, io: Io): Promise<Workspace> {
  const workspace = await openWorkspace(rootArgument, io);
  const lines = problemLines(workspace);
  if (lines.length > 0) throw new UsageError(lines.join('\n'));
  return workspace;
}

/** Returns a line for each invalid setting. */
export function problemLines({ problems, files }: Workspace): string[] {
  const spanOf = spansIn(files);
  return problems.map(({ message, at }) => {
    if (at === null) return message;
    const { line, column } = spanOf(at);
    return `${at.file}:${line}:${column}: ${message}`;
  });
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
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new NoSuchFolder(shown);
    throw new UsageError(`"${shown}" cannot be read (${code ?? 'unknown reason'}).`);
  }
}

/** Returns the number of `.nix` files in a workspace. */
export function countFiles(workspace: Workspace): number {
  let count = 0;
  for (const _ of workspace.files.nixFiles()) count++;
  return count;
}
