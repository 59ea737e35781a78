/** Formats the result of a trial as text, as JSON, and as an event for programs. */

import type { TrialEvent } from '../../../../../client/src/run-protocol.ts';
import { countText } from '../../../generate/plan/plan-words.ts';
import { NOTHING } from '../../../generate/run/step-results.ts';
import type { Trial } from '../../../generate/run/trial.ts';
import { type Io, painter, printable } from '../../io.ts';
import { shownValue } from '../generate-text.ts';
import type { WhereOf } from '../script-places.ts';

type TrialData = ReturnType<typeof trialData>;

/** Returns the event that reports a trial. Values that are not valid UTF-8 are `null` in it. */
export function trialEvent({ execution, generator }: Trial, data: TrialData, whereOf: WhereOf): TrialEvent {
  const outputs = execution.outcome === 'cancelled' ? null : execution.outputs;
  const line = execution.outcome === 'failed' ? execution.line : null;
  return {
    event: 'trial',
    ...data,
    files: data.files.map(file => ({ ...file, value: isText(outputs?.get(file.name)) ? file.value : null })),
    where: whereOf(data.machine, generator.name, line),
  };
}

function isText(bytes: Buffer | undefined): boolean {
  return bytes !== undefined && Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes);
}

/** Returns a trial as plain data, without the values of secrets. */
export function trialData(
  machine: string,
  milliseconds: number,
  { generator, execution, madeUp, dependencies }: Trial,
) {
  const { outputs, undeclared } =
    execution.outcome === 'cancelled'
      ? { outputs: new Map<string, Buffer>(), undeclared: NOTHING.undeclared }
      : execution;
  return {
    ...{ machine, milliseconds },
    generator: generator.name,
    outcome: execution.outcome,
    message: execution.outcome === 'failed' ? execution.message : '',
    output: execution.outcome === 'failed' ? execution.output : '',
    files: generator.files.map(({ name, secret }) => {
      const value = outputs.get(name);
      return {
        ...{ name, secret, written: value !== undefined, size: value?.length ?? null },
        value: secret || value === undefined ? null : value.toString('utf8'),
      };
    }),
    undeclared: undeclared.names,
    undeclaredMore: undeclared.more,
    madeUp,
    dependencies,
  };
}

/** Prints a trial for a person: files on standard output, the output of the script on standard error. */
export function writeTrial({ execution, generator }: Trial, data: TrialData, io: Io): void {
  const paint = painter(io.stdout, io.env);
  const name = printable(generator.name);
  const ended =
    execution.outcome === 'made'
      ? 'ended well'
      : execution.outcome === 'cancelled'
        ? 'was cancelled'
        : execution.message;
  const lines = [`${name} ${ended} (${data.milliseconds} ms). Nothing was stored.`];
  for (const file of data.files) {
    const what = file.secret ? 'secret' : 'public';
    const outputs = execution.outcome === 'cancelled' ? null : execution.outputs.get(file.name);
    const shown = file.secret ? '' : `: ${shownValue(outputs ?? null)}`;
    lines.push(
      file.written
        ? `  ${paint('green', '✓')} ${printable(file.name)} (${what}, ${file.size} bytes)${shown}`
        : `  ${paint('red', '✗')} ${printable(file.name)} (${what}) was not written`,
    );
  }
  for (const undeclared of data.undeclared)
    lines.push(`  ${paint('yellow', '?')} ${printable(undeclared)} is not declared and would not be kept`);
  if (data.undeclaredMore > 0)
    lines.push(`  ${paint('yellow', '?')} and ${countText(data.undeclaredMore)} more that are not declared`);
  if (data.madeUp.length > 0)
    lines.push(`Used placeholder answers for: ${printable(data.madeUp.join(', '))}`);
  if (data.dependencies.length > 0) lines.push(`Run before it: ${printable(data.dependencies.join(', '))}`);
  io.stdout.write(`${lines.join('\n')}\n`);
  for (const line of data.output.split('\n').filter(line => line !== ''))
    io.stderr.write(`  ${printable(line)}\n`);
}
