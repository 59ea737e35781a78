/**
 * Uses the `nix` command as an evaluator that changes nothing: offline, pure, without builds or writing a lock file,
 * and with limits for time, memory and output; and to build what it names, when that is asked for. Knows nothing of the expressions' subject.
 */

import { availableParallelism, freemem } from 'node:os';
import { findCommand } from './commands.ts';
import { type ProcessResult, runProcess } from './process.ts';
import { withoutKeys } from './program-environment.ts';

export interface NixLimits {
  readonly timeMs: number;
  /** Limit for the evaluator's heap. */
  readonly memoryBytes: number;
  readonly outputBytes: number;
}

/** The result of a question. `stderr` contains Nix's messages with its trace. */
export type NixReply =
  | { readonly kind: 'value'; readonly value: unknown }
  | {
      readonly kind: 'error' | 'timeout' | 'memory' | 'output' | 'garbage' | 'cancelled';
      readonly stderr: string;
    };

export interface NixEvaluator {
  /** The version that Nix reports: `2.26.3`. */
  readonly version: string;
  /** Returns `nix flake metadata` of a flake. Nix copies the files that git tracks into its store for this. */
  metadata(reference: string, limits: NixLimits): Promise<NixReply>;
  /** Returns the value of an expression. */
  evaluate(expression: string, limits: NixLimits): Promise<NixReply>;
  /** Returns the value of an expression, whose derivations and sources are written into the store. */
  instantiate(expression: string, limits: NixLimits): Promise<NixReply>;
  /**
   * Builds or fetches outputs of derivations, also from the network.
   * @param outputs as `/nix/store/….drv^out`
   * @returns the reply with the value null if all are there
   */
  build(outputs: readonly string[], limits: NixLimits): Promise<NixReply>;
}

/** The reason why there is no evaluator. */
export interface NoEvaluator {
  readonly missing: 'nix' | 'version';
  /** The reason as a sentence. */
  readonly message: string;
}

export interface EvaluatorOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

/** The first version whose `nix eval` evaluates flakes like later ones. */
const OLDEST = [2, 18] as const;

/** The folders in which Nix's programs are installed. */
export const NIX_FOLDERS = ['/run/current-system/sw/bin', '/nix/var/nix/profiles/default/bin', '/usr/bin'];
const VERSION_LIMIT_MS = 20_000;
/** Limit for a trace, which may have megabytes for all frames and ends with the error. */
const TRACE_BYTES = 64 * 1024 * 1024;

const FEATURES = ['--extra-experimental-features', 'nix-command flakes'];

/** Settings that prevent builds during an evaluation, and settings of the flake itself. */
export const BUILDS_NOTHING = [
  ...['--option', 'allow-import-from-derivation', 'false', '--option', 'accept-flake-config', 'false'],
  ...['--option', 'warn-dirty', 'false'],
];

/** Options that prevent network access, builds, changes to the repository, and settings of the flake itself. */
const CHANGES_NOTHING = [...[...FEATURES, '--offline', '--no-write-lock-file'], ...BUILDS_NOTHING];

/**
 * Finds Nix and determines its version.
 * @throws HostFailure if it cannot be started
 */
export async function findNixEvaluator({
  env,
  signal,
}: EvaluatorOptions): Promise<NixEvaluator | NoEvaluator> {
  const nix = await findCommand('nix', [...(env.PATH ?? '').split(':'), ...NIX_FOLDERS]);
  if (nix === null) return { missing: 'nix', message: 'Nix is not on PATH, so it cannot be asked.' };
  const run = (args: readonly string[], limits: NixLimits) =>
    runProcess(nix, args, {
      cwd: '/',
      env: environmentOf(env, limits),
      timeLimitMs: limits.timeMs,
      outputLimitBytes: Math.max(limits.outputBytes, TRACE_BYTES),
      ...(signal === undefined ? {} : { signal }),
    });
  const ask = async (command: readonly string[], args: readonly string[], limits: NixLimits) =>
    replyOf(await run([...command, ...CHANGES_NOTHING, ...args], limits), limits);

  const said = await run(['--version'], {
    timeMs: VERSION_LIMIT_MS,
    memoryBytes: 2 ** 30,
    outputBytes: 4096,
  });
  const version = /(\d+)\.(\d+)\S*\s*$/.exec(said.stdout.toString('utf8').slice(0, 4096).trim());
  if (version === null)
    return {
      missing: 'version',
      message: `${nix} does not report its version, so it is not asked.`,
    };
  const [text, major, minor] = [version[0], Number(version[1]), Number(version[2])];
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    return {
      missing: 'version',
      message: `${nix} is Nix ${text}; ${OLDEST.join('.')} or later is needed to be asked.`,
    };
  const evaluate = (mode: readonly string[], expression: string, limits: NixLimits) =>
    ask(['eval'], ['--json', ...mode, '--show-trace', '--expr', expression], limits);
  const build = async (outputs: readonly string[], limits: NixLimits): Promise<NixReply> => {
    const options = ['build', '--no-link', '--keep-going', ...FEATURES, ...BUILDS_NOTHING];
    const { end, code, stderr } = await run([...options, ...outputs], limits);
    if (code === 0) return { kind: 'value', value: null };
    const kind = end === 'timeout' || end === 'cancelled' ? end : 'error';
    return { kind, stderr: stderr.toString('utf8') };
  };
  let mode: readonly string[] = ['--read-only'];
  return {
    version: text,
    build,
    instantiate: (expression, limits) => evaluate([], expression, limits),
    metadata: (reference, limits) => ask(['flake', 'metadata'], ['--json', reference], limits),
    async evaluate(expression, limits) {
      const reply = await evaluate(mode, expression, limits);
      if (!readsItsOwnWriting(reply)) return reply;
      mode = [];
      return evaluate(mode, expression, limits);
    },
  };
}

/** Returns the environment of an evaluator, whose heap ends at the limit: Nix ends with "out of memory" then. */
export function environmentOf(env: EvaluatorOptions['env'], { memoryBytes }: Pick<NixLimits, 'memoryBytes'>) {
  return { ...withoutKeys(env), GC_MAXIMUM_HEAP_SIZE: String(memoryBytes), NO_COLOR: '1' };
}

/** Returns whether an evaluation failed because it reads its own output in the store, such as a text or a filtered folder. */
export function readsItsOwnWriting(reply: NixReply): boolean {
  return reply.kind === 'error' && /^\s*error: path '[^'\n]+' is not valid/m.test(reply.stderr);
}

function replyOf({ end, code, stdout, stderr }: ProcessResult, { outputBytes }: NixLimits): NixReply {
  const said = stderr.toString('utf8');
  if (end === 'cancelled' || end === 'timeout') return { kind: end, stderr: said };
  if (code !== 0) return { kind: ranOutOfMemory(end, said) ? 'memory' : 'error', stderr: said };
  if (stdout.length > outputBytes) return { kind: 'output', stderr: said };
  try {
    return { kind: 'value', value: JSON.parse(stdout.toString('utf8')) };
  } catch {
    return { kind: 'garbage', stderr: said };
  }
}

/** Returns whether Nix ended for lack of memory. The system itself ends such a process by a signal. */
function ranOutOfMemory(end: ProcessResult['end'], stderr: string): boolean {
  return end === 'signal' || /^error: out of memory\s*$|GC Warning: Out of Memory/m.test(stderr.slice(-2000));
}

/** Returns the number of evaluations of this size for which the machine has memory at the same time, at least one. */
export function evaluationsAtOnce(memoryBytes: number): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor((freemem() * 0.7) / memoryBytes)));
}
