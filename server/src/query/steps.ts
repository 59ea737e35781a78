/**
 * Computations in steps. Others may run between two steps, and the rest can be given up: what was computed until then is
 * kept by whoever keeps answers.
 */

export type Steps<T> = Generator<void, T, void>;

/** Takes all steps that are left, at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
