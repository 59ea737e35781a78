/** `varsmith convert`: converts secrets of sops-nix and agenix to vars, with their values. */

import { RunFailure } from '../../generate/run-failure.ts';
import type { Rehearsal } from '../../workspace/convert-secrets.ts';
import { runConversion, undoConversion } from '../../workspace/run-conversion.ts';
import type { Parsed } from '../arguments.ts';
import { choiceFrom } from '../conversion-choice.ts';
import { namedIdentities } from '../identities.ts';
import { EXIT, type Io, printable, say, UsageError } from '../io.ts';
import { openFleet } from '../open-fleet.ts';
import { jsonText } from '../output/json-text.ts';
import { conversionData, conversionText, writeConversion } from '../output/runs/conversion-text.ts';
import { readCommand } from '../table/read-command.ts';

export async function convert(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('convert', args);
  if (parsed.flag('undo')) return undo(parsed, io);
  const choice = choiceFrom(parsed);
  const identities = namedIdentities(parsed.options('identity'), io);
  const open = await openFleet(parsed.option('root'), io);
  if (!open.fleet().isClan)
    throw new RunFailure(
      'There is no clan here that reads vars, so there is nothing to convert secrets to.',
      'docs/migrate.md shows how a fleet becomes one ("Without a clan").',
      'no-clan',
    );
  const isDry = parsed.flag('dry-run');
  const rehearsal = await runConversion(
    open,
    { wish: choice.wish, identities, isDry, needsAll: parsed.positions.length > 0 },
    {
      note: sentence => say(io, sentence),
      rehearsed: choice.mustBeFound,
      ended(done) {
        if (parsed.flag('json')) {
          const preview = isDry ? { preview: conversionText(done, io) } : {};
          io.stdout.write(`${jsonText({ ...conversionData(done, open.root, isDry), ...preview })}\n`);
        } else writeConversion(done, isDry, io);
      },
    },
  );
  return hasFailed(rehearsal, isDry) ? EXIT.findings : EXIT.ok;
}

/** Returns whether secrets remain that should have been converted. In a dry run, unreadable files are no failure. */
function hasFailed({ converted, kept, unreadable }: Rehearsal, isDry: boolean): boolean {
  return (converted.length === 0 && kept.length > 0) || (unreadable.length > 0 && !isDry);
}

async function undo(parsed: Parsed, io: Io): Promise<number> {
  if (parsed.positions.length > 0)
    throw new UsageError('--undo takes back all of the last conversion: name no secret.');
  const open = await openFleet(parsed.option('root'), io);
  const restored = await undoConversion(open, note => say(io, note));
  if (parsed.flag('json')) io.stdout.write(`${jsonText({ schemaVersion: 1, root: open.root, restored })}\n`);
  else {
    for (const path of restored) io.stdout.write(`${printable(`restored ${path}`)}\n`);
    say(io, 'The conversion was taken back: modules, encrypted files and vars are as they were before it.');
  }
  return EXIT.ok;
}
