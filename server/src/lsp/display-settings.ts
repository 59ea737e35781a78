/**
 * Settings of what is shown in the text beside findings. They are the person's, not the fleet's: `varsmith.json` does
 * not have them.
 */
import type { HintLevel } from '../editor/shown/inlay-hints.ts';

export interface Shown {
  readonly codeLens: boolean;
  readonly inlayHints: HintLevel;
  readonly semanticTokens: boolean;
}

const DEFAULTS: Shown = { codeLens: true, inlayHints: 'declarations', semanticTokens: false };

const LEVELS: readonly HintLevel[] = ['off', 'declarations', 'all'];

/** Reads them from anything; what is wrong or absent is as it is by default. */
export function readShown(settings: unknown): Shown {
  if (typeof settings !== 'object' || settings === null) return DEFAULTS;
  const { codeLens, inlayHints, semanticTokens } = settings as Record<string, unknown>;
  return {
    codeLens: typeof codeLens === 'boolean' ? codeLens : DEFAULTS.codeLens,
    inlayHints: LEVELS.find(level => level === inlayHints) ?? DEFAULTS.inlayHints,
    semanticTokens: typeof semanticTokens === 'boolean' ? semanticTokens : DEFAULTS.semanticTokens,
  };
}
