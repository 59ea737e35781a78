/** Runs a program by a runner, and waits for it. Run by the tests, as a process of its own that is killed. */
import { makeRunners } from '../../../server/src/host/sandbox/runner.ts';

const [folder = '', bash = '', script = ''] = process.argv.slice(2);
const runners = makeRunners({ bash, cat: '/bin/cat', before: [], folder, seen: folder });
void runners.run(bash, ['-c', script], { timeLimitMs: 600_000, outputLimitBytes: 1000 });
