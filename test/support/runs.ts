/**
 * How long the suites search: a share of the cases in `npm test`, which a change waits for, all of them in `npm run test:all`, and as
 * many as are asked for in `npm run fuzz`.
 */
const SHARE_OF_A_CHANGE = 0.15;
const FEWEST = 10;

/** The seed of all that is drawn at random: the same in each run, or that of a longer search, which prints it. */
export const SEED = Number(process.env.VARSMITH_FUZZ_SEED ?? 20_261_122);

/** Whether everything is tried, as each night and before a release. */
export const isWhole = process.env.VARSMITH_TEST_ALL === '1';

/**
 * Returns how far apart the operations are at which a run is killed, of those that `npm run test:all` tries `all` apart.
 * `VARSMITH_EVERY_CRASH=1` leaves none out.
 */
export function strideOf(all: number): number {
  if (process.env.VARSMITH_EVERY_CRASH !== undefined) return 1;
  return isWhole ? all : 4 * all - 1;
}

/** Returns how many cases are tried of something that `npm run test:all` tries `all` times. */
export function runs(all: number): number {
  const asked = process.env.VARSMITH_FUZZ_RUNS;
  if (asked !== undefined) return Number(asked);
  return isWhole ? all : Math.max(Math.min(FEWEST, all), Math.ceil(all * SHARE_OF_A_CHANGE));
}
