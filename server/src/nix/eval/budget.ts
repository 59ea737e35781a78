/** How much work a question may be before evaluation gives up on it. */

/** Evaluation was given up: the budget of steps is spent, or it nests too deeply. Nothing half-done is kept. */
export class BudgetExceeded extends Error {
  readonly reason: 'steps' | 'depth';
  constructor(reason: 'steps' | 'depth') {
    super(reason === 'steps' ? 'evaluation takes too many steps' : 'evaluation nests too deeply');
    this.reason = reason;
  }
}

/** Nested forces and applications at which evaluation gives up: well inside what the JavaScript stack holds. */
export const MAX_DEPTH = 700;

/** Steps a single top-level question may take. */
export const DEFAULT_STEPS = 400_000;
