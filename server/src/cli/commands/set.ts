/** `varsmith set`: stores a given value. */

import { accessData } from '../../generate/backends/access-change.ts';
import { accessSentences, accessSummary } from '../../generate/backends/access-words.ts';
import { listed } from '../../generate/plan/plan-words.ts';
import { type SetReporter, type SetResult, setVar } from '../../generate/run/set-var.ts';
import type { Parsed } from '../arguments.ts';
import { EXIT, type Io, printable, say, UsageError } from '../io.ts';
import { mustBeMachine, varNamed } from '../names.ts';
import { openFleet } from '../open-fleet.ts';
import { jsonText } from '../output/json-text.ts';
import { givenValue } from '../reporter/given-value.ts';
import { notAsked, terminalAsking } from '../reporter/text-reporter.ts';
import { commits } from '../run-options.ts';
import { readCommand } from '../table/read-command.ts';

export async function set(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('set', args);
  const [machine, id, root] = parsed.positions;
  if (machine === undefined || id === undefined)
    throw new UsageError(
      'Which var? `varsmith set MACHINE GENERATOR/FILE [ROOT]`, with the value on standard input.',
    );
  const open = await openFleet(root, io);
  const isSet = await setVar(
    open,
    { machine, id, isSure: parsed.flag('yes'), commit: commits(parsed, io) },
    reporterFor(machine, id, parsed, io),
  );
  return isSet ? EXIT.ok : EXIT.findings;
}

function reporterFor(machine: string, id: string, parsed: Parsed, io: Io): SetReporter {
  const isJson = parsed.flag('json');
  return {
    note: sentence => say(io, sentence),
    find(generators, machines) {
      mustBeMachine(machines, machine);
      return varNamed(generators, machine, id);
    },
    async confirmAccess(access, asked) {
      if (!isJson) return terminalAsking(io).confirmRun({ overwritten: 0, asked });
      const refused = {
        schemaVersion: 1,
        id,
        refused: accessSentences(asked),
        access: accessData(access),
      };
      io.stdout.write(`${jsonText(refused)}\n`);
      throw notAsked(asked);
    },
    value: () => givenValue(id, io),
    stored(result) {
      if (isJson) writeJson(id, result, io);
      else writeText(id, result, io);
      noteOutdated(result, io);
    },
  };
}

function writeJson(
  id: string,
  { generator: { machines }, access, outdated, dependents }: SetResult,
  io: Io,
): void {
  const data = { schemaVersion: 1, id, machines, dependents, outdated, access: accessData(access) };
  io.stdout.write(`${jsonText(data)}\n`);
}

function writeText(id: string, { generator, file, access }: SetResult, io: Io): void {
  io.stdout.write(
    `Updated ${file.secret ? 'secret var' : 'var'} ${id} for machines: ${generator.machines.join(', ')}\n`,
  );
  for (const line of accessSummary(access)) io.stderr.write(`access: ${printable(line)}\n`);
}

function noteOutdated({ outdated }: SetResult, io: Io): void {
  if (outdated.length === 0) return;
  const those = outdated.length === 1 ? 'it' : 'them';
  say(io, `Made from the older value: ${listed(outdated)}. "varsmith generate" generates ${those} again.`);
}
