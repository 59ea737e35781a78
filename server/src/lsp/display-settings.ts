/**
 * Settings of lenses, hints and tokens. They belong to the person and not to the fleet, so `varsmith.json` does not
 * have them.
 */
import type { HintLevel } from '../editor/shown/inlay-hints.ts';

export interface DisplaySettings {
  readonly codeLens: boolean;
  readonly inlayHints: HintLevel;
  readonly semanticTokens: boolean;
}

const DEFAULTS: DisplaySettings = { codeLens: true, inlayHints: 'declarations', semanticTokens: false };

const LEVELS: readonly HintLevel[] = ['off', 'declarations', 'all'];

/** Reads the settings from any value. Missing or invalid ones get their defaults. */
export function readDisplaySettings(settings: unknown): DisplaySettings {
  if (typeof settings !== 'object' || settings === null) return DEFAULTS;
  const { codeLens, inlayHints, semanticTokens } = settings as Record<string, unknown>;
  return {
    codeLens: typeof codeLens === 'boolean' ? codeLens : DEFAULTS.codeLens,
    inlayHints: LEVELS.find(level => level === inlayHints) ?? DEFAULTS.inlayHints,
    semanticTokens: typeof semanticTokens === 'boolean' ? semanticTokens : DEFAULTS.semanticTokens,
  };
}
