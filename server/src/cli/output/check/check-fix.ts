/** `varsmith check --fix`: applies safe fixes to the files or, in a dry run, prints them as a diff. */

import { counted } from '../../../checks/facts/wording.ts';
import type { Finding } from '../../../checks/rule.ts';
import { type ChangedFile, type FixOutcome, fixAll } from '../../../workspace/fix.ts';
import type { Workspace } from '../../../workspace/workspace.ts';
import { writeChanges } from '../../../workspace/write.ts';
import { type Io, painter, printable } from '../../io.ts';
import { unifiedDiff } from '../unified-diff.ts';

/**
 * Applies the fixes. Afterwards the workspace has the new texts.
 * @param wanted selects the findings to fix
 * @returns the number of applied fixes
 * @throws WriteError if the files could not be written
 */
export function fix(
  workspace: Workspace,
  wanted: (findings: readonly Finding[]) => readonly Finding[],
  dryRun: boolean,
  io: Io,
): number {
  const outcome = fixAll(workspace, wanted);
  if (outcome.broken.length > 0) throw new Error(brokenText(outcome));
  if (dryRun) printDiff(outcome.changes, io);
  else writeChanges(workspace.root, outcome.changes);
  const verb = dryRun ? 'would apply' : 'applied';
  const { applied, changes } = outcome;
  const note = outcome.settled ? '' : ' Some fixes undo one another; check the result.';
  io.stderr.write(
    `varsmith: ${verb} ${counted(applied, 'fix', 'fixes')} in ${counted(changes.length, 'file')}.${note}\n`,
  );
  return applied;
}

function brokenText({ broken }: FixOutcome): string {
  return `After the fixes ${broken.join(', ')} would not be valid Nix any more, so nothing was written. This is a mistake in Varsmith: please report it.`;
}

/** Prints the changes as a unified diff. */
export function printDiff(changes: readonly ChangedFile[], { stdout, env }: Io): void {
  const paint = painter(stdout, env);
  for (const { path, before, after } of changes) {
    const diff = unifiedDiff(path, before, after);
    if (!stdout.isTTY) stdout.write(diff);
    else for (const line of diff.trimEnd().split('\n')) stdout.write(`${coloured(line)}\n`);
  }

  function coloured(line: string): string {
    const text = printable(line);
    if (line.startsWith('---') || line.startsWith('+++')) return paint('bold', text);
    if (line.startsWith('@@')) return paint('cyan', text);
    if (line.startsWith('-')) return paint('red', text);
    return line.startsWith('+') ? paint('green', text) : text;
  }
}
