/** Writes the result of a scaffolding command or shows it as a diff, and prints the remaining steps. */
import { editedFiles, type Refused, type Scaffolded } from '../../editor/scaffold/scaffold.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { makeFolders, writeChanges } from '../../workspace/write.ts';
import { EXIT, type Io, printable } from '../io.ts';
import { printDiff } from './check/check-fix.ts';

/**
 * Applies the result.
 * @returns the exit code
 * @throws Error with the reason for a refusal; WriteError if the files could not be written
 */
export function applyScaffolded(
  workspace: Workspace,
  scaffolded: Scaffolded | Refused,
  dryRun: boolean,
  io: Io,
): number {
  if ('refused' in scaffolded) throw new Error(scaffolded.refused);
  const around = { fleet: workspace.fleet(), files: workspace.files };
  const changes = editedFiles(around, scaffolded.edits);
  if (dryRun) {
    printDiff(changes, io);
    return EXIT.ok;
  }
  makeFolders(
    workspace.root,
    changes.filter(({ before }) => before === null).map(({ path }) => path),
  );
  writeChanges(workspace.root, changes);
  for (const { path, before } of changes) {
    io.stdout.write(`${before === null ? 'new    ' : 'changed'} ${printable(path)}\n`);
  }
  for (const note of scaffolded.notes) io.stderr.write(`varsmith: ${printable(note)}\n`);
  return EXIT.ok;
}
