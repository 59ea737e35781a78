/** A step of `npm test`; steps.mjs says more of each. */
export interface Step {
  readonly id: string;
  readonly needs: readonly string[];
  /** Whether only `npm run test:all` runs it. */
  readonly isExtra?: boolean;
}
export const STEPS: readonly Step[];
