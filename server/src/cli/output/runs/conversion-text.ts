/** Formats the result of a conversion of secrets to vars as text and as JSON. */

import { counted } from '../../../checks/facts/wording.ts';
import { listed } from '../../../generate/plan/plan-words.ts';
import type { Rehearsal } from '../../../workspace/convert-secrets.ts';
import { type Io, printable, say } from '../../io.ts';
import { printDiff } from '../check/check-fix.ts';

/** Prints a conversion for a person; in a dry run, with the diffs of modules. */
export function writeConversion(
  { converted, kept, unreadable, modules, encrypted, removed, newKeys, notes }: Rehearsal,
  isDry: boolean,
  io: Io,
): void {
  if (isDry)
    printDiff(
      modules.map(({ path, before, after }) => ({ path, before, after: after ?? '' })),
      io,
    );
  const would = (word: string, past: string) => (isDry ? `would ${word}` : past);
  const write = (line: string) => io.stdout.write(`${printable(line)}\n`);
  for (const machine of newKeys)
    write(`${would('make', 'made')} a key for machine ${machine}, which had none`);
  for (const { conversion, stored } of converted)
    for (const { key, machines, from } of stored)
      write(
        `${would('store', 'stored')} ${key}/${conversion.generator} for ${listed(machines)}, from ${from.path}${from.names.length === 0 ? '' : ` (${from.names.join('/')})`}`,
      );
  for (const { path } of modules) if (!isDry) write(`changed ${path}`);
  for (const { path } of encrypted) write(`${would('take', 'took')} what was converted out of ${path}`);
  for (const path of removed) write(`${would('remove', 'removed')} ${path}`);
  for (const { reason } of kept) say(io, `Left as it is: ${reason}`);
  say(io, ...notes);
  if (converted.length === 0 && kept.length === 0) write('There is nothing to convert.');
  else if (converted.length > 0 && !isDry)
    say(
      io,
      `${counted(converted.length, 'secret')} converted, nothing committed: review with "git diff --cached", take it back with "varsmith convert --undo". Until they are deployed, the machines have the old values.`,
    );
  if (unreadable.length > 0)
    say(
      io,
      `${counted(unreadable.length, 'file')} could not be read (${listed(unreadable)}): what is kept there ${isDry ? 'would be' : 'is'} left as it is.`,
    );
}

/** Returns what a dry run prints: the diffs of modules, and what would be stored for whom. */
export function conversionText(rehearsal: Rehearsal, io: Io): string {
  let text = '';
  const write = (part: string) => {
    text += part;
    return true;
  };
  const stdout = { write, isTTY: false };
  writeConversion(rehearsal, true, { ...io, stdout, stderr: { write: () => true, isTTY: false } });
  return text;
}

/** Returns a conversion as plain data. */
export function conversionData(
  { converted, kept, unreadable, modules, encrypted, removed, newKeys, notes }: Rehearsal,
  root: string,
  dryRun: boolean,
) {
  return {
    ...{ schemaVersion: 1, root, dryRun },
    converted: converted.map(({ conversion: { keeper, name, generator, share }, stored }) => ({
      ...{ keeper, name, generator, share },
      stored: stored.map(({ key, machines, from }) => ({
        key,
        machines,
        file: from.path,
        keyInFile: from.names.join('/'),
      })),
    })),
    kept: kept.map(({ keeper, name, reason }) => ({ keeper, name, reason })),
    unreadable,
    modules: modules.map(module => module.path),
    encrypted: encrypted.map(file => file.path),
    ...{ removed, newKeys, notes },
  };
}
