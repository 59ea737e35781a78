/**
 * Reports a run to a program that reads a single JSON object at the end. A person at the terminal may still be asked.
 */
import { accessData } from '../../generate/backends/access-change.ts';
import type { Reporter } from '../../generate/run/reporter.ts';
import type { StepResult } from '../../generate/run/step-results.ts';
import { type Io, say } from '../io.ts';
import { jsonText } from '../output/json-text.ts';
import { planData } from '../output/plan-text.ts';
import { terminalAsking } from './text-reporter.ts';

/**
 * Returns the reporter.
 * @param root absolute path of the fleet
 */
export function programReporter(root: string, io: Io): Reporter {
  return {
    ...terminalAsking(io),
    planned() {},
    access() {},
    note: sentence => say(io, sentence),
    started() {},
    result() {},
    ended({ outcome, plan, backend, results, access, fixed }) {
      if (outcome === 'refused') return;
      const about = { schemaVersion: 1, root, backend, ...planData(plan) };
      io.stdout.write(
        `${jsonText({ ...about, results: results.map(resultData), access: accessData(access), fixed })}\n`,
      );
    },
  };
}

function resultData({ step, outcome, message, output, files, undeclared }: StepResult) {
  const { key, name, machine, machines } = step.generator;
  return {
    ...{ key, generator: name, machine, machines, outcome, message, output },
    ...{ undeclared: undeclared.names, undeclaredMore: undeclared.more },
    files: files.map(({ name: file, secret, path }) => ({ name: file, secret, path })),
  };
}
