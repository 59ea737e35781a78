/** `varsmith convert`: converts secrets of sops-nix and agenix to vars, with their values. */

import { counted } from '../../checks/facts/wording.ts';
import type { Verdict } from '../../editor/convert/plan.ts';
import { suggest } from '../../edits/suggest.ts';
import { findAllKeys } from '../../generate/backends/keys.ts';
import { listed } from '../../generate/plan/plan-words.ts';
import { sourceChanges } from '../../generate/repository/sources.ts';
import { notingDisk, withSession } from '../../generate/run/run-session.ts';
import { joinPath } from '../../nix/eval/paths.ts';
import { type ConvertWish, type Rehearsal, rehearseConversion } from '../../workspace/convert-secrets.ts';
import type { Parsed } from '../arguments.ts';
import { namedIdentities } from '../identities.ts';
import { EXIT, type Io, printable, say, UsageError } from '../io.ts';
import { type OpenFleet, openFleet } from '../open-fleet.ts';
import { printDiff } from '../output/check-fix.ts';
import { jsonText } from '../output/json-text.ts';
import { readCommand } from '../table/read-command.ts';

export async function convert(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('convert', args);
  const choice = choiceFrom(parsed);
  const identities = namedIdentities(parsed.options('identity'), io);
  const open = await openFleet(parsed.option('root'), io);
  if (!open.fleet().isClan)
    throw new Error('There is no clan here that reads vars, so there is nothing to convert secrets to.');
  const note = (sentence: string) => say(io, sentence);
  const rehearse = async () => {
    const keys = await findAllKeys(open.environment, identities);
    const done = await rehearseConversion(open.workspace, open.environment, keys, choice.wish);
    choice.mustBeFound(done);
    return done;
  };
  if (parsed.flag('dry-run')) {
    const done = await notingDisk(open, note, rehearse);
    return report(done, parsed, open, io);
  }
  return withSession(open, { commit: false, note }, async session => {
    const done = await rehearse();
    // Secrets that were named explicitly must all be converted.
    if (parsed.positions.length > 0 && done.kept.length > 0)
      throw new Error([...done.kept.map(secret => secret.reason), 'Nothing was changed.'].join('\n'));
    if (done.converted.length > 0) {
      const { changes, unchanged } = sourceChanges(open.root, [...done.modules, ...done.encrypted]);
      const removals = done.removed.map(path => ({ kind: 'remove', path }) as const);
      await session.apply([...changes, ...removals, ...done.changes], 'vars: convert secrets', [
        ...unchanged,
        ...done.read,
      ]);
    }
    return report(done, parsed, open, io);
  });
}

interface Choice {
  readonly wish: ConvertWish;
  /**
   * Checks that all requested names were found.
   * @throws UsageError
   */
  mustBeFound(done: Rehearsal): void;
}

/** @throws UsageError */
function choiceFrom(parsed: Parsed): Choice {
  const names = parsed.positions;
  const file = parsed.option('file');
  const path = file === undefined ? null : joinPath('', file);
  if (file !== undefined && (path === null || file.startsWith('/')))
    throw new UsageError('--file takes a path inside the root, relative to it.');
  const machines = parsed.options('machine');
  if (names.length === 0 && path === null && !parsed.flag('all') && machines.length === 0)
    throw new UsageError('Convert what? Name secrets, or say --file FILE, --machine M or --all.');
  const name = parsed.option('name');
  if (name !== undefined && names.length !== 1)
    throw new UsageError('--name names the generator of one secret: say which secret.');
  const seen: string[] = [];
  return {
    wish: {
      names: new Map(name === undefined ? [] : [[names[0] as string, name]]),
      keepsOld: parsed.flag('keep-old'),
      // Secrets that were named explicitly must all be converted.
      skipsUnreadable: names.length === 0,
      about(verdict) {
        const title = nameOf(verdict);
        seen.push(title);
        if (names.length > 0 && !names.includes(title)) return false;
        return isIn(verdict, path) && isOn(verdict, machines);
      },
    },
    mustBeFound({ converted, kept }) {
      const secretNames = new Set([
        ...converted.map(secret => secret.conversion.name),
        ...kept.map(secret => secret.name),
      ]);
      for (const name of names) {
        if (secretNames.has(name)) continue;
        const near = suggest(name, seen);
        throw new UsageError(
          seen.includes(name)
            ? `"${name}" is not among the secrets that --file and --machine select.`
            : `There is no secret "${name}".${near === null ? '' : ` Did you mean "${near}"?`}`,
        );
      }
    },
  };
}

function nameOf(verdict: Verdict): string {
  return 'kept' in verdict ? verdict.kept.name : verdict.conversion.name;
}

/** Returns whether the secret is in the encrypted file, or declared in the module. */
function isIn(verdict: Verdict, path: string | null): boolean {
  if (path === null) return true;
  const { paths } = 'kept' in verdict ? verdict.kept : verdict.conversion;
  return paths.includes(path);
}

function isOn(verdict: Verdict, machines: readonly string[]): boolean {
  if (machines.length === 0) return true;
  const { machines: verdictMachines } = 'kept' in verdict ? verdict.kept : verdict.conversion;
  return machines.some(machine => verdictMachines.includes(machine));
}

function report(done: Rehearsal, parsed: Parsed, open: OpenFleet, io: Io): number {
  const isDry = parsed.flag('dry-run');
  const { converted, kept, unreadable, modules, encrypted, removed, newKeys, notes } = done;
  // A dry run succeeds if anything can be converted.
  const failed = (converted.length === 0 && kept.length > 0) || (unreadable.length > 0 && !isDry);
  if (parsed.flag('json')) {
    io.stdout.write(`${jsonText(dataOf(done, open.root, isDry))}\n`);
    return failed ? EXIT.findings : EXIT.ok;
  }
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
      `${counted(converted.length, 'secret')} converted, nothing committed: look at it with "git diff". Until the machines are deployed they have the old ones.`,
    );
  if (unreadable.length > 0)
    say(
      io,
      `${counted(unreadable.length, 'file')} could not be read (${listed(unreadable)}): what is kept there ${isDry ? 'would be' : 'is'} left as it is.`,
    );
  return failed ? EXIT.findings : EXIT.ok;
}

function dataOf(
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
