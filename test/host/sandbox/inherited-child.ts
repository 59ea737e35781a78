/** Runs a script in a shared sandbox and prints its output. Run by the tests, as a process that has inherited descriptors. */
import { findSandbox } from '../../../server/src/host/sandbox/find-sandbox.ts';
import { DEFAULT_LIMITS } from '../../../server/src/host/sandbox/limits.ts';
import { runScript } from '../../../server/src/host/sandbox/run-script.ts';
import { openSharedSandbox } from '../../../server/src/host/sandbox/shared-sandbox.ts';

const [way = '', text = ''] = process.argv.slice(2);
const answer = way === 'none' ? null : await findSandbox(process.platform, ['/usr/bin', '/bin']);
const sandbox = answer !== null && 'sandbox' in answer ? answer.sandbox : null;
const cat = way === 'alone' ? null : '/bin/cat';
const shared = await openSharedSandbox({ bash: '/bin/bash', cat, sandbox, limits: DEFAULT_LIMITS });
const result = await runScript({
  text: [text],
  commands: new Map(),
  path: ['/usr/bin', '/bin'],
  bash: '/bin/bash',
  inputs: new Map(),
  prompts: new Map(),
  outputs: [],
  sandbox,
  show: way === 'own' ? ['/usr/share'] : [],
  timeLimitMs: 600_000,
  limits: DEFAULT_LIMITS,
  shared,
});
await shared.close();
process.stdout.write(result.process.stdout);
process.stderr.write(result.process.stderr);
