/**
 * Asks Nix about the flake of a workspace: locates Nix, limits it, and caches its answers in the person's cache
 * folder.
 */

import type { NixAnswer, NixMachine, NixWitness } from '../fleet/model/nix-answer.ts';
import type { Realise } from '../generate/run/evaluated-scripts.ts';
import { topOfWorkTree } from '../host/git/git-folder.ts';
import { keptFiles } from '../host/programs/kept-files.ts';
import { evaluationsAtOnce, findNixEvaluator, type NixLimits } from '../host/programs/nix-evaluator.ts';
import { findNixJobs } from '../host/programs/nix-jobs.ts';
import { keptMachines } from '../witness/answer-cache.ts';
import { askNix } from '../witness/ask.ts';
import { type Account, disagreementIn } from '../witness/disagreement.ts';
import { noteAsked } from '../witness/last-asked.ts';
import { realiseScripts } from '../witness/realise.ts';

export interface AskOptions {
  /** The person's environment variables; by default those of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Selects machines; by default all. */
  readonly isWanted?: ((machine: string) => boolean) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Limits per machine; missing ones have their defaults. */
  readonly limits?: Partial<NixLimits>;
  /** How many machines are evaluated at once; by default as many as there is memory for. */
  readonly workers?: number;
  readonly onMachine?: ((machine: NixMachine, done: number, all: number) => unknown) | undefined;
}

/** Nix's answer, or a sentence with the reason why it was not asked. */
export type Asked =
  | {
      readonly answer: NixAnswer;
      readonly milliseconds: number;
      /** When the flake was read, in ISO 8601. */
      readonly at: string;
    }
  | { readonly absent: string };

/** Limits per machine. */
const LIMITS: NixLimits = { timeMs: 300_000, memoryBytes: 4 * 2 ** 30, outputBytes: 32 * 2 ** 20 };

/**
 * Asks Nix about a flake. The workspace must be trusted, since evaluating a flake runs its code as far as Nix allows.
 * @param root absolute path
 * @throws HostFailure if Nix cannot be started, or git's folder is unreadable
 */
export async function askAbout(root: string, options: AskOptions): Promise<Asked> {
  const { env = process.env, signal } = options;
  const [begun, at] = [performance.now(), new Date().toISOString()];
  const nix = await findNixEvaluator({ env, signal });
  if ('missing' in nix) return { absent: nix.message };
  const limits = { ...LIMITS, ...options.limits };
  const files = keptFiles(env, 'nix');
  const answer = await askNix({
    nix,
    jobs: await findNixJobs({ env, signal }),
    folder: { root, top: topOfWorkTree(root) },
    limits,
    workers: options.workers ?? evaluationsAtOnce(limits.memoryBytes / 2),
    now: () => performance.now(),
    isWanted: options.isWanted ?? null,
    kept: files && ((version, flake, reference) => keptMachines(files, version, flake, reference)),
    ...(options.onMachine === undefined ? {} : { onMachine: options.onMachine }),
  });
  const milliseconds = Math.round(performance.now() - begun);
  if (files !== null) noteAsked(files, root, answer, { at, milliseconds });
  return { answer, milliseconds, at };
}

/** Builds may take long: programs are downloaded or compiled. */
const BUILD_LIMIT_MS = 3_600_000;

/** Returns a function that has Nix build what scripts use, for a folder that the person trusts. */
export function realiserFor(root: string, { env = process.env }: Pick<AskOptions, 'env'>): Realise {
  return async (machine, generators, signal) => {
    const nix = await findNixEvaluator({ env, signal });
    if ('missing' in nix) return { packages: new Map(), failure: nix.message };
    const folder = { root, top: topOfWorkTree(root) };
    return realiseScripts(nix, folder, { ...LIMITS, timeMs: BUILD_LIMIT_MS }, { machine, generators });
  };
}

/**
 * Returns an account of what Nix contradicts in these fleets, without names and values.
 * @param version the version of this program
 */
export function accountOf(witnesses: readonly NixWitness[], version: string): Account {
  return disagreementIn(witnesses, version);
}
