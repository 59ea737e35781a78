/** Texts of the fleet views: badge, filter, and the reason why they are empty. Plain text from plain data. */
import { l10n } from 'vscode';
import type { FleetFilter, FleetRoot } from '../protocol/fleet.ts';

export interface Badge {
  readonly value: number;
  readonly tooltip: string;
}

/** Returns the number of generators to generate, or undefined if there are none. */
export function lackingBadge(roots: readonly FleetRoot[]): Badge | undefined {
  const lacking = roots.filter(root => root.lacking > 0);
  if (lacking.length === 0) return undefined;
  const words = lacking.map(({ name, summary }) => (roots.length > 1 ? `${name}: ${summary}` : summary));
  return { value: lacking.reduce((sum, root) => sum + root.lacking, 0), tooltip: words.join('\n') };
}

/** Returns a description of the filter, or '' if it excludes nothing. */
export function filterText({ text, lacking }: FleetFilter): string {
  if (text === '') return lacking ? l10n.t('Shown: missing, outdated or not readable') : '';
  return lacking
    ? l10n.t('Shown: "{0}", missing, outdated or not readable', text)
    : l10n.t('Shown: "{0}"', text);
}

/** Returns the name of the welcome text for an empty view, as used in `when` clauses of package.json. */
export function emptyState(
  roots: readonly FleetRoot[],
  { text, lacking }: FleetFilter,
  failed: boolean,
): 'failed' | 'filtered' | 'noFleet' | 'noMachines' {
  if (failed) return 'failed';
  if (text !== '' || lacking) return 'filtered';
  return roots.some(({ isFleet }) => isFleet) ? 'noMachines' : 'noFleet';
}
