/** Reads the clan-core that a flake has locked from `flake.lock`: its age, its branch, and whether it is a fork. */

import { type Lock, lockOf } from '../../flake/flake-lock.ts';
import type { NixFiles } from '../../nix/eval/value.ts';
import { memoized } from '../../std.ts';

/** The locked version of clan-core. */
export interface LockedClanCore {
  /** The time of its commit, in seconds since 1970. */
  readonly time: number;
  /**
   * Bounds for the changes of the main branch that it contains: all up to `from`, none after `until`. On main, both are
   * `time`. A release has what main had when it was branched off, and chosen later changes; the branch of a pinned
   * commit is unknown.
   */
  readonly from: number;
  readonly until: number;
  /** True if it does not come from clan-core's own repository or its mirror. */
  readonly isFork: boolean;
}

/**
 * 2026-08-03, when clan put the placement (`shared`, `per-machine/MACHINE`) into the paths of files and the names of their
 * secrets; in seconds since 1970.
 */
export const NEWER_LAYOUT_TIME = 1_785_715_200;

const lockedIn = memoized(readLock);

/** Returns the locked version of clan-core; null if there is no lock file, or clan-core is not in it. */
export function lockedClanCore(files: Pick<NixFiles, 'kind' | 'text'>): LockedClanCore | null {
  const lock = lockOf(files);
  return lock === null ? null : lockedIn(lock);
}

const UNKNOWN: LockedClanCore = { time: 0, from: 0, until: Number.POSITIVE_INFINITY, isFork: true };

/** Returns the clan-core that evaluates the flake; null if nothing is locked yet, so that the newest will be used. */
export function usedClanCore(files: Pick<NixFiles, 'kind' | 'text'>): LockedClanCore | null {
  return lockOf(files) === null && files.kind('flake.lock') === null
    ? null
    : (lockedClanCore(files) ?? UNKNOWN);
}

/** The repository of clan-core and its mirror. */
const UPSTREAM =
  /\bgit\.clan\.lol[/:](api\/v1\/repos\/)?clan\/clan-core\b|\bgithub\.com[/:]clan-lol\/clan-core\b/;

function readLock({ inputs, inputNodes }: Lock): LockedClanCore | null {
  const all = inputs.filter(({ where }) => /\bclan-core\b/.test(where));
  const named = all.find(({ name }) => name === inputNodes['clan-core']);
  const meant = named ?? all[0];
  if (meant === undefined) return null;
  // If several inputs under other names match, only an upper bound is known: the newest of them.
  const time = named?.time ?? Math.max(...all.map(input => input.time));
  return { time, ...ofMain(meant.branch, time), isFork: !UPSTREAM.test(meant.where) };
}

/** The name of a release, which is the month in which it was branched off, or an earlier one: `26.05`. */
const RELEASE = /^(\d\d)\.(\d\d)$/;

function ofMain(branch: string | null, time: number): Pick<LockedClanCore, 'from' | 'until'> {
  if (branch === 'main') return { from: time, until: time };
  const [, year, month] = RELEASE.exec(branch ?? '') ?? [];
  const from = year === undefined ? 0 : Date.UTC(2000 + Number(year), Number(month) - 1) / 1000;
  return { from: Math.min(from, time), until: time };
}
