/** `varsmith check` as a whole process: on a real repository, and on fleets of growing size. */
import { join } from 'node:path';
import { statistics } from '../driver/statistics.mjs';
import { writeFleet } from '../fleet.mjs';
import { findCli } from '../servers.mjs';
import { missing, timed } from './cells.mjs';
import { repeat, runProgram } from './program.mjs';

const SIZES = [10, 50, 100, 200];
const KEYS = 200;

export async function checkRepository({ clanCore, repetitions, tell }) {
  if (clanCore === undefined) return { check: { varsmith: missing('no --clan-core DIR given') } };
  const cli = findCli();
  if (cli.missing !== undefined) return { check: { varsmith: cli } };
  tell('check on clan-core');
  try {
    const runs = await repeat(repetitions.check, () => runCheck(cli.command, clanCore));
    return { check: { varsmith: timed(statistics(runs.map(run => run.milliseconds))) } };
  } catch (error) {
    return { check: { varsmith: missing(error.message) } };
  }
}

/** For each size: files, milliseconds, MiB at the peak; or why there is nothing. */
export async function scaling({ work, repetitions, tell }) {
  const cli = findCli();
  if (cli.missing !== undefined) return cli;
  const sizes = [];
  for (const machines of SIZES) {
    tell(`check on ${machines} machines`);
    const root = join(work, `fleet-${machines}`);
    const { files } = writeFleet(root, { machines, keys: KEYS });
    try {
      const runs = await repeat(repetitions.scaling, () => runCheck(cli.command, root));
      const { peakMiB, findings } = await runCheck(cli.command, root, true);
      const { p50, p95 } = statistics(runs.map(run => run.milliseconds));
      sizes.push({ machines, files: files.size, p50, p95, peakMiB, findings });
    } catch (error) {
      return missing(`${machines} machines: ${error.message}`);
    }
  }
  return { sizes };
}

/** One run of `check`. */
async function runCheck(command, root, look = false) {
  const { output, ...run } = await runProgram([...command, 'check', root, '--format', 'json'], look);
  return { ...run, findings: JSON.parse(output).findings.length };
}
