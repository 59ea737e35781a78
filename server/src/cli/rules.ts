/** `varsmith rules`: all rules, one a line. */
import { rules } from '../checks/index.ts';
import { readArguments } from './arguments.ts';
import { EXIT, type Io, painter } from './io.ts';

export async function listRules(args: readonly string[], { stdout, env }: Io): Promise<number> {
  readArguments(args, {}, 0);
  const paint = painter(stdout, env);
  const ids = Math.max(...rules.map(({ id }) => id.length));
  for (const { id, severity, summary } of rules) {
    stdout.write(`${paint('bold', id.padEnd(ids))}  ${severity.padEnd(7)}  ${summary}\n`);
  }
  return EXIT.ok;
}
