/** Writes the result of a scaffolding command, tells git of new files, or shows it as a diff, and prints the remaining steps. */
import { editedFiles, type Refused, type Scaffolded } from '../../editor/scaffold/scaffold.ts';
import { makeKnownToGit } from '../../workspace/add-to-git.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { makeFolders, writeChanges } from '../../workspace/write.ts';
import { EXIT, type Io, printable } from '../io.ts';
import { printDiff } from './check/check-fix.ts';

/**
 * Applies the result.
 * @returns the exit code
 * @throws Error with the reason for a refusal; WriteError if the files could not be written
 */
export async function applyScaffolded(
  workspace: Workspace,
  scaffolded: Scaffolded | Refused,
  dryRun: boolean,
  io: Io,
): Promise<number> {
  if ('refused' in scaffolded) throw new Error(scaffolded.refused);
  const around = { fleet: workspace.fleet(), files: workspace.files };
  const changes = editedFiles(around, scaffolded.edits);
  if (dryRun) {
    printDiff(changes, io);
    return EXIT.ok;
  }
  const created = changes.filter(({ before }) => before === null).map(({ path }) => path);
  makeFolders(workspace.root, created);
  writeChanges(workspace.root, changes);
  for (const { path, before } of changes) {
    io.stdout.write(`${before === null ? 'new    ' : 'changed'} ${printable(path)}\n`);
  }
  const git = await makeKnownToGit(workspace.root, created, io.env, false);
  const notes = [...scaffolded.notes, ...(git.left === null ? [] : [git.left])];
  for (const note of notes) io.stderr.write(`varsmith: ${printable(note)}\n`);
  return EXIT.ok;
}
