/** `varsmith rules`: lists all rules, one per line, with the severities in effect. */
import type { ConfiguredRule } from '../../workspace/workspace.ts';
import { EXIT, type Io, painter } from '../io.ts';
import { nearestRoot, openConfigured } from '../load.ts';
import { jsonText } from '../output/json-text.ts';
import { defaultSeverity, ruleSummary } from '../output/rule-data.ts';
import { readCommand } from '../table/read-command.ts';

export async function listRules(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('rules', args);
  const { stdout, env } = io;
  const paint = painter(stdout, env);
  const rules = await rulesOf(parsed.positions[0], io);
  if (parsed.flag('json')) {
    const data = rules.map(({ rule, severity }) => ({
      ...ruleSummary(rule),
      severity: severity ?? defaultSeverity(rule),
    }));
    stdout.write(`${jsonText({ schemaVersion: 1, rules: data })}\n`);
    return EXIT.ok;
  }
  const ids = Math.max(...rules.map(({ rule }) => rule.id.length));
  for (const { rule, severity } of rules) {
    const usual = defaultSeverity(rule);
    const usualNote = severity === null || severity === usual ? '' : ` (${usual} by default)`;
    const shown = (severity ?? usual).padEnd(7);
    stdout.write(
      `${paint('bold', rule.id.padEnd(ids))}  ${shown}  ${rule.summary}${paint('dim', usualNote)}\n`,
    );
  }
  return EXIT.ok;
}

/** Returns the configured rules; outside a fleet they have their defaults. */
async function rulesOf(rootArgument: string | undefined, io: Io): Promise<readonly ConfiguredRule[]> {
  if (rootArgument !== undefined || nearestRoot(io.cwd) !== null)
    return (await openConfigured(rootArgument, io)).rules;
  const { rules } = await import('../../checks/rules/index.ts');
  return rules.map(rule => ({ rule, severity: null }));
}
