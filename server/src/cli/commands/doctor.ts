/** `varsmith doctor`: examines a fleet and its environment, and prints the report. */

import { IN_TERMINAL } from '../../doctor/actions.ts';
import { examine } from '../../doctor/examine.ts';
import { hasProblems, type Standing } from '../../doctor/report.ts';
import { examinationText } from '../../doctor/text.ts';
import { examinedIn } from '../../workspace/doctor-view.ts';
import { homeIn } from '../../workspace/home.ts';
import { oneOf } from '../arguments.ts';
import { EXIT, type Io, painter, printable } from '../io.ts';
import { openWorkspace, problemLines } from '../load.ts';
import { jsonText } from '../output/json-text.ts';
import { readCommand } from '../table/read-command.ts';

const COLOURS = { found: 'green', absent: 'dim', problem: 'red', unknown: 'yellow' } as const;

export async function doctor(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('doctor', args);
  const format = oneOf('--format', parsed.option('format'), ['text', 'json'] as const, 'text');
  const workspace = await openWorkspace(parsed.positions[0], io);
  const examined = examinedIn(workspace, problemLines(workspace));
  // A person who types the command trusts the folder.
  const around = {
    env: io.env,
    home: homeIn(io.env),
    platform: process.platform,
    trusted: true,
    names: IN_TERMINAL,
  };
  const examination = await examine(examined, around, io.version);
  if (format === 'json') io.stdout.write(`${jsonText({ schemaVersion: 1, ...examination })}\n`);
  else {
    const paint = painter(io.stdout, io.env);
    const marked = (standing: Standing, mark: string) => paint(COLOURS[standing], mark);
    const safe = JSON.parse(JSON.stringify(examination), (_, value) =>
      typeof value === 'string' ? printable(value) : value,
    );
    io.stdout.write(examinationText(safe, marked));
  }
  return hasProblems(examination) ? EXIT.findings : EXIT.ok;
}
