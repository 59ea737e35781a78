/** What a person is told of a run. */
import { expect, it } from 'vitest';
import { textReporter } from '../../../server/src/cli/reporter/text-reporter.ts';
import { planRun } from '../../../server/src/generate/plan/planner.ts';

it('names cannot command the terminal', () => {
  let said = '';
  const output = {
    write(text: string | Uint8Array) {
      said += String(text);
    },
    isTTY: true,
  };
  const io = { stdout: output, stderr: output, env: {}, cwd: '/', version: '1', serveStdio: async () => 0 };
  const stored = { has: () => true, validation: () => null };
  const plan = planRun(
    { machines: [], declarations: [], uncertain: [], incomplete: [], stored },
    { machines: [], generators: [], regenerate: false },
  );
  const fixed = ['shared/\u001b[2Jg'];
  textReporter(io).ended({ outcome: 'done', plan, backend: 'sops', results: [], access: [], fixed });
  expect(said).toBe('Access to shared/\ufffd[2Jg brought up to date\nNothing to generate.\n');
});
