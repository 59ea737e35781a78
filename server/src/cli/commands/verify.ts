/**
 * `varsmith verify`: checks that all vars exist, were made from the current inputs, and can be read by their intended
 * readers.
 */
import type { Fleet } from '../../fleet/model/fleet.ts';
import { leftNotes } from '../../generate/run/left-notes.ts';
import { type VerifyChoice, verifyVars } from '../../generate/run/verify-vars.ts';
import { tallyText } from '../../store/vars/tally.ts';
import { EXIT, type Io, painter, printable, say } from '../io.ts';
import { mustBeKnownNames } from '../names.ts';
import { askedByOption } from '../nix-option.ts';
import { openFleet } from '../open-fleet.ts';
import { jsonText } from '../output/json-text.ts';
import { witnessData, witnessText } from '../output/nix-report.ts';
import { noGeneratorsMessage } from '../output/no-generators.ts';
import { readCommand } from '../table/read-command.ts';

export async function verify(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('verify', args);
  const open = await openFleet(parsed.positions[0], io, { scan: 'access' });
  await askedByOption(parsed, open.workspace, io);
  const choice = { machines: parsed.options('machine'), generators: parsed.options('generator') };
  const {
    backend,
    problems: all,
    notes,
    people,
    unknown,
    concerned,
    states,
    summary,
  } = await verifyVars(open, choice, mustBeKnownNames);
  // Leftovers of killed runs were found when the store was opened.
  say(io, ...leftNotes(), ...people, ...(unknown === null ? [] : [unknown]));
  const { nix } = open.fleet();
  if (parsed.flag('json')) {
    const data = {
      schemaVersion: 1,
      root: open.root,
      backend,
      generators: concerned,
      summary,
      states: states.map(state => ({ ...state, ...witnessData(nix, state) })),
      problems: all,
      notes,
    };
    io.stdout.write(`${jsonText(data)}\n`);
  } else {
    const paint = painter(io.stdout, io.env);
    // Written at once, since a large fleet has thousands of lines and each write is a system call.
    const lines = [
      ...all.map(problem => {
        const witness = 'generator' in problem ? witnessText(nix, problem) : '';
        return `${paint('red', '✗')} ${printable(problem.message)}${paint('dim', witness)}\n`;
      }),
      ...notes.map(({ message }) => `${paint('blue', 'note:')} ${printable(message)}\n`),
    ];
    if (all.length === 0)
      lines.push(`${wellText(open.fleet(), concerned, notes.length > 0 || unknown !== null, choice)}\n`);
    else lines.push(`${tallyText(summary, ', ')}.\n`);
    io.stdout.write(lines.join(''));
  }
  return all.length === 0 ? EXIT.ok : EXIT.findings;
}

/** Returns the message of a verification without problems, which may have had nothing to verify. */
function wellText(
  fleet: Fleet,
  concerned: number,
  isPartial: boolean,
  { machines, generators }: VerifyChoice,
): string {
  if (concerned === 0)
    return machines.length + generators.length > 0
      ? 'There is nothing to verify: none of these machines has such a generator.'
      : `There is nothing to verify: ${noGeneratorsMessage(fleet)}`;
  return `All vars${isPartial ? ' that are known here' : ''} are present and valid.`;
}
