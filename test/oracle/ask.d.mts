/** Types of ask.mjs for the tests. */
import type { Prepared } from './sources.d.mts';

export interface TrueGenerator {
  readonly origin: 'fleet' | 'clan-core' | 'input';
  readonly script?: string;
  readonly [field: string]: unknown;
}

export interface TrueMachine {
  readonly class?: string;
  readonly tags?: readonly string[];
  readonly generators?: Readonly<Record<string, TrueGenerator>>;
}

export interface Truth {
  readonly inventory: readonly string[] | null;
  readonly machines: Readonly<Record<string, TrueMachine>>;
  readonly errors: readonly { readonly where: string; readonly error: string }[];
}

export function askNix(fleet: string, scratch: string, prepared: Prepared): Truth;
