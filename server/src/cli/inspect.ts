/** `varsmith inspect`: what a fleet declares, uses and has stored. */
import { setFlagsFromString } from 'node:v8';
import { oneOf, readArguments } from './arguments.ts';
import { inspection, inspectionParts } from './inspection.ts';
import { EXIT, type Io, printable } from './io.ts';
import { openWorkspace, problemLines } from './load.ts';
import { writeInspectionJson } from './write-inspection.ts';

export async function inspect(args: readonly string[], io: Io): Promise<number> {
  letGarbageGoEarly();
  const given = readArguments(args, { format: 'value' }, 1);
  const format = oneOf('--format', given.option('format'), ['text', 'json'], 'text');
  const workspace = await openWorkspace(given.positions[0], io);
  for (const line of problemLines(workspace)) io.stderr.write(`varsmith: ${printable(line)}\n`);
  if (format === 'json') await writeInspectionJson(inspectionParts(workspace), io);
  else (await import('./inspect-text.ts')).writeInspection(inspection(workspace), io);
  return EXIT.ok;
}

/**
 * The model of a large fleet is made once and only grows; V8 would let what is no longer needed of its making grow to
 * as much again before it looks. Looking more often takes a twentieth of the time and saves a tenth of the memory.
 * Electron may have its flags frozen, and is left alone.
 */
function letGarbageGoEarly(): void {
  if (process.versions.electron === undefined) setFlagsFromString('--heap-growing-percent=70');
}
