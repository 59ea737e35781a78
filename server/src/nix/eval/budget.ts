/** Limits for the work that a question may take before evaluation gives up. */

/** Thrown when evaluation gives up, because it has used its steps or nests too deeply. No partial result is kept. */
export class BudgetExceeded extends Error {
  readonly reason: 'steps' | 'depth';
  constructor(reason: 'steps' | 'depth') {
    super(reason === 'steps' ? 'evaluation takes too many steps' : 'evaluation nests too deeply');
    this.reason = reason;
  }
}

/** The nesting of forces and applications at which evaluation gives up, well within JavaScript's stack. */
export const MAX_DEPTH = 700;

/** The steps allowed for a top-level question. */
export const DEFAULT_STEPS = 400_000;
