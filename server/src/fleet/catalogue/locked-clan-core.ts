/** Which clan-core a flake has locked: how old it is, of which branch, and whether it is a fork. Reads `flake.lock`. */

import { type Lock, lockOf } from '../../flake/flake-lock.ts';
import type { NixFiles } from '../../nix/eval/value.ts';

/** What the lock says of clan-core. */
export interface LockedClanCore {
  /** When its commit was made, in seconds since 1970. */
  readonly time: number;
  /**
   * Its changes of main are all those up to `from`, and none after `until`: both are `time` on main. A release takes from main
   * what was there when it branched off, and later what is chosen; what a pinned commit is of is not known.
   */
  readonly from: number;
  readonly until: number;
  /** True for one that does not come from where clan-core is developed. */
  readonly isFork: boolean;
}

const lockedIn = new WeakMap<Lock, { readonly locked: LockedClanCore | null }>();

/** Returns null where there is no lock, or none of clan-core. */
export function lockedClanCore(files: Pick<NixFiles, 'kind' | 'text'>): LockedClanCore | null {
  const lock = lockOf(files);
  if (lock === null) return null;
  let known = lockedIn.get(lock);
  if (known === undefined) {
    known = { locked: readLock(lock) };
    lockedIn.set(lock, known);
  }
  return known.locked;
}

const UNKNOWN: LockedClanCore = { time: 0, from: 0, until: Number.POSITIVE_INFINITY, isFork: true };

/** Returns the clan-core that a flake is evaluated with; null where nothing is locked yet: the newest will be. */
export function usedClanCore(files: Pick<NixFiles, 'kind' | 'text'>): LockedClanCore | null {
  return lockOf(files) === null && files.kind('flake.lock') === null
    ? null
    : (lockedClanCore(files) ?? UNKNOWN);
}

/** Where clan-core is developed, and its mirror. */
const UPSTREAM =
  /\bgit\.clan\.lol[/:](api\/v1\/repos\/)?clan\/clan-core\b|\bgithub\.com[/:]clan-lol\/clan-core\b/;

function readLock({ inputs, own }: Lock): LockedClanCore | null {
  const all = inputs.filter(({ where }) => /\bclan-core\b/.test(where));
  const named = all.find(({ name }) => name === own['clan-core']);
  const meant = named ?? all[0];
  if (meant === undefined) return null;
  // With several of them under other names, nothing tells which one is meant but that none is newer than the newest.
  const time = named?.time ?? Math.max(...all.map(input => input.time));
  return { time, ...ofMain(meant.branch, time), isFork: !UPSTREAM.test(meant.where) };
}

/** A release is named after its month and branched off in it, or later: `26.05`. */
const RELEASE = /^(\d\d)\.(\d\d)$/;

function ofMain(branch: string | null, time: number): Pick<LockedClanCore, 'from' | 'until'> {
  if (branch === 'main') return { from: time, until: time };
  const [, year, month] = RELEASE.exec(branch ?? '') ?? [];
  const from = year === undefined ? 0 : Date.UTC(2000 + Number(year), Number(month) - 1) / 1000;
  return { from: Math.min(from, time), until: time };
}
