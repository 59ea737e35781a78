/**
 * Uses `nix-eval-jobs`, where it is installed, to evaluate many expressions with several workers that restart when they have used up
 * their memory. Knows nothing of the expressions' subject.
 *
 * Protocol: README.md of nix-eval-jobs. It evaluates a set of derivations and prints a line of JSON for each, in any order: `attrPath`,
 * and either `error` or what the derivation is, with its `meta` where `--meta` is given. A value of `meta` may be text but not null, so
 * a job carries its value as JSON in `meta.value`, which all versions print (`--apply` came only in 2.27).
 */

import * as v from 'valibot';
import { findCommand } from './commands.ts';
import {
  BUILDS_NOTHING,
  type EvaluatorOptions,
  environmentOf,
  NIX_FOLDERS,
  type NixLimits,
  type NixReply,
  readsItsOwnWriting,
} from './nix-evaluator.ts';
import { runProcess } from './process.ts';

export interface NixJobs {
  /**
   * Evaluates the jobs of an expression. A job without a reply was not evaluated: the program has ended before, for whatever reason.
   * @param expression a set of derivations by job, each with `meta.value`: JSON as text
   */
  evaluate(expression: string, options: JobOptions): Promise<void>;
}

export interface JobOptions {
  /** Time without any reply, heap of a worker, and output of a job. */
  readonly limits: NixLimits;
  readonly workers: number;
  /** Called for each job when it is done. */
  readonly onReply: (job: string, reply: NixReply) => unknown;
}

const LINE = v.object({
  attrPath: v.tuple([v.string()]),
  error: v.optional(v.string()),
  meta: v.optional(v.object({ value: v.string() })),
});

/** Options that are needed, by which versions that lack one are recognised. */
const NEEDED = ['expr', 'max-memory-size', 'meta', 'option', 'show-trace', 'workers'];
const HELP_LIMIT_MS = 20_000;
const HELP_BYTES = 256 * 1024;
/** Limit for the messages of all jobs, which their replies repeat. */
const MESSAGES_BYTES = 1024 * 1024;
/** No job takes days; a reply that does not come in time ends the program long before. */
const DAY_MS = 24 * 3_600_000;

/** What `nix --offline` means, as settings: nix-eval-jobs has no such option. */
const OFFLINE = Object.entries({
  substitute: 'false',
  'tarball-ttl': '4294967295',
  'download-attempts': '0',
  'connect-timeout': '1',
  'pure-eval': 'true',
  'extra-experimental-features': 'nix-command flakes',
}).flatMap(([name, value]) => ['--option', name, value]);

/** Finds nix-eval-jobs. Returns null if it is not installed, or too old. */
export async function findNixJobs({ env, signal }: EvaluatorOptions): Promise<NixJobs | null> {
  const program = await findCommand('nix-eval-jobs', [...(env.PATH ?? '').split(':'), ...NIX_FOLDERS]);
  if (program === null) return null;
  const help = await runProcess(program, ['--help'], {
    cwd: '/',
    env: environmentOf(env, { memoryBytes: 2 ** 30 }),
    timeLimitMs: HELP_LIMIT_MS,
    outputLimitBytes: HELP_BYTES,
    ...(signal === undefined ? {} : { signal }),
  });
  const options = new Set(
    [...help.stdout.toString('utf8').matchAll(/^ *--([a-z-]+)/gm)].map(([, name]) => name),
  );
  if (!NEEDED.every(name => options.has(name))) return null;
  // Derivations are written into the store without it.
  const mode = options.has('no-instantiate') ? ['--no-instantiate'] : [];
  return {
    async evaluate(expression, { limits, workers, onReply }) {
      const stopping = new AbortController();
      const stop = () => stopping.abort();
      signal?.addEventListener('abort', stop, { once: true });
      if (signal?.aborted) stop();
      let waiting = setTimeout(stop, limits.timeMs);
      const lines = lineReader(2 * limits.outputBytes, stop, line => {
        const read = replyIn(line);
        if (read === null) return;
        clearTimeout(waiting);
        waiting = setTimeout(stop, limits.timeMs);
        if (!readsItsOwnWriting(read.reply)) onReply(read.job, read.reply);
      });
      const megabytes = Math.floor(limits.memoryBytes / 2 / 2 ** 20);
      const amounts = ['--workers', String(workers), '--max-memory-size', String(megabytes)];
      const options = [...amounts, ...mode, '--meta', '--show-trace', ...OFFLINE, ...BUILDS_NOTHING];
      try {
        await runProcess(program, [...options, '--expr', expression], {
          cwd: '/',
          env: environmentOf(env, limits),
          timeLimitMs: DAY_MS,
          outputLimitBytes: MESSAGES_BYTES,
          onOutput: lines,
          signal: stopping.signal,
        });
      } finally {
        clearTimeout(waiting);
        signal?.removeEventListener('abort', stop);
      }
    },
  };
}

/**
 * Returns a function that takes output in pieces and gives whole lines.
 * @param limitBytes of a line
 * @param onTooLong called when a line is longer; nothing is read any further then
 */
function lineReader(limitBytes: number, onTooLong: () => void, onLine: (line: string) => void) {
  let pieces: Buffer[] = [];
  let size = 0;
  return (chunk: Buffer) => {
    let rest = chunk;
    for (let end = rest.indexOf(10); end >= 0 && size <= limitBytes; end = rest.indexOf(10)) {
      onLine(Buffer.concat([...pieces, rest.subarray(0, end)]).toString('utf8'));
      [pieces, size, rest] = [[], 0, rest.subarray(end + 1)];
    }
    size += rest.length;
    if (size > limitBytes) {
      pieces = [];
      onTooLong();
    } else pieces.push(rest);
  };
}

/** Returns the reply of a job, or null if the line is none. */
function replyIn(line: string): { readonly job: string; readonly reply: NixReply } | null {
  const parsed = v.safeParse(LINE, jsonIn(line));
  if (!parsed.success) return null;
  const { attrPath, error, meta } = parsed.output;
  const [job] = attrPath;
  if (error !== undefined) return { job, reply: { kind: 'error', stderr: error } };
  const value = jsonIn(meta?.value ?? '');
  return value === undefined ? null : { job, reply: { kind: 'value', value } };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No reply at all.
    return undefined;
  }
}
