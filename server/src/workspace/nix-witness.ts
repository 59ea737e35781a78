/** Asks Nix about the flake of a workspace: finds it, bounds it, and keeps its answers in the person's cache folder. */

import type { NixAnswer, NixMachine } from '../fleet/model/nix-answer.ts';
import { topOfWorkTree } from '../host/git/git-folder.ts';
import { keptFiles } from '../host/programs/kept-code.ts';
import { evaluationsAtOnce, findNixEvaluator, type NixLimits } from '../host/programs/nix-evaluator.ts';
import { keptMachines } from '../witness/answer-cache.ts';
import { askNix } from '../witness/ask.ts';

export interface AskOptions {
  /** The person's environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Only these machines; undefined: all. */
  readonly isWanted?: ((machine: string) => boolean) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Limits for one machine; those that are left out are the usual ones. */
  readonly limits?: Partial<NixLimits>;
  readonly onMachine?: ((machine: NixMachine, done: number, all: number) => unknown) | undefined;
}

/** Either what Nix says, or a sentence on why it was not asked. */
export type Asked =
  | { readonly answer: NixAnswer; readonly milliseconds: number }
  | { readonly absent: string };

const LIMITS: NixLimits = { timeMs: 300_000, memoryBytes: 4 * 2 ** 30, outputBytes: 32 * 2 ** 20 };

/**
 * The workspace has to be trusted: to evaluate a flake is to run what it says, as far as Nix lets it.
 *
 * @param root absolute
 * @throws HostFailure where Nix cannot be started, or git's folder is none that can be read
 */
export async function askAbout(root: string, options: AskOptions): Promise<Asked> {
  const { env, signal } = options;
  const begun = performance.now();
  const nix = await findNixEvaluator({ env, signal });
  if ('missing' in nix) return { absent: nix.message };
  const limits = { ...LIMITS, ...options.limits };
  const files = keptFiles(env, 'nix');
  const answer = await askNix({
    nix,
    folder: { root, top: topOfWorkTree(root) },
    limits,
    workers: evaluationsAtOnce(limits.memoryBytes / 2),
    now: () => performance.now(),
    isWanted: options.isWanted ?? null,
    kept: files && ((version, flake, reference) => keptMachines(files, version, flake, reference)),
    ...(options.onMachine === undefined ? {} : { onMachine: options.onMachine }),
  });
  return { answer, milliseconds: Math.round(performance.now() - begun) };
}
