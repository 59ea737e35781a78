/** `varsmith inspect`: prints what a fleet declares, uses and has stored. */
import type { Workspace } from '../../workspace/workspace.ts';
import { oneOf } from '../arguments.ts';
import { EXIT, type Io, printable } from '../io.ts';
import { openWorkspace, problemLines } from '../load.ts';
import { askedByOption } from '../nix-option.ts';
import { inspection, inspectionParts, placesBy } from '../output/inspection.ts';
import { nixData, nixText, type Witnessed } from '../output/nix-report.ts';
import { spansIn } from '../output/positions.ts';
import { writeInspectionJson } from '../output/write-inspection.ts';
import { readCommand } from '../table/read-command.ts';

export async function inspect(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('inspect', args);
  const format = oneOf('--format', parsed.option('format'), ['text', 'json'], 'text');
  const workspace = await openWorkspace(parsed.positions[0], io);
  for (const line of problemLines(workspace)) io.stderr.write(`varsmith: ${printable(line)}\n`);
  const nix = await askedByOption(parsed, workspace, io);
  if (format === 'json') {
    const parts = inspectionParts(workspace);
    await writeInspectionJson(
      nix === null
        ? parts
        : { ...parts, nix: nixData(nix, witnessedIn(workspace), placesBy(spansIn(workspace.files))) },
      io,
    );
  } else
    (await import('../output/inspect-text.ts')).writeInspection(
      inspection(workspace),
      io,
      nix && nixText(nix, witnessedIn(workspace)),
    );
  return EXIT.ok;
}

function witnessedIn(workspace: Workspace): Witnessed {
  return workspace.fleet().nix ?? { facts: [], secrets: [] };
}
