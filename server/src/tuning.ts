/** Flags of V8 that our programs are started with, each with what was measured (docs/design/engine.md). */
import type { Start } from './start.ts';
import { growthFlag, USUAL_GROWTH } from './upkeep/v8-flags.ts';

interface Optimising {
  /** Functions are optimised after they have run six times as long as V8 would wait. */
  readonly later: string;
  readonly asUsual: string;
}

/** By the version of V8. It complains about flags that it does not have, so only versions are named that have been tried. */
const OPTIMISING: Readonly<Record<string, Optimising>> = {
  '11.3': { later: '--interrupt-budget=800000', asUsual: '--interrupt-budget=135168' },
  '12.4': {
    later: '--invocation-count-for-turbofan=18000',
    asUsual: '--invocation-count-for-turbofan=3000',
  },
  '13.6': {
    later: '--invocation-count-for-turbofan=18000',
    asUsual: '--invocation-count-for-turbofan=3000',
  },
};

const [version = ''] = /^\d+\.\d+/.exec(process.versions.v8) ?? [];
const optimising = Object.hasOwn(OPTIMISING, version) ? OPTIMISING[version] : undefined;

/**
 * For a command, which ends soon: optimising, which other threads do, took a quarter of its processor time and saved less,
 * on 5 machines as well as on 1,000.
 */
export const OPTIMISED_LATER: readonly string[] = optimising === undefined ? [] : [optimising.later];

/**
 * V8 drops compiled code that has not run for some collections, such as all that a start needs. What is compiled is kept for the next
 * start only after half a minute or at the end, and after a session of typing a third of it was missing: that start took twice as long.
 */
const KEEPING_CODE = '--no-flush-bytecode';

/**
 * For a language server. The first findings are there in four fifths of the time if the cores are left to them. While somebody
 * types, an edit of a registry makes 50 MB of which nothing stays: V8 would let that become ten times as much as the server needs
 * before it looks, which takes no less time.
 */
export const OF_SERVER: Pick<Start, 'flags' | 'atFirst' | 'newSpace' | 'lasts'> = {
  flags: [growthFlag(USUAL_GROWTH), KEEPING_CODE],
  ...(optimising === undefined
    ? {}
    : { atFirst: { flags: [optimising.later], takenBack: [optimising.asUsual] } }),
  /** V8 begins with 1, from which much moves to the old objects while it is in use, and ends with 16, three times over. */
  newSpace: 4,
  lasts: true,
};
