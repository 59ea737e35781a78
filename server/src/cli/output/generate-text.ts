/** Prints the results of generators. */

import { someText } from '../../generate/plan/plan-words.ts';
import type { FileResult, StepResult } from '../../generate/run/step-results.ts';
import { type Io, painter, printable } from '../io.ts';

export function writeResult({ step, outcome, message, output, files, undeclared }: StepResult, io: Io): void {
  const { generator } = step;
  const paint = painter(io.stderr, io.env);
  if (outcome !== 'stored') {
    io.stderr.write(`${paint(outcome === 'failed' ? 'red' : 'yellow', printable(message))}\n`);
    for (const line of output.split('\n').filter(text => text !== ''))
      io.stderr.write(`  ${printable(line)}\n`);
    return;
  }
  const machines = generator.machines.join(', ');
  for (const file of files) io.stdout.write(fileText(`${generator.name}/${file.name}`, file, machines));
  if (undeclared.names.length > 0)
    io.stderr.write(
      `${paint('yellow', 'note:')} the script of ${printable(generator.name)} also wrote ${printable(someText(undeclared.names, undeclared.more))}, which is not declared and was not stored\n`,
    );
}

/** Returns the line about a file, in clan's words. */
function fileText(id: string, { secret, before, after }: FileResult, machines: string): string {
  const name = printable(id);
  if (secret) return `Updated secret var ${name} for machines: ${machines}\n`;
  if (before !== null && after !== null && before.equals(after))
    return `Var ${name} for machines: ${machines} remains unchanged\n`;
  return `Updated var ${name} for machines: ${machines}\n  old: ${shownValue(before)}\n  new: ${shownValue(after)}\n`;
}

const MAX_SHOWN = 200;

/** Returns a public value as a single line. */
export function shownValue(value: Buffer | null): string {
  if (value === null) return '<not set>';
  const text = value.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(value)) return '<binary blob>';
  const line = printable(text.replace(/\n$/, '').replaceAll('\n', ' ⏎ '));
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line;
}

/** Returns a value for JSON, as text if its bytes are valid UTF-8. */
export function valueData(value: Buffer): { readonly encoding: 'utf8' | 'base64'; readonly value: string } {
  const text = value.toString('utf8');
  return Buffer.from(text, 'utf8').equals(value)
    ? { encoding: 'utf8', value: text }
    : { encoding: 'base64', value: value.toString('base64') };
}
