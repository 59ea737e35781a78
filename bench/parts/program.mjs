/** Whole runs of a program, timed or looked at. */
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { memoryOf } from '../driver/memory.mjs';

/** Often enough that little can be allocated after the last look. */
const LOOK_EVERY_MS = 5;
const LONGEST_MS = 120_000;

export async function repeat(times, run) {
  const results = [];
  for (let i = 0; i < times; i++) results.push(await run());
  return results;
}

/**
 * One run. Looking at its memory costs it time, so that a run is either timed or looked at.
 *
 * @returns its milliseconds, the peak of its memory (null if nobody looked) and its standard output
 * @throws if it fails or does not end
 */
export async function runProgram([program, ...args], look = false) {
  const started = performance.now();
  const child = spawn(program, args, { stdio: 'pipe' });
  child.stdin.end();
  const output = { stdout: [], stderr: '' };
  child.stdout.setEncoding('utf8').on('data', text => output.stdout.push(text));
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
    return { milliseconds, peakMiB: peakMiB || null, output: output.stdout.join('') };
  } finally {
    clearInterval(watch);
    clearTimeout(limit);
  }
}

function lastLine(text) {
  return text.trim().split('\n').at(-1);
}
