/** Types of change.mjs for the tests. */
import type { Mutant } from './run.d.mts';

export function applied(root: string, mutant: Mutant): () => void;
