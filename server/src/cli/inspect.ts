/** `varsmith inspect`: what a fleet declares, uses and has stored. */
import { oneOf, readArguments } from './arguments.ts';
import { inspection } from './inspection.ts';
import { EXIT, type Io, printable } from './io.ts';
import { openWorkspace, problemLines } from './load.ts';

export async function inspect(args: readonly string[], io: Io): Promise<number> {
  const given = readArguments(args, { format: 'value' }, 1);
  const format = oneOf('--format', given.option('format'), ['text', 'json'], 'text');
  const workspace = await openWorkspace(given.positions[0], io);
  for (const line of problemLines(workspace)) io.stderr.write(`varsmith: ${printable(line)}\n`);
  const found = inspection(workspace);
  if (format === 'json') io.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  else (await import('./inspect-text.ts')).writeInspection(found, io);
  return EXIT.ok;
}
