/** `varsmith check` as a whole process: on a real repository, and on fleets of growing size. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { memoryOf } from '../driver/memory.mjs';
import { statistics } from '../driver/statistics.mjs';
import { writeFleet } from '../fleet.mjs';
import { findCli } from '../servers.mjs';
import { missing, timed } from './cells.mjs';

const SIZES = [10, 50, 100, 200];
const KEYS = 200;
/** Often enough that little can be allocated after the last look. */
const LOOK_EVERY_MS = 5;
const LONGEST_MS = 120_000;

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

async function repeat(times, run) {
  const results = [];
  for (let i = 0; i < times; i++) results.push(await run());
  return results;
}

/**
 * One run. Looking at its memory costs it time, so that a run is either timed or looked at.
 * @throws if it fails, does not end or says nothing that can be read
 */
async function runCheck([program, ...args], root, look = false) {
  const started = performance.now();
  const child = spawn(program, [...args, 'check', root, '--format', 'json'], { stdio: 'pipe' });
  child.stdin.end();
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', text => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', text => {
    output.stderr += text;
  });
  let peakMiB = 0;
  const watch = look
    ? setInterval(() => {
        peakMiB = Math.max(peakMiB, memoryOf(child.pid)?.peakMiB ?? 0);
      }, LOOK_EVERY_MS)
    : undefined;
  const limit = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
  try {
    const status = await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    const milliseconds = performance.now() - started;
    if (status !== 0 && status !== 1) throw new Error(lastLine(output.stderr) || `ended with ${status}`);
    return { milliseconds, peakMiB: peakMiB || null, findings: JSON.parse(output.stdout).findings.length };
  } finally {
    clearInterval(watch);
    clearTimeout(limit);
  }
}

function lastLine(text) {
  return text.trim().split('\n').at(-1);
}
